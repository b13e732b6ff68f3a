"""A run as the points, rule, rows and words of a matrix."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache, cached_property
from math import sqrt
from pathlib import Path
from statistics import median
from typing import Any, Self

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from materiality.models import Category as LibraryCategory
from materiality.models import IssueScore, Run
from materiality.platform.bilingual import is_chinese, text_of
from materiality.platform.organisation import organisation_name
from materiality.platform.words import word_for
from materiality.queries.drafts import same_issues
from materiality.queries.review import BESIDE, decided_tiers, with_issues
from materiality.queries.scores import (
    LEVELS,
    MIDDLE,
    PRIMARY,
    SECONDARY,
    GroupCell,
    by_level,
    cuts_of,
    level_words,
    marks_of,
    shown_cells,
    shows_certainty,
)
from materiality.queries.years import earlier_runs, line_of
from materiality.scoring.cube import DIMENSIONS
from materiality.scoring.method import DOUBLE, FINANCIAL, HIGH, IMPACT, LOW, MEDIUM, NEITHER, UNSCORED
from materiality.scoring.tiers import DECIMALS
from reports import matrix
from reports.matrix import PlottedCategory, Point, Texts, TierRule, draw_matrix
from reports.matrix.svg import Finish

FOLDER = "drawings"
END = "</svg>\n"


def drawn_matrix(
    points: list[Point], rule: TierRule, categories: list[PlottedCategory], texts: Texts, **options: object
) -> str:
    """SVG text as of `draw_matrix`, from the store where it was drawn before.

    The name of the stored file is a digest of everything that goes in, the programme that draws included, so that
    nothing ever has to be invalidated.
    """
    contents = repr((points, rule, categories, texts, sorted(options.items())))
    digest = hashlib.sha256(f"{_programme()}\n{contents}".encode()).hexdigest()
    name = f"{FOLDER}/{digest[:2]}/{digest}.svg"
    kept = _kept(name)
    if kept:
        return kept
    svg = draw_matrix(points, rule, categories, texts, **options)
    if default_storage.exists(name):  # cut off by a full disk or a killed process
        default_storage.delete(name)
    default_storage.save(name, ContentFile(svg.encode()))
    return svg


def _kept(name: str) -> str:
    """The stored drawing, "" where there is none or it is not whole."""
    try:
        with default_storage.open(name) as stream:
            svg = stream.read().decode()
    except (FileNotFoundError, UnicodeDecodeError):
        return ""
    return svg if svg.endswith(END) else ""


@cache
def _programme() -> str:
    """SHA-256 of the source that draws."""
    digest = hashlib.sha256()
    for path in sorted(Path(matrix.__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


WEIGHTINGS = ("balanced", "pooled")


CUT_NAMES = ("high", "low", *DIMENSIONS)


def _ticked(query: Mapping[str, Any], name: str) -> bool:
    return str(query.get(name, "")) in ("1", "True", "true", "on", "yes")


def _on_scale(text: Any) -> float | None:
    """A number on 0–100, None for anything else."""
    try:
        value = float(text)
    except (TypeError, ValueError):
        return None
    return value if 0 <= value <= 100 else None


@dataclass(frozen=True)
class MatrixOptions:
    """`balanced`: the result of the run's own method; `pooled`: the one beside it, every response counting alike.

    A group's own view is that of its scores alone; then there is no weighting. Empty category and group mean all.
    `beside` is a second group, drawn beside; `since` a run of the cycle (its number) or an earlier cycle (its code)
    from which issues moved. high, low, society, business: cuts moved on the page alone.
    """

    level: str = "secondary"
    category: str = ""
    group: str = ""
    weighting: str = "balanced"
    bars: bool = False
    beside: str = ""
    since: str = ""
    grey: bool = False
    high: float | None = None
    low: float | None = None
    society: float | None = None
    business: float | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> Self:
        """From a URL or a form; what does not exist falls back to the default."""
        level, weighting = str(query.get("level", "")), str(query.get("weighting", ""))
        return cls(
            level=level if level in LEVELS else "secondary",
            category=str(query.get("category", ""))[:40],
            group=str(query.get("group", ""))[:40],
            weighting=weighting if weighting in WEIGHTINGS else "balanced",
            bars=_ticked(query, "bars"),
            beside=str(query.get("beside", ""))[:40],
            since=str(query.get("since", ""))[:40],
            grey=_ticked(query, "grey"),
            **{name: _on_scale(query.get(name)) for name in CUT_NAMES},
        )

    @property
    def moved_cuts(self) -> dict[str, float]:
        return {name: value for name in CUT_NAMES if (value := getattr(self, name)) is not None}

    def for_scores(self, rated: Mapping[str, bool]) -> Self:
        """The options that can be drawn; `rated`: level → whether issues on it have ratings of their own.

        A flat list has one level; a group has no figures for issues that nobody was asked about.
        """
        level = self.level if self.level in rated else SECONDARY
        if self.group and not rated.get(level):
            level = SECONDARY
        return replace(self, level=level, weighting="balanced" if self.group else self.weighting)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


# Columns of scores that neither points nor the table beside them show.
UNDRAWN = (
    *("derived_society", "derived_business", "plain_society", "plain_business", "base_groups", "material"),
    *("var_priority", "rank_low", "rank_high"),
)


@dataclass(frozen=True)
class MatrixRow:
    """One issue as the table beside the matrix shows it; `other_tier` is that of the other weighting, by the rule."""

    point: Point
    category: LibraryCategory
    society_n: int
    business_n: int
    other_tier: str

    @property
    def differs(self) -> bool:
        return (self.point.proposed or self.point.tier) != self.other_tier

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
    rule: TierRule
    categories: list[PlottedCategory]
    all_categories: list[LibraryCategory]
    levels: tuple[str, ...] = ()

    @property
    def level_choices(self) -> dict[str, str]:
        """The levels that can be drawn, in words; none where there is only one."""
        return level_words(self.levels)

    @property
    def points(self) -> list[Point]:
        return [row.point for row in self.rows]

    @cached_property
    def has_numbers(self) -> bool:
        """Whether any row has ratings of its own: derived primaries have none."""
        return any(row.point.n for row in self.rows)


def matrix_data(
    run: Run, wanted: MatrixOptions, language: str | None = None, decided: Mapping[str, str] | None = None
) -> MatrixData:
    """Points (x business, y society, 0–100) in rank order with names in the language, in three queries.

    `decided`: code → tier after review; default: as it is stored now.
    """
    decided = decided_tiers(run) if decided is None else decided
    scores = run.scores.order_by("issue__code")
    beside = (name for name in BESIDE if name != "groups" or not wanted.group)
    scores = with_issues(scores.defer(*UNDRAWN, *beside))
    levels = by_level(scores)
    options = wanted.for_scores({level: any(not score.derived for score in held) for level, held in levels.items()})
    shown = levels.get(options.level, scores)
    rule = matrix_rule(run, options)
    before = places_before(run, options.since) if options.since and not options.group else {}
    rows = [_row(score, options, rule, language, before.get(score.issue.code, (None, None))) for score in shown]
    if not (options.group or options.moved_cuts or options.weighting == "pooled"):  # what if has no decisions
        rows = [_as_decided(row, decided.get(row.point.code, "")) for row in rows]
    categories = sorted({row.category for row in rows}, key=lambda category: (category.order, category.code))
    if options.category:
        rows = [row for row in rows if row.category.code == options.category]
    drawn = {row.category.code for row in rows}
    shown_ones = [each for each in categories if each.code in drawn]
    legend = [PlottedCategory(each.code, text_of(each, "name", language), each.mark) for each in shown_ones]
    return MatrixData(run, options, sorted(rows, key=_place), rule, legend, categories, tuple(levels))


def rule_of(method: Mapping, cuts: Mapping) -> TierRule:
    """The tier rule of a run's method with its cut points."""
    if method["rule"] == "either":
        # Version 1 had fixed thresholds only and kept them with the method alone.
        found = {name: cuts.get(name, method[f"threshold_{name}"]) for name in DIMENSIONS}
        return TierRule("either", **found)
    return TierRule("priority", method["lam"], cuts["low"], cuts["high"])


