"""Scores of a run: the table, one issue, what it counted; small cells are hidden."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isclose
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from materiality.models import AuditEvent, Cycle, Group, IssueScore, ReportedFigure, Run
from materiality.platform.words import grouped, word_for
from materiality.queries.cycles import parents_of
from materiality.queries.review import UNSHOWN, with_issues
from materiality.scoring.cube import DIMENSIONS, Cube, unpack
from materiality.scoring.method import Method
from materiality.scoring.reported import Figure, Reported
from materiality.scoring.run import Counted, Counts, RunResult
from materiality.scoring.run import run as compute


@dataclass(frozen=True)
class GroupLine:
    """A group of a run: its name now (its code where it is gone), weights, valid responses; habits by dimension in
    points on 0–100 (empty where they may not show) and its share of the variance.
    """

    code: str
    name: str
    weight_society: float
    weight_business: float
    valid: int
    habits: Mapping[str, float]
    variance_share: float | None


@dataclass(frozen=True)
class NamedNeighbour:
    """The issue nearest to a cut on one side."""

    code: str
    name: str
    distance: float


@dataclass(frozen=True)
class NamedCut:
    """A cut point or threshold; `name` is low, high, society or business; value None where it separates nothing."""

    name: str
    value: float | None
    above: NamedNeighbour | None
    below: NamedNeighbour | None


FEWEST_FOR_CERTAINTY = 10


def shows_certainty(statement: Mapping) -> bool:
    """Whether people are shown how certain a tier is: with fewer scored issues the figure promises too much."""
    return statement.get("scored", 0) >= FEWEST_FOR_CERTAINTY


def group_lines(run: Run, groups: Iterable[Group]) -> list[GroupLine]:
    """The groups that the run counted, in the cycle's order, then those that are gone."""
    names = {group.code: group.name for group in groups}
    counted = run.responses.get("groups", {})
    codes = [code for code in names if code in counted] + sorted(set(counted) - set(names))
    weights = run.method.get("weights", {})
    habits = {} if undo_hidden_cells(run) else run.figures.get("habits", {})
    return [
        GroupLine(
            code=code,
            name=names.get(code, code),
            weight_society=weights.get(code, {}).get("society", 1),
            weight_business=weights.get(code, {}).get("business", 1),
            valid=counted[code]["valid"],
            habits=habits.get(code, {}),
            variance_share=run.figures.get("variance_share", {}).get(code),
        )
        for code in codes
    ]


def cut_lines(statement: Mapping, names: Mapping[str, str]) -> list[NamedCut]:
    """The cuts of a run's statement, the highest first; `names` gives the issues' names by code."""
    return [
        NamedCut(
            name=line["name"],
            value=line["value"],
            above=_neighbour(line["above"], names),
            below=_neighbour(line["below"], names),
        )
        for line in sorted(statement.get("lines", []), key=lambda line: line["name"] == "low")
    ]


WARNINGS = {
    "not_comparable": gettext_lazy(
        "On “%(dimension)s” no group links %(issues)s with the other issues. They have no score there; their plain mean"
        " is shown instead. Let one group rate both, or choose the plain mean in the method."
    ),
    "thin_link": gettext_lazy(
        "On “%(dimension)s” few issues are shared with the other groups, and how high a group rates in general is known"
        " from these alone: %(groups)s. Ask these groups about more issues that others rate."
    ),
    "dominant_group": gettext_lazy(
        "%(share)s of the uncertainty comes from %(group)s, which gave few ratings. Raise the smallest number of"
        " ratings, or collect more responses from it."
    ),
    "no_responses": gettext_lazy(
        "%(group)s has a weight but no valid response. Collect responses from it, or set its weights to 0."
    ),
    "one_cluster": gettext_lazy(
        "In the survey %(survey)s all responses of %(group)s came through one cluster; intervals understate how"
        " uncertain its ratings are."
    ),
    "halo": gettext_lazy(
        "The two questions were hardly told apart: across the issues the two scores correlate at"
        " %(r_corrected)s. Do not read much into which of the two is higher."
    ),
}


