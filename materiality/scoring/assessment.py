"""Results of a scoring run as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass

from .statement import Statement
from .tiers import Cuts


@dataclass(frozen=True)
class GroupScore:
    """One group's ratings of one issue and dimension: number, mean 1..K, score 0–100, whether the group counts."""

    n: int
    mean: float | None
    score: float | None
    counts: bool


@dataclass(frozen=True)
class IssueScore:
    """Result of one issue; fields as in `scores.json` (formats.md), None where there is none.

    society_n, business_n: ratings over the groups that count; 0 for a derived primary.
    base: (groups that were able to score the issue, groups of the method); (0, groups) for a derived primary.
    derived: a primary whose scores are means of its secondaries. derived_society, derived_business: these means, for
    every primary. material: the method's tiers make it so, before any decision.
    panel_society, panel_business: "blended", "no_panel", "panel_alone", or None where the panel plays no part.
    """

    code: str
    society: float | None
    society_low: float | None
    society_high: float | None
    society_n: int
    business: float | None
    business_low: float | None
    business_high: float | None
    business_n: int
    var_society: float | None
    var_business: float | None
    cov: float | None
    priority: float | None
    var_priority: float | None
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    tier: str
    tier_certainty: float | None
    groups: Mapping[str, Mapping[str, GroupScore]]
    base: tuple[int, int]
    derived: bool
    derived_society: float | None
    derived_business: float | None
    material: bool
    panel_society: str | None
    panel_business: str | None


@dataclass(frozen=True)
class Assessment:
    """Secondary and primary issues, each sorted by code, ranked and cut among themselves."""

    issues: tuple[IssueScore, ...]
    primary_issues: tuple[IssueScore, ...]
    cuts: Cuts
    primary_cuts: Cuts
    statement: Statement
    primary_statement: Statement