def tier_at(rule: TierRule, x: float | None, y: float | None) -> str:
    """The tier of the place (x, y) by the rule; unscored where a score that it needs is missing."""
    if rule.kind == "either":
        society = None not in (y, rule.society) and round(y, DECIMALS) >= rule.society
        business = None not in (x, rule.business) and round(x, DECIMALS) >= rule.business
        if not (society or business) and (x is None or y is None):
            return UNSCORED
        return {(True, True): DOUBLE, (True, False): IMPACT, (False, True): FINANCIAL}.get((society, business), NEITHER)
    value = priority_at(rule, x, y)
    if value is None:
        return UNSCORED
    if rule.high is not None and value >= rule.high:
        return HIGH
    return LOW if rule.low is not None and value < rule.low else MEDIUM


def priority_at(rule: TierRule, x: float | None, y: float | None) -> float | None:
    """P of the place (x, y), None where a score of any weight is missing."""
    terms = [(rule.lam, y), (1 - rule.lam, x)]
    if any(value is None for weight, value in terms if weight):
        return None
    return round(sum(weight * value for weight, value in terms if weight), DECIMALS)


def matrix_rule(run: Run, options: MatrixOptions) -> TierRule:
    """The rule by which the picture is drawn; cuts moved on the page that cross are left as they were."""
    rule = rule_of(run.method, cuts_of(run, options.level, pooled=options.weighting == "pooled"))
    moved = {name: value for name, value in options.moved_cuts.items() if getattr(rule, name) is not None}
    found = replace(rule, **moved)
    crossed = None not in (found.low, found.high) and found.low > found.high
    return rule if crossed else found