def warning_lines(run: Run, groups: Mapping[str, str], issues: Mapping[str, str] | None = None) -> list[str]:
    """The warnings of a run in words; `groups` and `issues` give names by code."""
    found: dict[tuple[str, str], list[Mapping]] = {}
    for place, each in enumerate(run.figures.get("warnings", [])):
        # Groups of which the same is said stand in one sentence.
        alike = each["dimension"] if each["code"] == "thin_link" else str(place)
        found.setdefault((each["code"], alike), []).append(each)
    return [_warning(each, groups, issues or {}) for each in found.values()]


def _warning(alike: Sequence[Mapping], groups: Mapping[str, str], issues: Mapping[str, str]) -> str:
    found = alike[0]
    values = dict(found)
    if "shared" in values:
        values["groups"] = _(", ").join(
            f"{groups.get(each['group'], each['group'])} ({each['shared']})" for each in alike
        )
    if "dimension" in values:
        values["dimension"] = word_for("dimension", values["dimension"])
    if "group" in values:
        values["group"] = groups.get(values["group"], values["group"])
    if "components" in values:
        apart = [issues.get(code, code) for each in values["components"][1:] for code in each["issues"]]
        values["issues"] = _(", ").join(apart[:MOST_NAMED]) + (" …" if len(apart) > MOST_NAMED else "")
    if "share" in values:
        values["share"] = f"{100 * values['share']:.0f}%"
    if "r_corrected" in values:
        values["r_corrected"] = f"{values['r_corrected']:.2f}"
    return str(WARNINGS[found["code"]]) % values


@dataclass(frozen=True)
class Mark:
    """What has to be said wherever the figures of a run are shown; `warns` where it bears on how far they go."""

    text: str
    warns: bool = False


def marks_of(run: Run) -> list[Mark]:
    """Who kept the run and why, where its figures come from, and what of its method was changed late."""
    found = []
    if run.scoring == 1:
        said = _(
            "This run was made by version 1 of the scoring: plain means, not adjusted for who was asked. Its figures "
            "stay as they were. A new run is made by version 2."
        )
        found.append(Mark(said))
    if run.source:
        said = _(
            "Figures from elsewhere, as reported by %(source)s: scored by the method of this cycle, not counted from "
            "responses."
        )
        found.append(Mark(said % {"source": run.source}))
    if run.name:
        kept = {"name": run.name, "reason": run.reason}
        found.append(Mark(_("Kept as “%(name)s”: %(reason)s") % kept))
    if imported := run.responses.get("imported"):
        said = ngettext(
            "%(number)s of its responses was brought in from a file.",
            "%(number)s of its responses were brought in from files.",
            imported,
        )
        found.append(Mark(said % {"number": grouped(imported)}))
    for each in run.responses.get("rescaled", ()):
        said = _(
            "The ratings of “%(file)s” were given on a scale of %(length)s points and are stretched to %(number)s."
        )
        found.append(Mark(said % {"file": each["file"], "length": each["from"], "number": each["to"]}))
    if run.late:
        names = _(", ").join(word_for("parameter", name) for name in run.late)
        found.append(Mark(_("Changed after results had been seen: %(names)s.") % {"names": names}, warns=True))
    return found


def flag_lines(run: Run) -> list[tuple[str, int]]:
    """Words and counts of the screening flags that some response earned."""
    return [(word_for("flag", flag), number) for flag, number in run.responses.get("flags", {}).items() if number]


def held_names(run: Run, groups: Iterable[Group]) -> list[str]:
    """Names of the groups that stayed as in the run before, as too few new responses came to tell of them."""
    names = {group.code: group.name for group in groups}
    return [names.get(code, code) for code in run.responses.get("held", [])]


def erased_since(run: Run) -> int:
    """How many responses of the run's surveys were erased at their respondents' wish after it was made."""
    erased = AuditEvent.objects.filter(action="erase_response", object_text__in=run.surveys, at__gt=run.created_at)
    return sum(after["responses"] for after in erased.values_list("after", flat=True))


