"""How the screening rules of a survey changed over time, and what they take out of each group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from materiality.models import Group, Issue
from surveys.models import RuleSet, Survey
from surveys.queries.fieldwork import CountedKind, RuleLine, rule_lines
from surveys.questionnaire.screening import FLAGS, Rules


@dataclass(frozen=True)
class RuleInWords:
    """A rule with its effect and parameters, as the filters `rule_words` and `effect_word` take it."""

    flag: str
    effect: str
    parameters: Mapping[str, object]


@dataclass(frozen=True)
class RuleVersion:
    """A version of the rules; `changes` are (before, after) of each rule that it changed; `after_run` the newest
    run that was there before it.
    """

    version: int
    at: datetime
    person: str
    reason: str
    changes: list[tuple[RuleInWords, RuleInWords]]
    after_run: int | None


def rule_versions(survey: Survey) -> list[RuleVersion]:
    """All versions, the newest first; empty where the rules never changed. Two queries."""
    stored = list(RuleSet.objects.filter(survey=survey).select_related("created_by").order_by("version"))
    runs = list(survey.cycle.runs.order_by("number").values_list("number", "created_at")) if stored else []
    found = []
    for before, row in zip([None, *stored], stored, strict=False):
        found.append(
            RuleVersion(
                version=row.version,
                at=row.created_at,
                person=str(row.created_by) if row.created_by else "",
                reason=row.reason,
                changes=rule_changes(Rules.from_json(before.rules), Rules.from_json(row.rules)) if before else [],
                after_run=max((number for number, at in runs if at < row.created_at), default=None) if before else None,
            )
        )
    return found[::-1]


def rule_changes(before: Rules, after: Rules) -> list[tuple[RuleInWords, RuleInWords]]:
    """The rules that differ, in the order of the flags."""
    pairs = [(_in_words(before, flag), _in_words(after, flag)) for flag in FLAGS]
    return [(old, new) for old, new in pairs if old != new]


def _in_words(rules: Rules, flag: str) -> RuleInWords:
    return RuleInWords(flag, rules.effects[flag], rules.parameters(flag))


@dataclass(frozen=True)
class GroupedRule:
    """What one rule does: `cells` per group in the groups' order, `together` over all."""

    together: RuleLine
    cells: list[RuleLine]


def grouped_rules(survey: Survey, groups: Sequence[Group], kinds: Sequence[CountedKind]) -> list[GroupedRule]:
    """Each rule per group, from responses counted by kind."""
    per_group = [rule_lines(survey, [kind for kind in kinds if kind.group == group.pk]) for group in groups]
    whole = rule_lines(survey, kinds)
    return [GroupedRule(line, [lines[place] for lines in per_group]) for place, line in enumerate(whole)]


@dataclass(frozen=True)
class TrialRule:
    """One rule: its counts together and per group, as {COUNTS of `RuleEffects`}."""

    flag: str
    together: Mapping[str, int]
    cells: list[Mapping[str, int]]

    @property
    def row(self) -> list[Mapping[str, int]]:
        return [self.together, *self.cells]


@dataclass(frozen=True)
class TierChange:
    """One issue with another tier; pairs are (before, after)."""

    issue: Issue
    level: str
    tier: tuple[str, str]
    priority: tuple[float | None, float | None]
    society: tuple[float | None, float | None]
    business: tuple[float | None, float | None]


@dataclass(frozen=True)
class ScreeningTrial:
    """A dry run: `groups` are (group, {"before", "after", "go", "back"}), `together` their sums."""

    rules: list[TrialRule]
    groups: list[tuple[Group, Mapping[str, int]]]
    together: Mapping[str, int]
    submitted: int
    moved: int
    changes: list[TierChange]
    compared: int
    furthest: float
    no_tiers: str


def trial_of(survey: Survey, found: Mapping, groups: Sequence[Group]) -> ScreeningTrial:
    """`found` is what `dry_run` returned, maybe some time ago: groups that are new since have zeros. One query."""
    per_group = [(group, found["groups"].get(group.code, {})) for group in groups]
    tiers = found["tiers"] or {"changes": [], "compared": 0, "furthest": 0.0}
    codes = [change["code"] for change in tiers["changes"]]
    issues = {issue.code: issue for issue in Issue.objects.filter(edition=survey.cycle.edition_id, code__in=codes)}
    return ScreeningTrial(
        rules=[
            TrialRule(flag, _sum(cells.values()), [cells.get(group.code, {}) for group in groups])
            for flag, cells in found["rules"].items()
        ],
        groups=per_group,
        together=_sum(found["groups"].values()),
        submitted=found["submitted"],
        moved=found["moved"],
        changes=[_change(change, issues[change["code"]]) for change in tiers["changes"] if change["code"] in issues],
        compared=tiers["compared"],
        furthest=tiers["furthest"],
        no_tiers=found["no_tiers"],
    )


def _change(change: Mapping, issue: Issue) -> TierChange:
    pairs = {name: tuple(change[name]) for name in ("tier", "priority", "society", "business")}
    return TierChange(issue=issue, level=change["level"], **pairs)


def _sum(cells) -> dict[str, int]:
    total: dict[str, int] = {}
    for cell in cells:
        for name, number in cell.items():
            total[name] = total.get(name, 0) + number
    return total