def _row(score: IssueScore, options: MatrixOptions, rule: TierRule, language: str | None, before: tuple) -> MatrixRow:
    issue = score.issue
    figures, other = _figures(score, options, rule)
    society_n, business_n = figures.pop("society_n"), figures.pop("business_n")
    fewest = min(society_n, business_n) or None
    if options.moved_cuts:
        tier = tier_at(rule, figures["x"], figures["y"])
        figures, other = figures | {"tier": tier}, figures["tier"]
    figures |= {"x_from": before[0], "y_from": before[1]}
    point = Point(
        code=issue.code, label=text_of(issue, "name", language), category=issue.category.code, n=fewest, **figures
    )
    return MatrixRow(point, issue.category, society_n, business_n, other)


def _as_decided(row: MatrixRow, tier: str) -> MatrixRow:
    if not tier or tier == row.point.tier:
        return row
    return replace(row, point=replace(row.point, tier=tier, proposed=row.point.tier))


def _figures(score: IssueScore, options: MatrixOptions, rule: TierRule) -> tuple[dict, str]:
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
        "rho": _correlation(score),
        "certainty": score.tier_certainty,
    }
    return own | bars | numbers, score.pooled_tier


def _correlation(score: IssueScore) -> float | None:
    """Of the errors of the two scores."""
    if not (score.cov and score.var_society and score.var_business):
        return None
    return max(-1.0, min(1.0, score.cov / sqrt(score.var_society * score.var_business)))


def run_before(run: Run, since: str) -> Run | None:
    """Another run of the cycle (its number), or the newest run of an earlier cycle (its code)."""
    other = run.cycle.runs.filter(number=since).first() if since.isascii() and since.isdigit() else None
    earlier = earlier_runs(run.cycle, line_of(run.edition)) if other is None else ()
    return other or next((each for each in earlier if each.cycle.code == since), None)


def places_before(run: Run, since: str) -> dict[str, tuple[float | None, float | None]]:
    """{code now: (business, society)} in the run that `since` names."""
    other = run_before(run, since)
    if other is None:
        return {}
    found = {code: (x, y) for code, x, y in other.scores.values_list("issue__code", "business", "society")}
    if other.edition_id == run.edition_id:
        return found
    return {now: found[then] for then, now in same_issues(other.edition, run.edition) if then in found}


def grey_rules(data: MatrixData) -> list[TierRule]:
    """Rules by priority whose middle zone is where a tier is less than 80 % certain, for an issue with the usual error:
    0.84 standard deviations on either side of a cut. Empty where nobody asked, or certainty may not show.
    """
    if not data.options.grey or data.options.group or not shows_certainty(data.run.statement):
        return []
    error = {name: [] for name in ("priority", *DIMENSIONS)}
    for columns in data.run.scores.values_list("var_priority", "var_society", "var_business"):
        for name, value in zip(error, columns, strict=True):
            error[name] += [sqrt(value)] if value else []
    half = {name: HALF_AT_80 * median(values) for name, values in error.items() if values}
    rule, bands = data.rule, []
    if rule.kind == "either":
        wanted = [("society", 1.0, rule.society), ("business", 0.0, rule.business)]
    else:
        wanted = [("priority", rule.lam, rule.high), ("priority", rule.lam, rule.low)]
    for name, lam, cut in wanted:
        if cut is not None and name in half:
            bands.append(TierRule("priority", lam, low=cut - half[name], high=cut + half[name]))
    return bands