def method_has_changed(run: Run, cycle: Cycle, groups: Iterable[Group]) -> bool:
    """Whether a run made now would use another method or other weights than this one."""
    weights = {group.code: {"society": group.weight_society, "business": group.weight_business} for group in groups}
    now = Method.from_stored({**cycle.method, "weights": weights})
    return now.as_dict() != Method.from_stored(run.method).as_dict()


def _neighbour(found: Mapping | None, names: Mapping[str, str]) -> NamedNeighbour | None:
    return found and NamedNeighbour(found["code"], names.get(found["code"], found["code"]), found["distance"])


SMALL_CELL = 5
MOST_NAMED = 10


@dataclass(frozen=True)
class GroupCell:
    """One group's figures on one dimension: n ratings, mean 1..K, score 0–100; `hidden` where the two may not show."""

    n: int
    mean: float | None
    score: float | None
    hidden: bool = False


def hidden_keys(numbers: Mapping[Hashable, int]) -> set[Hashable]:
    """Keys of the cells to hide, of `numbers` n per cell.

    Where exactly one cell is small, the next smallest is hidden too, so that subtraction does not undo it.
    """
    filled = sorted((n, place, key) for place, (key, n) in enumerate(numbers.items()) if n > 0)
    small = [key for n, _place, key in filled if n < SMALL_CELL]
    if len(small) == 1 and len(filled) > 1:
        small.append(filled[1][2])
    return set(small)


def shown_cells(
    groups: Mapping[str, Mapping[str, Mapping]], dimensions: Sequence[str] = DIMENSIONS
) -> dict[str, dict[str, GroupCell]]:
    """`IssueScore.groups` as cells {group: {dimension: GroupCell}}, small ones without mean and score."""
    hidden = {
        dimension: hidden_keys({group: cells[dimension]["n"] for group, cells in groups.items()})
        for dimension in dimensions
    }
    return {
        group: {dimension: _hidden_cell(cells[dimension], group in hidden[dimension]) for dimension in dimensions}
        for group, cells in groups.items()
    }


def _hidden_cell(cell: Mapping, hidden: bool) -> GroupCell:
    return GroupCell(cell["n"], None, None, True) if hidden else GroupCell(cell["n"], cell["mean"], cell["score"])


SECONDARY, MIDDLE, PRIMARY = LEVELS = ("secondary", "middle", "primary")


def by_level(scores: Sequence[IssueScore]) -> dict[str, list[IssueScore]]:
    """The scores of issues without children in scope (SECONDARY), of those at the top above them (PRIMARY) and of those
    between (MIDDLE), without levels that nothing stands on. A flat list is all SECONDARY. Needs the issues.
    """
    found: dict[str, list[IssueScore]] = {level: [] for level in LEVELS}
    # Runs of version 1 kept no levels; their lists had two.
    kept_none = all(score.level is None for score in scores) and any(score.issue.parent_id for score in scores)
    for score in scores:
        number = 1 if kept_none and score.issue.is_primary else score.level
        found[PRIMARY if number == 1 else level_of(score)].append(score)
    return {level: held for level, held in found.items() if held}


def level_of(score: IssueScore) -> str:
    """The level of one score, as `by_level` has it."""
    return SECONDARY if score.level is None else PRIMARY if score.level == 1 else MIDDLE


def level_words(levels: Iterable[str]) -> dict[str, str]:
    """What the levels that there are, are called; nothing is to be said of one alone."""
    there = list(levels)
    words = {SECONDARY: _("Secondary issues"), MIDDLE: _("Secondary issues"), PRIMARY: _("Primary issues")}
    if MIDDLE in there:
        words[SECONDARY] = _("Issues of the third level")
    return {level: words[level] for level in there} if len(there) > 1 else {}


def stated_of(run: Run, level: str) -> dict:
    """The figures from which a level's cuts are put into words."""
    if level == MIDDLE:
        return run.figures.get("statements", {}).get("2", run.statement)
    return run.primary_statement if level == PRIMARY else run.statement


