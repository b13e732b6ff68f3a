"""How the tiers of a run hold where its choices are made otherwise, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from materiality.models import Group, IssueScore, Run
from materiality.platform.words import plain_number, word_for
from materiality.queries.cycles import once_for, parents_of
from materiality.queries.review import BESIDE, with_issues
from materiality.queries.scores import counts_of, group_lines, without_rules
from materiality.scoring.cube import Cube
from materiality.scoring.method import Method
from materiality.scoring.robustness import Robustness, Scenario, robustness

# Kind of scenario → what is made otherwise.
SCENARIOS: dict[str, Promise] = {
    "without": gettext_lazy("Without %(what)s"),
    "weight": gettext_lazy("%(what)s weighs %(value)s times as much"),
    "cut": gettext_lazy("%(what)s %(value)s points"),
    "rule": gettext_lazy("Without the screening rule “%(what)s”"),
    "estimator": gettext_lazy("Scores: %(what)s"),
    "pooled": gettext_lazy("Every response counts alike"),
    "shrunken": gettext_lazy("Scores drawn to their mean as far as chance explains their spread"),
    "collapsed": gettext_lazy("Ratings %(what)s and %(value)s taken as one"),
}


@dataclass(frozen=True)
class ScenarioLine:
    """One scenario in words; `changed` are (name of the issue, its code, tier before, tier in the scenario)."""

    words: str
    changed: list[tuple[str, str, str, str]]


@dataclass(frozen=True)
class HeldTier:
    """In what share of the scenarios an issue keeps its tier."""

    score: IssueScore
    share: float | None


def robustness_of(run: Run) -> Robustness:
    cube = Cube.from_bytes(bytes(run.cube))
    method = Method.from_stored(run.method)
    parents = parents_of(run.edition_id, cube.issues)

    def compute() -> Robustness:
        return robustness(cube, counts_of(run, cube), method, parents, without_rule=without_rules(run, cube))

    return once_for(run, "robustness", compute, parents)


class RobustnessTable:
    """All scenarios of a run and the issues whose tiers hold least."""

    def __init__(self, run: Run, groups: Sequence[Group]) -> None:
        self.run, self.found = run, robustness_of(run)
        names = {line.code: line.name for line in group_lines(run, groups)}
        scores = with_issues(run.scores.order_by("issue__code").defer(*BESIDE))
        self.scores = {score.issue.code: score for score in scores}
        self.scenarios = [self._line(each, names) for each in self.found.scenarios]

    @cached_property
    def held(self) -> list[HeldTier]:
        """Issues without children by the share, the smallest first."""
        rows = [
            HeldTier(score, self.found.held.get(code))
            for code, score in self.scores.items()
            if score.level is None and score.tier != "unscored"
        ]
        return sorted(rows, key=lambda row: (row.share is None, row.share, row.score.rank or 0))

    @property
    def firm(self) -> int:
        """How many issues keep their tier in every scenario."""
        return sum(row.share == 1 for row in self.held)

    def _line(self, scenario: Scenario, names: Mapping[str, str]) -> ScenarioLine:
        changed = [
            (self.scores[code].issue.name, code, before, after)
            for code, (before, after) in sorted(scenario.changed.items())
            if code in self.scores and self.scores[code].level is None
        ]
        return ScenarioLine(scenario_words(scenario, names), changed)


def scenario_words(scenario: Scenario, names: Mapping[str, str]) -> str:
    """`names` gives those of groups by code."""
    what, value = [*scenario.what, "", ""][:2]
    about = {"cut": "cut", "rule": "flag", "estimator": "choice"}.get(scenario.kind)
    shown = word_for(about, str(what)) if about else names.get(what, what)
    if scenario.kind == "cut":
        value = f"{value:+.0f}".replace("-", "−")
    elif isinstance(value, float):
        value = plain_number(value)
    return str(SCENARIOS[scenario.kind]) % {"what": shown, "value": value}


def robustness_json(run: Run) -> dict:
    """How the tiers of a run hold where its choices are made otherwise (formats.md, robustness)."""
    found = robustness_of(run)
    scenarios = [
        {
            "kind": each.kind,
            "what": list(each.what),
            "changed": [{"code": code, "from": old, "to": new} for code, (old, new) in sorted(each.changed.items())],
        }
        for each in found.scenarios
    ]
    return {"scenarios": scenarios, "held": dict(sorted(found.held.items()))}
