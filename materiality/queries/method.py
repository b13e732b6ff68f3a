"""What another method would make of the responses of a run: figures, tiers that change, a small matrix."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from materiality.models import Group, Issue, Run
from materiality.platform.bilingual import shown
from materiality.queries.cycles import once_for, parents_of, problem_sentences
from materiality.queries.scores import GroupLine, NamedCut, counts_of, cut_lines, group_lines, warning_lines
from materiality.scoring.cube import DIMENSIONS, Cube
from materiality.scoring.method import Method, MethodError
from materiality.scoring.run import IssueResult, RunResult
from materiality.scoring.run import run as score
from materiality.scoring.tiers import Cuts

SIDE, ROOM = 320, 12  # px of the small matrix, and what is left free around the dots


@dataclass(frozen=True)
class TierMove:
    """An issue that changes its tier, with its priority before and after (None where it has none)."""

    code: str
    name: str
    before: str
    after: str
    priority_before: float | None
    priority_after: float | None


@dataclass(frozen=True)
class Dot:
    """An issue in the small matrix, in px."""

    code: str
    name: str
    tier: str
    moved: bool
    x: float
    y: float


@dataclass(frozen=True)
class DrawnCut:
    """A cut in the small matrix, from end to end in px."""

    name: str
    x1: float
    y1: float
    x2: float
    y2: float


class Trial:
    """The responses of `run` scored anew by `method`; nothing is stored. `problem` says why there is no result."""

    def __init__(self, run: Run, method: Method, groups: Sequence[Group]) -> None:
        self.run, self.method, self.groups, self.problem = run, method, groups, ""
        self.side = SIDE

    @cached_property
    def result(self) -> RunResult | None:
        cube = Cube.from_bytes(bytes(self.run.cube))
        counts = counts_of(self.run, cube)
        known = {group: own for group, own in self.method.weights.items() if group in cube.groups}
        method, parents = replace(self.method, weights=known), parents_of(self.run.edition_id, cube.issues)
        try:
            return once_for(self.run, "trial", lambda: score(counts, method, parents), method.as_dict(), parents)
        except MethodError as found:
            self.problem = problem_sentences(found.problems)
            return None

    @cached_property
    def names(self) -> Mapping[str, str]:
        names = Issue.objects.filter(edition=self.run.edition_id).values_list("code", "name")
        return {code: shown(texts) for code, texts in names}

    @cached_property
    def before(self) -> dict[str, tuple[str, float | None]]:
        """Tier and priority of each issue in the run."""
        rows = self.run.scores.values_list("issue__code", "tier", "priority")
        return {code: (tier, priority) for code, tier, priority in rows}

    @cached_property
    def moves(self) -> list[TierMove]:
        """Issues that change their tier, the highest priority first; primaries after the others."""
        found = self.result
        return [move for level in (found.issues, found.primary_issues) for move in self._moved(level)] if found else []

    @property
    def tiers(self) -> list[tuple[str, int, int]]:
        """Tier, number of issues in the run, number now; of the issues without children."""
        if not self.result:
            return []
        now = self.result.levels[0].statement.tiers
        codes = [each.code for each in self.result.issues]
        then = [self.before[code][0] for code in codes if code in self.before]
        order = ("high", "medium", "low", "double", "impact", "financial", "neither", "unscored")
        return [(tier, then.count(tier), now.get(tier, 0)) for tier in order if tier in now or tier in then]

    @property
    def cuts(self) -> list[NamedCut]:
        found = self.result
        if not found:
            return []
        lines = [
            {"name": line.name, "value": line.value, "above": _plain(line.above), "below": _plain(line.below)}
            for line in found.levels[0].statement.lines
        ]
        return cut_lines({"lines": lines}, self.names)

    @cached_property
    def figures(self) -> Run:
        """A run that is never stored, for the words that runs have."""
        found = self.result
        figures = {"habits": found.habits, "variance_share": found.variance_share, "warnings": found.warnings}
        method = self.method.as_dict()
        return Run(method=method, figures=figures, responses=self.run.responses, cycle_id=self.run.cycle_id)

    @property
    def group_lines(self) -> list[GroupLine]:
        return group_lines(self.figures, self.groups) if self.result else []

    @property
    def warnings(self) -> list[str]:
        if not self.result:
            return []
        return warning_lines(self.figures, {line.code: line.name for line in self.group_lines}, self.names)

    @cached_property
    def dots(self) -> list[Dot]:
        """Issues without children that are scored on both dimensions."""
        if not self.result:
            return []
        moved, place = {move.code for move in self.moves}, self._place
        return [
            Dot(each.code, self.names.get(each.code, each.code), each.tier, each.code in moved, *place(each))
            for each in self.result.issues
            if None not in (each.society, each.business)
        ]

    @property
    def lines(self) -> list[DrawnCut]:
        return [line for line in map(self._line, _cuts(self.result.cuts)) if line] if self.result else []

    def _moved(self, results: Sequence[IssueResult]) -> list[TierMove]:
        moves = []
        for each in results:
            tier, priority = self.before.get(each.code, ("unscored", None))
            if tier != each.tier:
                name = self.names.get(each.code, each.code)
                moves.append(TierMove(each.code, name, tier, each.tier, priority, each.priority))
        return sorted(moves, key=lambda move: (move.priority_after is None, -(move.priority_after or 0), move.code))

    @cached_property
    def _range(self) -> tuple[float, float]:
        """The same on both axes, so that a cut keeps its slant while one moves it."""
        scores = [value for each in self.result.issues for value in (each.society, each.business) if value is not None]
        low, high = min(scores, default=0.0), max(scores, default=100.0)
        return 5 * (low // 5), max(5 * -(-high // 5), 5 * (low // 5) + 5)

    def _px(self, value: float) -> float:
        low, high = self._range
        return ROOM + (SIDE - 2 * ROOM) * (value - low) / (high - low)

    def _place(self, issue: IssueResult) -> tuple[float, float]:
        return round(self._px(issue.business), 1), round(SIDE - self._px(issue.society), 1)

    def _line(self, cut: tuple[str, float]) -> DrawnCut | None:
        name, value = cut
        low, high = self._range
        if name in DIMENSIONS:
            at = round(self._px(value), 1)
            ends = (at, 0, at, SIDE) if name == "business" else (0, SIDE - at, SIDE, SIDE - at)
            return DrawnCut(name, *ends) if low <= value <= high else None
        lam = self.method.lam
        if lam > 0.5:  # society at the two ends of business, or the other way round: never divided by little
            first, last = ((value - (1 - lam) * x) / lam for x in (low, high))
            ends = (ROOM, SIDE - self._px(first), SIDE - ROOM, SIDE - self._px(last))
        else:
            first, last = ((value - lam * y) / (1 - lam) for y in (low, high))
            ends = (self._px(first), SIDE - ROOM, self._px(last), ROOM)
        return DrawnCut(name, *(round(end, 1) for end in ends))


def _cuts(cuts: Cuts) -> list[tuple[str, float]]:
    named = [(name, getattr(cuts, name)) for name in ("high", "low", *DIMENSIONS)]
    return [(name, value) for name, value in named if value is not None]


def _plain(found: object) -> dict | None:
    return None if found is None else {"code": found.code, "distance": found.distance}