def cuts_of(run: Run, level: str, pooled: bool = False) -> dict:
    """The cut points of a level, of the run's own result or of the pooled one."""
    none = {"low": None, "high": None}  # a run of version 1 keeps none for its primaries, pooled
    if level == MIDDLE:
        held = run.pooled_cuts.get("levels", {}) if pooled else run.figures.get("cuts", {})
        return held.get("2", none)
    if pooled:
        return run.pooled_cuts.get(PRIMARY, none) if level == PRIMARY else run.pooled_cuts
    return run.primary_cuts if level == PRIMARY else run.cuts


@dataclass(frozen=True)
class ScoreFilter:
    """What the page was asked to show; empty means all. `sort` is a key of SORTS, with a leading - for the reverse."""

    level: str = "secondary"
    category: str = ""
    tier: str = ""
    search: str = ""
    group: str = ""
    differs: bool = False
    short: bool = False
    spark: bool = False
    sort: str = "rank"

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "ScoreFilter":
        """From the URL; a level or sort that does not exist falls back to the default."""
        level, sort = query.get("level", ""), query.get("sort", "")
        return cls(
            level=level if level in LEVELS else "secondary",
            category=query.get("category", ""),
            tier=query.get("tier", ""),
            search=query.get("q", "").strip(),
            group=query.get("group", ""),
            differs=query.get("differs", "") == "1",
            short=query.get("short", "") == "1",
            spark=query.get("spark", "") == "1",
            sort=sort if sort.removeprefix("-") in SORTS else "rank",
        )


DISAGREE = 10  # points beyond chance from which groups are said to disagree


class Side:
    """One dimension of an issue's result."""

    def __init__(self, score: IssueScore, dimension: str) -> None:
        for name in ("", "_low", "_high", "_n"):
            setattr(self, name.removeprefix("_") or "score", getattr(score, dimension + name))
        self.dimension, self.derived = dimension, score.derived
        self.plain, self.pooled = getattr(score, f"plain_{dimension}"), getattr(score, f"pooled_{dimension}")
        self.asked, self.counted = score.base.get(dimension, (0, 0))
        self.apart = dimension in score.not_comparable
        self.disagreement = score.disagreement.get(dimension)

    @property
    def is_short(self) -> bool:
        return self.counted < self.asked

    @property
    def shift(self) -> float | None:
        """By how many points the groups' habits moved the score from the plain mean."""
        return None if None in (self.score, self.plain) else self.score - self.plain

    @property
    def disagrees(self) -> bool:
        return self.disagreement is not None and self.disagreement > DISAGREE


class ScoreRow:
    """One issue's result as the table shows it."""

    def __init__(self, score: IssueScore, group: str = "") -> None:
        self.score, self.issue, self._group = score, score.issue, group

    @property
    def tier_differs(self) -> bool:
        """Whether the pooled result puts the issue into another tier."""
        return self.score.tier != self.score.pooled_tier

    @property
    def is_short(self) -> bool:
        """Whether a group that was asked about the issue does not count."""
        return any(counted < asked for asked, counted in self.score.base.values())

    @property
    def sides(self) -> list["Side"]:
        """Society, business."""
        return [Side(self.score, dimension) for dimension in DIMENSIONS]

    @cached_property
    def group_cells(self) -> dict[str, GroupCell]:
        """The chosen group's cells by dimension; empty where it has none."""
        return shown_cells(self.score.groups).get(self._group, {})

    @property
    def spark(self) -> "Spark":
        """All groups, in order of their codes."""
        cells = sorted(shown_cells(self.score.groups).items())
        heights = [tuple((cell[side].score or 0) * 0.15 for side in DIMENSIONS) for _group, cell in cells]
        bars = [
            (9 * place, (round(15 - up, 1), round(up, 1)), round(down, 1)) for place, (up, down) in enumerate(heights)
        ]
        told = [f"{group} {_told(cell)}" for group, cell in cells]
        return Spark(bars, 9 * len(cells), _("; ").join(told))

    @property
    def group_pair(self) -> list[GroupCell | None]:
        """The same on society and business, None where there is no cell."""
        return [self.group_cells.get(side) for side in ("society", "business")]


