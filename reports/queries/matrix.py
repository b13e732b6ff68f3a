"""A run as the points, rule and rows of a matrix."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from materiality.bilingual import text_of
from materiality.models import Category as LibraryCategory
from materiality.models import IssueScore, Run
from materiality.queries.small_cells import GroupCell, shown_cells
from materiality.scoring.tier_names import DOUBLE, FINANCIAL, HIGH, IMPACT, LOW, MEDIUM, NEITHER, UNSCORED
from materiality.scoring.tiers import DECIMALS
from reports.matrix import Category, Point, Rule
from reports.matrix_options import MatrixOptions

UNNEEDED = ("issue__definition_zh", "issue__definition_en", "issue__groups")


@dataclass(frozen=True)
class MatrixRow:
    """One issue as the table beside the matrix shows it; `other_tier` is that of the other weighting."""

    point: Point
    category: LibraryCategory
    society_n: int
    business_n: int
    other_tier: str

    @property
    def differs(self) -> bool:
        return self.point.tier != self.other_tier

    @property
    def society_half(self) -> float | None:
        """Half the width of the 95 % interval."""
        return _half(self.point.y_low, self.point.y_high)

    @property
    def business_half(self) -> float | None:
        return _half(self.point.x_low, self.point.x_high)


@dataclass(frozen=True)
class MatrixData:
    """All that is drawn but the words; `options` are those that could be followed, `all_categories` those to choose."""

    run: Run
    options: MatrixOptions
    rows: list[MatrixRow]
    rule: Rule
    categories: list[Category]
    all_categories: list[LibraryCategory]

    @property
    def points(self) -> list[Point]:
        return [row.point for row in self.rows]

    @property
    def has_numbers(self) -> bool:
        """Whether any row has ratings of its own: derived primaries have none."""
        return any(row.point.n for row in self.rows)


def matrix_data(run: Run, wanted: MatrixOptions, language: str | None = None) -> MatrixData:
    """Points (x business, y society, 0–100) in rank order with names in the language, in one query."""
    scores = run.scores.select_related("issue__category").order_by("issue__code")
    scores = list(scores.defer(*UNNEEDED, *(() if wanted.group else ("groups",))))
    upper = [score for score in scores if score.issue.is_primary]
    options = wanted.for_scores(
        primaries_rated=any(not score.derived for score in upper), secondaries=len(upper) < len(scores)
    )
    shown = [score for score in scores if score.issue.is_primary == (options.level == "primary")]
    rule = _rule(run, options, shown)
    rows = [_row(score, options, rule, language) for score in shown]
    categories = sorted({row.category for row in rows}, key=lambda category: (category.order, category.code))
    if options.category:
        rows = [row for row in rows if row.category.code == options.category]
    drawn = {row.category.code for row in rows}
    legend = [Category(each.code, text_of(each, "name", language)) for each in categories if each.code in drawn]
    return MatrixData(run, options, sorted(rows, key=_place), rule, legend, categories)


def rule_of(method: Mapping, cuts: Mapping) -> Rule:
    """The tier rule of a run's method with its cut points."""
    if method["rule"] == "either":
        return Rule("either", society=method["threshold_society"], business=method["threshold_business"])
    return Rule("priority", method["lam"], cuts["low"], cuts["high"])


def tier_at(rule: Rule, x: float | None, y: float | None) -> str:
    """The tier of the place (x, y) by the rule; unscored where a score that it needs is missing."""
    if rule.kind == "either":
        society = y is not None and round(y, DECIMALS) >= rule.society
        business = x is not None and round(x, DECIMALS) >= rule.business
        if not (society or business) and (x is None or y is None):
            return UNSCORED
        return {(True, True): DOUBLE, (True, False): IMPACT, (False, True): FINANCIAL}.get((society, business), NEITHER)
    value = priority_at(rule, x, y)
    if value is None:
        return UNSCORED
    if rule.high is not None and value >= rule.high:
        return HIGH
    return LOW if rule.low is not None and value < rule.low else MEDIUM


def priority_at(rule: Rule, x: float | None, y: float | None) -> float | None:
    """P of the place (x, y), None where a score of any weight is missing."""
    terms = [(rule.lam, y), (1 - rule.lam, x)]
    if any(value is None for weight, value in terms if weight):
        return None
    return round(sum(weight * value for weight, value in terms if weight), DECIMALS)


def _rule(run: Run, options: MatrixOptions, shown: Sequence[IssueScore]) -> Rule:
    if options.weighting == "pooled":
        cuts = run.pooled_cuts if options.level == "secondary" else _cuts_between(run.method, shown)
    else:
        cuts = run.primary_cuts if options.level == "primary" else run.cuts
    return rule_of(run.method, cuts)


def _cuts_between(method: Mapping, shown: Sequence[IssueScore]) -> dict[str, float | None]:
    """Pooled cut points of the primaries, which no run stores: halfway between neighbours (scoring.md), or absolute."""
    if method["cuts"] == "absolute":
        return {"low": method["cut_low"], "high": method["cut_high"]}
    values = {tier: [s.pooled_priority for s in shown if s.pooled_tier == tier] for tier in (HIGH, MEDIUM, LOW)}
    return {
        "low": _between(values[LOW], values[MEDIUM] + values[HIGH]),
        "high": _between(values[LOW] + values[MEDIUM], values[HIGH]),
    }


def _between(below: list[float], above: list[float]) -> float | None:
    return (max(below) + min(above)) / 2 if below and above else None


def _row(score: IssueScore, options: MatrixOptions, rule: Rule, language: str | None) -> MatrixRow:
    issue = score.issue
    figures, other = _figures(score, options, rule)
    society_n, business_n = figures.pop("society_n"), figures.pop("business_n")
    fewest = min(society_n, business_n) or None
    point = Point(
        code=issue.code, label=text_of(issue, "name", language), category=issue.category.code, n=fewest, **figures
    )
    return MatrixRow(point, issue.category, society_n, business_n, other)


def _figures(score: IssueScore, options: MatrixOptions, rule: Rule) -> tuple[dict, str]:
    """Fields of the point and the two n; and the tier by the other weighting."""
    numbers = {"society_n": score.society_n, "business_n": score.business_n}
    if options.group:
        return _group_figures(shown_cells(score.groups).get(options.group, {}), rule), score.tier
    if options.weighting == "pooled":
        own = {"x": score.pooled_business, "y": score.pooled_society, "tier": score.pooled_tier}
        return own | {"priority": score.pooled_priority, "rank": score.pooled_rank} | numbers, score.tier
    own = {"x": score.business, "y": score.society, "tier": score.tier, "priority": score.priority, "rank": score.rank}
    bars = {
        "x_low": score.business_low,
        "x_high": score.business_high,
        "y_low": score.society_low,
        "y_high": score.society_high,
    }
    return own | bars | numbers, score.pooled_tier


def _group_figures(cells: Mapping[str, GroupCell], rule: Rule) -> dict:
    """One group's scores, judged by the cut points of the whole run."""
    none = GroupCell(0, None, None)
    society, business = cells.get("society", none), cells.get("business", none)
    x, y = business.score, society.score
    return {
        "x": x,
        "y": y,
        "tier": tier_at(rule, x, y),
        "priority": priority_at(rule, x, y),
        "society_n": society.n,
        "business_n": business.n,
    }


def _place(row: MatrixRow) -> tuple:
    point = row.point
    return point.priority is None, -(point.priority or 0), point.code


def _half(low: float | None, high: float | None) -> float | None:
    return None if low is None or high is None else (high - low) / 2
