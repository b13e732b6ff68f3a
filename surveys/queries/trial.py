"""The result of a dry run as its page shows it: names in place of codes, sums over groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from materiality.models import Group, Issue
from surveys.models import Survey


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
class Trial:
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


def trial_of(survey: Survey, found: Mapping, groups: Sequence[Group]) -> Trial:
    """`found` is what `dry_run` returned, maybe some time ago: groups that are new since have zeros. One query."""
    per_group = [(group, found["groups"].get(group.code, {})) for group in groups]
    tiers = found["tiers"] or {"changes": [], "compared": 0, "furthest": 0.0}
    codes = [change["code"] for change in tiers["changes"]]
    issues = {issue.code: issue for issue in Issue.objects.filter(edition=survey.cycle.edition_id, code__in=codes)}
    return Trial(
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