HALF_AT_80 = 0.841621  # 80 % point of the normal distribution


def _group_figures(cells: Mapping[str, GroupCell], rule: TierRule) -> dict:
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


TIERS = (HIGH, MEDIUM, LOW, DOUBLE, IMPACT, FINANCIAL, NEITHER, UNSCORED)


@dataclass(frozen=True)
class ShownNames:
    """Names that are not in the run, in the language of the picture: of the cycle and of the group shown."""

    cycle: str
    group: str = ""


def page_texts(data: MatrixData, named: ShownNames) -> Texts:
    """Words within the picture where a page stands around it."""
    tiers = {tier: word_for("tier", tier) for tier in TIERS}
    return Texts(
        x_axis=word_for("axis", "business"),
        y_axis=word_for("axis", "society"),
        tiers=tiers,
        captions={tier: word_for("zone", tier) for tier in tiers if tier != UNSCORED},
        cuts={name: word_for("cut", name) for name in CUT_NAMES},
        axis_cut=_("Axes are cut to where the issues are; they do not begin at 0."),
        side_by_side=_("Marks in the same place are set side by side."),
        unlabelled=_("Marks without a number stand too close to others; the list names all issues."),
        empty=_("No issue has a score on both dimensions here."),
        point=_point(data),
        decided=_("{tier} (by the rule: {proposed})"),
        lang="zh-Hans" if is_chinese(get_language()) else "en",
        description=base_line(data, named),
    )


def document_texts(
    data: MatrixData, named: ShownNames, *, title: bool = True, notes: bool = True, run_number: bool = False
) -> Texts:
    """Words of a picture that stands alone: title, what is shown, what it is based on; which run where asked for."""
    texts = page_texts(data, named)
    if title:
        heading = _("%(cycle)s: materiality matrix") % {"cycle": named.cycle}
        texts = replace(texts, title=heading, subtitle=subtitle(data, named))
    moved = _("Arrows come from where an issue stood before.") if data.options.since else ""
    marks = (each.text for each in marks_of(data.run))
    lines = (base_line(data, named), cut_line(data), decided_line(data, RING), weighting_line(data))
    said = (*lines, moved, *marks) if notes else ()
    run = _("run %(number)s") % {"number": data.run.number} if run_number else ""
    if not notes:
        texts = replace(texts, axis_cut="", side_by_side="", unlabelled="")
    return replace(texts, footnotes=tuple(note for note in (*said, run) if note))


def subtitle(data: MatrixData, named: ShownNames) -> str:
    """Organisation, level and filters."""
    words = {SECONDARY: _("secondary issues"), MIDDLE: _("secondary issues"), PRIMARY: _("primary issues")}
    if MIDDLE in data.levels:
        words[SECONDARY] = _("issues of the third level")
    level = words[data.options.level] if len(data.levels) > 1 else ""
    category = next((each.label for each in data.categories if each.code == data.options.category), "")
    return " · ".join(part for part in (organisation_name(), level, category, named.group) if part)


def base_line(data: MatrixData, named: ShownNames) -> str:
    """What the figures rest on."""
    if data.run.source:
        return _("Figures from elsewhere, as reported by %(source)s.") % {"source": data.run.source}
    groups = {code: found["valid"] for code, found in data.run.responses["groups"].items()}
    if data.options.group:
        number = f"{groups.get(data.options.group, 0):,}"
        return _("Scores of one group alone: %(group)s, %(count)s valid responses. Cells with n < 5 are hidden.") % {
            "group": named.group or data.options.group,
            "count": number,
        }
    number = f"{data.run.responses['valid']:,}"
    base = _("Based on %(count)s valid responses, %(groups)s groups") % {
        "count": number,
        "groups": sum(1 for valid in groups.values() if valid),
    }
    if data.options.bars and data.options.weighting == "balanced":
        return _("%(base)s; ellipses: 95%% intervals, sampling error only.") % {"base": base}
    return _("%(base)s.") % {"base": base}