TIER_PLACES = ("high", "medium", "low", "double", "impact", "financial", "neither", "unscored")


@dataclass(frozen=True)
class Spark:
    """The groups of an issue as bars: society upwards, business downwards, 15 px for 100 points each.

    `bars`: (x, (y, height) upwards, height downwards); a hidden or empty cell has none. `told`: the same in words.
    """

    bars: list[tuple[int, tuple[float, float], float]]
    width: int
    told: str


# Figures sort from high to low, ranks and texts from low to high; what is missing stands last either way.
SORTS: dict[str, tuple[Callable[[ScoreRow], Any], bool]] = {
    "rank": (lambda row: row.score.rank, False),
    "name": (lambda row: row.issue.name, False),
    "code": (lambda row: row.issue.code, False),
    "society": (lambda row: row.score.society, True),
    "business": (lambda row: row.score.business, True),
    "society_n": (lambda row: row.score.society_n, True),
    "business_n": (lambda row: row.score.business_n, True),
    "priority": (lambda row: row.score.priority, True),
    "tier": (lambda row: -TIER_PLACES.index(row.score.tier), True),
    "pooled": (lambda row: row.score.pooled_priority, True),
}


def _told(cell: Mapping[str, GroupCell]) -> str:
    return " / ".join("–" if cell[side].score is None else f"{cell[side].score:.1f}" for side in DIMENSIONS)


def all_rows(run: Run, group: str = "", *, spark: bool = False) -> dict[str, list[ScoreRow]]:
    """Every issue of the run by level, in code order, in two queries; the groups' figures only if one is asked for."""
    scores = run.scores.order_by("issue__code").defer(*UNSHOWN)
    found = by_level(with_issues(scores if group or spark else scores.defer("groups")))
    return {name: [ScoreRow(score, group) for score in held] for name, held in found.items()}


def wanted_rows(rows: list[ScoreRow], wanted: ScoreFilter) -> list[ScoreRow]:
    """The rows that pass the filter, sorted; equals stay in code order."""
    return _sorted([row for row in rows if _passes(row, wanted)], wanted.sort)


def _passes(row: ScoreRow, wanted: ScoreFilter) -> bool:
    issue = row.issue
    if wanted.category and issue.category.code != wanted.category:
        return False
    if wanted.tier and row.score.tier != wanted.tier:
        return False
    if (wanted.differs and not row.tier_differs) or (wanted.short and not row.is_short):
        return False
    text = " ".join((issue.code, *issue.name.texts.values())).casefold() if wanted.search else ""
    return all(word in text for word in wanted.search.casefold().split())


def _sorted(rows: list[ScoreRow], sort: str) -> list[ScoreRow]:
    value, falling = SORTS[sort.removeprefix("-")]
    present = [row for row in rows if value(row) is not None]
    absent = [row for row in rows if value(row) is None]
    return sorted(present, key=value, reverse=falling != sort.startswith("-")) + absent


FIELDS = (
    *(dimension + suffix for dimension in DIMENSIONS for suffix in ("", "_low", "_high")),
    *("var_society", "var_business", "cov", "priority", "var_priority"),
    *("rank", "tier", "tier_certainty", "rank_low", "rank_high"),
)
RATED_FIELDS = ("plain_society", "plain_business")


def undo_hidden_cells(run: Run) -> bool:
    """Whether habits and disagreement could help to undo hidden cells: where cells of fewer than 5 count."""
    return run.method["min_n"] < SMALL_CELL


def reported_json(row: ReportedFigure) -> list:
    """A figure as a run keeps it: group, issue, dimension, n, score and standard deviation on 0–100."""
    return [row.group.code, row.issue.code, row.dimension, row.n, row.points, row.spread]


