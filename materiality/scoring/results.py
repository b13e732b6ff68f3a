"""Results of a scoring run as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .cube import DIMENSIONS
from .figures import Halo
from .parameters import Method
from .placing import Cuts, Statement


@dataclass(frozen=True)
class CellScore:
    """One group's ratings of one issue and dimension: number, mean 1..K, score 0–100, V_c (None without parts),
    whether the cell counts.
    """

    n: int
    mean: float | None
    score: float | None
    var: float | None
    counts: bool


@dataclass(frozen=True)
class CellTable:
    """All cells of a run, in code order: arrays [G, I, 2] as in CellScore."""

    groups: tuple[str, ...]
    issues: tuple[str, ...]
    n: np.ndarray
    mean: np.ndarray
    score: np.ndarray
    var: np.ndarray
    counts: np.ndarray

    def of_issue(self, code: str) -> dict[str, dict[str, CellScore]]:
        """{group: {dimension: CellScore}}; empty where the issue is not in the cube."""
        if code not in self.issues:
            return {}
        at = self.issues.index(code)
        shown = np.where(self.counts[:, at], self.var[:, at], np.nan)
        columns = [
            np.where(np.isnan(each), None, each).tolist() for each in (self.mean[:, at], self.score[:, at], shown)
        ]
        n, counts = self.n[:, at].tolist(), self.counts[:, at].tolist()
        return {
            group: {
                name: CellScore(n[g][d], *(each[g][d] for each in columns), counts[g][d])
                for d, name in enumerate(DIMENSIONS)
            }
            for g, group in enumerate(self.groups)
        }


@dataclass(frozen=True)
class IssueScore:
    """Result of one issue; fields as in `scores.json` (formats.md), None where there is none.

    society_n, business_n: ratings over the cells that count; 0 for a derived parent.
    base: {dimension: (groups asked, groups counted)}, empty for a derived parent.
    derived: a parent whose scores are means of its children's. derived_society, derived_business: these means, for
    every parent. level: 1 = top, None for an issue without children. material: the method's tiers make it so.
    panel_society, panel_business: "blended", "no_panel", "panel_alone", or None where the panel plays no part.
    """

    code: str
    level: int | None
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
    plain_society: float | None
    plain_business: float | None
    priority: float | None
    var_priority: float | None
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    tier: str
    tier_certainty: float | None
    material: bool
    base: Mapping[str, tuple[int, int]]
    disagreement: Mapping[str, float | None]
    not_comparable: tuple[str, ...]
    derived: bool
    derived_society: float | None
    derived_business: float | None
    panel_society: str | None
    panel_business: str | None


@dataclass(frozen=True)
class LevelResult:
    """Issues compared with one another, in code order; number 1 = top, None for the issues without children."""

    number: int | None
    issues: tuple[IssueScore, ...]
    cuts: Cuts
    statement: Statement
    variance_share: Mapping[str, float | None]
    halo: Halo


@dataclass(frozen=True)
class Run:
    """Everything that a run says. `levels[0]` are the issues without children, then parents from the lowest up.

    warnings: dicts as in `scores.json`; short: codes of issues where counted < asked on a dimension.
    one_sided bool: the two dimensions rest on different groups.
    """

    method: Method
    cells: CellTable
    levels: tuple[LevelResult, ...]
    habits: Mapping[str, Mapping[str, float]]
    warnings: tuple[Mapping[str, object], ...]
    short: tuple[str, ...]
    one_sided: bool

    @property
    def groups(self) -> tuple[str, ...]:
        return self.cells.groups

    def groups_of(self, issue: IssueScore) -> dict[str, dict[str, CellScore]]:
        """Group figures of an issue; none for a derived parent, whose base is that of its children."""
        return {} if issue.derived else self.cells.of_issue(issue.code)

    @property
    def issues(self) -> tuple[IssueScore, ...]:
        return self.levels[0].issues

    @property
    def primary_issues(self) -> tuple[IssueScore, ...]:
        """Issues with children, all levels, by code."""
        return tuple(sorted((each for level in self.levels[1:] for each in level.issues), key=lambda each: each.code))

    @property
    def cuts(self) -> Cuts:
        return self.levels[0].cuts

    @property
    def variance_share(self) -> Mapping[str, float | None]:
        return self.levels[0].variance_share

    @property
    def halo(self) -> Halo:
        return self.levels[0].halo