def cut_line(data: MatrixData) -> str:
    """The cut points in words, "" where there are none."""
    rule = data.rule
    if rule.kind == "either":
        found = {name: getattr(rule, name) for name in DIMENSIONS}
        shown = {name: "–" if value is None else f"{value:.1f}" for name, value in found.items()} | _axes()
        found = _("Thresholds: %(up)s %(society)s, %(across)s %(business)s.") % shown
        if data.run.method.get("thresholds") == "shares":
            found = _(
                "Highest of those asked: %(up)s from %(society)s, %(across)s from %(business)s; no threshold set."
            )
            found %= shown
        return _("%(thresholds)s Stakeholders' views; severity and likelihood not assessed.") % {"thresholds": found}
    parts = []
    if rule.high is not None:
        parts.append(_("high from %(cut)s") % {"cut": f"{rule.high:.1f}"})
    if rule.low is not None:
        parts.append(_("low below %(cut)s") % {"cut": f"{rule.low:.1f}"})
    if not parts:
        return ""
    weights = {"lam": f"{100 * rule.lam:.0f}", "rest": f"{100 - 100 * rule.lam:.0f}"} | _axes()
    priority = _("Priority = %(lam)s%% %(up)s + %(rest)s%% %(across)s") % weights
    return _("%(priority)s; %(cuts)s.") % {"priority": priority, "cuts": pgettext("between clauses", ", ").join(parts)}


def _axes() -> dict[str, str]:
    return {"up": word_for("side", "society"), "across": word_for("side", "business")}


RING = "◯ "  # the sign in words that a picture has around a mark


def decided_line(data: MatrixData, sign: str = "") -> str:
    """Which tiers are those of the committee and not of the rule, "" where none is."""
    points = [row.point for row in data.rows if row.point.proposed]
    decided = [f"{point.label} {tier_told(point.tier, point.proposed)}" for point in points]
    if not decided:
        return ""
    listed = pgettext("between clauses", ", ").join(decided[:MOST_NAMED])
    more = _(" and %(number)s more") % {"number": len(decided) - MOST_NAMED} if len(decided) > MOST_NAMED else ""
    return sign + _("Decided otherwise than by the rule: %(issues)s.") % {"issues": listed + more}


MOST_NAMED = 5


def tier_told(tier: str, proposed: str) -> str:
    """The tier in words, with the rule's where another was decided."""
    if proposed in ("", tier):
        return word_for("tier", tier)
    words = {"tier": word_for("tier", tier), "proposed": word_for("tier", proposed)}
    return _("{tier} (by the rule: {proposed})").format(**words)


def weighting_line(data: MatrixData) -> str:
    """How the groups count."""
    if data.options.group:
        return ""
    if data.options.weighting == "pooled" or data.run.method["weighting"] == "by_response":
        return _("Pooled: every response counts alike.")
    return _("Balanced: the groups count by their weights, whatever their size.")


def _point(data: MatrixData) -> str:
    """Pattern of a point's accessible name."""
    axes = {name: axis.replace("{", "{{").replace("}", "}}") for name, axis in _axes().items()}
    if data.options.group or data.options.weighting == "pooled":
        return _("{label}: %(up)s {y}, %(across)s {x}, priority {priority}, {tier}, n {n}") % axes
    if not data.has_numbers:
        return (
            _(
                "{label}: %(up)s {y} ({y_low}–{y_high}), %(across)s {x} ({x_low}–{x_high}), priority {priority}, "
                "rank {rank}, {tier}"
            )
            % axes
        )
    return (
        _(
            "{label}: %(up)s {y} ({y_low}–{y_high}), %(across)s {x} ({x_low}–{x_high}), priority {priority}, "
            "rank {rank}, {tier}, n {n}"
        )
        % axes
    )


# Side of the plot in px: letters come out in their own size beside the table, and on a phone.
WIDE, HALF, NARROW = 760.0, 480.0, 298.0


@dataclass(frozen=True)
class PageDrawings:
    """SVG texts in the active language."""

    wide: str
    narrow: str


def page_drawings(data: MatrixData, named: ShownNames, beside: MatrixData | None = None) -> PageDrawings:
    """Interactive drawings; with all secondary issues the narrow one, and one of two with the same axes (the other is
    `beside` it), name those of the highest tier only.
    """
    given = (data.points, data.rule, data.categories, page_texts(data, named))
    options: dict = {"interactive": True, "show_intervals": data.options.bars, "grey": grey_rules(data)}
    half = beside is not None
    options["beside"] = beside.points if beside else []
    codes = None
    if data.options.level == "secondary" and not data.options.category:
        codes = tuple(point.code for point in data.points if point.tier in (HIGH, DOUBLE))
    return PageDrawings(
        wide=drawn_matrix(*given, size=HALF if half else WIDE, label_codes=codes if half else None, **options),
        narrow=drawn_matrix(*given, size=NARROW, label_codes=codes, finish=Finish(phone=True), **options),
    )