def figures_of(reported: Sequence[Sequence]) -> list[Figure]:
    """The figures that a run keeps."""
    return [
        Figure(group, issue, DIMENSIONS.index(dimension), n, score, sd)
        for group, issue, dimension, n, score, sd in reported
    ]


def counts_of(run: Run, cube: Cube | None = None) -> Counts:
    """What a run counted, from its stored cube (here, where it was read already), parts and plan; of a run of figures
    from elsewhere these.
    """
    if run.source:
        cube = cube or Cube.from_bytes(bytes(run.cube))
        return Reported.of_figures(figures_of(run.reported), cube.groups, cube.issues)
    asked = unpack(bytes(run.asked))[1]["asked"].astype(bool) if run.asked else None
    return Counts.of(cube or Cube.from_bytes(bytes(run.cube)), asked, run.clustered)


BACK = ("counts", "absent", "valid")  # arrays of a cube that are kept of what a rule alone keeps out


def kept_out(run: Run, cube: Cube) -> dict[str, Cube]:
    """By rejecting rule, the responses of the run that it alone kept out; `cube` is the run's."""
    if not run.back:
        return {}
    labels, arrays = unpack(bytes(run.back))
    return {
        rule: Cube(cube.groups, cube.issues, cube.k, *(arrays[f"{rule} {name}"] for name in BACK), None)
        for rule in labels["rules"]
    }


def without_rules(run: Run, cube: Cube) -> dict[str, Cube]:
    """By rejecting rule, the cube of the run counted as if the rule only marked."""
    bare = cube.without_parts()
    return {rule: bare + back for rule, back in kept_out(run, cube).items()}


def one_cluster_of(run: Run) -> tuple[tuple[str, str], ...]:
    """The (survey, group) of the run that were dealt by id for want of clusters."""
    warnings = run.figures.get("warnings", [])
    return tuple((each["survey"], each["group"]) for each in warnings if each["code"] == "one_cluster")


def counted_again(run: Run) -> Counted:
    """The responses of a run as they were counted, for another run of them."""
    cube, asked = Cube.from_bytes(bytes(run.cube)), None
    if run.asked:
        asked = unpack(bytes(run.asked))[1]["asked"].astype(bool)
    return Counted(
        *(cube, run.responses, run.digest, run.surveys, asked),
        clustered=tuple(run.clustered),
        one_cluster=one_cluster_of(run),
        back=kept_out(run, cube),
    )


def late_changes(cycle: Cycle, method: Method) -> list[str]:
    """Names of the parameters that differ from those of the cycle's first run; what things are called changes no
    result.
    """
    first = cycle.runs.order_by("number").values_list("method", flat=True).first()
    if first is None:
        return []
    before, after = Method.from_stored(first).as_dict(), method.as_dict()
    return [name for name in after if name != "names" and after[name] != before[name]]


def differing_figures(run: Run, result: RunResult) -> list[tuple[str, str]]:
    """(code, figure) of the stored results that are not those of `result`, also of those that one of them lacks."""
    names = (*FIELDS, *RATED_FIELDS)
    now = {each.code: each for each in (*result.issues, *result.primary_issues)}
    stored = list(run.scores.select_related("issue").order_by("issue__code"))
    lacking = sorted(now.keys() - {row.issue.code for row in stored})
    return [(code, names[0]) for code in lacking] + [
        (row.issue.code, name)
        for row in stored
        for name in names
        if row.issue.code not in now or not _same(getattr(row, name), getattr(now[row.issue.code], name))
    ]


def _same(stored: object, now: object) -> bool:
    """Whether two figures are the same, but for what another processor makes of the last digits."""
    if isinstance(stored, float) and isinstance(now, float | int):
        return isclose(stored, now, rel_tol=1e-9, abs_tol=1e-12)
    return stored == now


def recomputed(run: Run) -> RunResult:
    """The result of a run of version 2 once more, from its cube and method."""
    counts = counts_of(run)
    return compute(counts, Method.from_stored(run.method), parents_of(run.edition_id, counts.ratings.issues))
