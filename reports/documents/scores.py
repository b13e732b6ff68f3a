"""The matrix as a native scatter chart: one series per issue, labelled by its name."""

from collections.abc import Mapping, Sequence
from math import ceil, floor

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook
from openpyxl.chart import Reference, ScatterChart, Series
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.marker import Marker
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.worksheet.worksheet import Worksheet

from materiality.models import IssueScore, Run
from materiality.platform.words import word_for
from materiality.queries.scores import (
    MIDDLE,
    PRIMARY,
    SECONDARY,
    by_level,
    marks_of,
    shown_cells,
    shows_certainty,
    stated_of,
    undo_hidden_cells,
    warning_lines,
)
from materiality.scoring.cube import DIMENSIONS
from materiality.tables.write import workbook_bytes
from reports.documents.sheets import BOLD, SOFT, on_paper, put, put_head, put_rows, set_widths
from reports.matrix.marks import Style, styles
from reports.matrix.plot import cuts
from reports.queries.matrix import MatrixData
from reports.queries.outputs import (
    MATRIX_OPTIONS,
    OutputKind,
    Progress,
    frozen_text,
    organisation_name,
    scored_data,
    scored_inputs,
)

CHART_COLUMNS = ("code", "name", "category", "business", "society", "tier")
CUT_COLOUR = "6f797f"


def put_chart(sheet: Worksheet, data: MatrixData, heading: str) -> None:
    """The table of the points that have both scores, and the chart that refers to it, words in the active language."""
    points = [point for point in data.points if point.x is not None and point.y is not None]
    put_head(sheet, 1, CHART_COLUMNS)
    rows = [(p.code, p.label, p.category, p.x, p.y, word_for("tier", p.tier)) for p in points]
    end = put_rows(sheet, 2, rows, {4: "0.0", 5: "0.0"})
    set_widths(sheet, (13, 30, 14, 10, 10, 12))
    on_paper(sheet, landscape=True, head_row=1, footer=heading)
    sheet.page_setup.fitToHeight = 1
    if not points:
        return
    shown = (*_range([p.x for p in points]), *_range([p.y for p in points]))
    chart, style_of = _empty_chart(shown), styles(data.categories, points)
    for row, point in enumerate(points, start=2):
        chart.series.append(_series(sheet, row, style_of[point.category]))
    for row, cut in enumerate(cuts(data.rule, shown), start=end + 1):
        # A line needs two places, each in a column of its own below the table.
        values = [cut.start[0], cut.end[0], cut.start[1], cut.end[1]]
        put_rows(
            sheet,
            row,
            [("", _("cut %(value)s") % {"value": f"{cut.value:.1f}"}, "", *values)],
            dict.fromkeys(range(4, 8), "0.0"),
        )
        chart.series.append(_cut_series(sheet, row))
    sheet.add_chart(chart, "H2")


def _empty_chart(shown: tuple[float, float, float, float]) -> ScatterChart:
    chart = ScatterChart()
    chart.style, chart.scatterStyle = 2, "lineMarker"
    chart.legend = None
    chart.width, chart.height = 30, 26  # cm
    chart.title = None
    chart.x_axis.title, chart.y_axis.title = (
        _("Impact on the company's business"),
        _("Impact on society and the environment"),
    )
    chart.x_axis.scaling.min, chart.x_axis.scaling.max, chart.y_axis.scaling.min, chart.y_axis.scaling.max = shown
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.number_format, axis.majorTickMark = "0", "out"
        axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="E3E6E6", w=6350))
    # Axes cross at their low ends, wherever these are.
    chart.x_axis.crosses = chart.y_axis.crosses = "min"
    chart.layout = Layout(manualLayout=ManualLayout(xMode="edge", yMode="edge", x=0.06, y=0.03, w=0.92, h=0.88))
    return chart


def _series(sheet: Worksheet, row: int, style: Style) -> Series:
    """One issue: its place, its mark, and its name as label."""
    series = Series(
        Reference(sheet, min_col=5, min_row=row), Reference(sheet, min_col=4, min_row=row), title_from_data=False
    )
    series.tx = _title_of(sheet, row)
    colour = style.colour.removeprefix("#")
    series.marker = Marker(
        symbol=style.shape if style.shape in ("circle", "square", "diamond", "triangle") else "circle", size=7
    )
    series.marker.graphicalProperties = GraphicalProperties(solidFill=colour)
    series.marker.graphicalProperties.line.solidFill = "FFFFFF"
    series.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))
    labels = DataLabelList()
    labels.showSerName, labels.position = True, "r"
    labels.showVal = labels.showCatName = labels.showLegendKey = labels.showPercent = False
    small = ParagraphProperties(defRPr=CharacterProperties(sz=800))
    labels.txPr = RichText(p=[Paragraph(pPr=small, endParaRPr=CharacterProperties(sz=800))])
    series.dLbls = labels
    return series


def _cut_series(sheet: Worksheet, row: int) -> Series:
    """A cut line, dashed, without marks."""
    xs, ys = Reference(sheet, min_col=4, max_col=5, min_row=row), Reference(sheet, min_col=6, max_col=7, min_row=row)
    series = Series(ys, xs)
    series.tx = _title_of(sheet, row)
    series.marker = Marker(symbol="none")
    series.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=CUT_COLOUR, w=9525, prstDash="dash"))
    return series


def _title_of(sheet: Worksheet, row: int):
    from openpyxl.chart.series import SeriesLabel, StrRef

    return SeriesLabel(strRef=StrRef(f"'{sheet.title}'!$B${row}"))


def _range(values: list[float]) -> tuple[float, float]:
    """Ends of an axis: whole tens around the values, with a little room."""
    return float(max(0, 10 * floor((min(values) - 1) / 10))), float(min(100, 10 * ceil((max(values) + 1) / 10)))


SCORE, SHARE = "0.0", "0%"
SCORE_COLUMNS = (
    *("rank", "code", "name_zh", "name_en", "category"),
    *("society", "society_low", "society_high", "society_n"),
    *("business", "business_low", "business_high", "business_n"),
    *("priority", "tier", "tier_certainty", "rank_low", "rank_high", "decision", "reason"),
    *("plain_society", "plain_business"),
    *("society_asked", "society_counted", "business_asked", "business_counted"),
    *("disagreement_society", "disagreement_business"),
)
WIDTHS = (7, 13, 22, 34, 14, *(10,) * 8, 10, 11, 13, 10, 10, 11, 24, *(14,) * 8)
SCORED = {"priority"} | {
    pattern.format(dimension)
    for dimension in DIMENSIONS
    for pattern in ("{}", "{}_low", "{}_high", "plain_{}", "disagreement_{}")
}
IN_SCORES = {column: SCORE for column, name in enumerate(SCORE_COLUMNS, start=1) if name in SCORED}
IN_SCORES |= {SCORE_COLUMNS.index("tier_certainty") + 1: SHARE}
Names = Mapping[str, str]


def scores_workbook(run: Run, scores: Sequence[IssueScore], data: MatrixData, groups: Names, heading: str) -> bytes:
    """All sheets. `scores` with issue and category, in code order; `data` is what the chart shows.

    `groups` gives the names of groups by code; `heading` names organisation, cycle and run in page footers. Names of
    sheets and columns are the same in every language; words are in the active one.
    """
    book = Workbook()
    levels = by_level(scores)
    _scores(book.active, "scores", run, levels.get(SECONDARY, []), heading)
    _scores(book.create_sheet(), PRIMARY, run, levels.get(PRIMARY, []), heading)
    if MIDDLE in levels:
        _scores(book.create_sheet(), MIDDLE, run, levels[MIDDLE], heading)
    _by_group(book.create_sheet("by_group"), scores, groups, heading)
    _groups(book.create_sheet("groups"), run, groups, heading)
    _method(book.create_sheet("method"), run, groups, heading)
    _screening(book.create_sheet("screening"), run, groups, heading)
    put_chart(book.create_sheet("matrix"), data, heading)
    return workbook_bytes(book)


def _scores(sheet: Worksheet, title: str, run: Run, scores: Sequence[IssueScore], heading: str) -> None:
    sheet.title = title
    left_out = {"decision", "reason"}  # no review has been held on this run
    if not shows_certainty(stated_of(run, title)):
        left_out.add("tier_certainty")
    if undo_hidden_cells(run):
        left_out |= {"disagreement_society", "disagreement_business"}
    ranked = sorted(scores, key=lambda score: (score.rank is None, score.rank or 0, score.issue.code))
    put_head(sheet, 1, SCORE_COLUMNS)
    rows = [[None if name in left_out else _value(score, name) for name in SCORE_COLUMNS] for score in ranked]
    end = put_rows(sheet, 2, rows, IN_SCORES)
    set_widths(sheet, WIDTHS)
    sheet.auto_filter.ref = f"A1:{sheet.cell(1, len(SCORE_COLUMNS)).column_letter}{max(end - 1, 1)}"
    on_paper(sheet, landscape=True, head_row=1, footer=heading)


def _value(score: IssueScore, name: str) -> str | float | int | None:
    if name in ("code", "name_zh", "name_en"):
        return getattr(score.issue, name)
    if name == "category":
        return score.issue.category.code
    if name.endswith("_n") and score.derived:
        return None
    if name.startswith("disagreement_"):
        return score.disagreement.get(name.removeprefix("disagreement_"))
    if name.endswith(("_asked", "_counted")):
        dimension, what = name.split("_")
        return score.base.get(dimension, (None, None))[what == "counted"]
    return getattr(score, name)


def _by_group(sheet: Worksheet, scores: Sequence[IssueScore], groups: Names, heading: str) -> None:
    """Score and n of every group; small cells without score (architecture.md, Small cells)."""
    names = [f"{group}:{dimension}{part}" for group in groups for dimension in DIMENSIONS for part in ("", ":n")]
    put_head(sheet, 1, ["code", "name_zh", "name_en", *names])
    rows = []
    for score in scores:
        if score.groups:
            cells = shown_cells(score.groups)
            row = [score.issue.code, score.issue.name_zh, score.issue.name_en]
            for group in groups:
                found = cells.get(group, {})
                for dimension in DIMENSIONS:
                    cell = found.get(dimension)
                    row += [cell.score, cell.n] if cell else [None, None]
            rows.append(row)
    end = put_rows(sheet, 2, rows, dict.fromkeys(range(4, 4 + len(names), 2), SCORE))
    put(sheet, end + 1, 1, _("Cells with n < 5 are empty; where one is, a second is too."), SOFT)
    set_widths(sheet, (13, 22, 34, *(14,) * len(names)))
    on_paper(sheet, landscape=True, head_row=1, footer=heading)
    sheet.freeze_panes = "D2"


def _groups(sheet: Worksheet, run: Run, groups: Names, heading: str) -> None:
    """Each group's responses, weights, habits of rating in points on 0–100, and share of the variance."""
    weights = [f"weight_{dimension}" for dimension in DIMENSIONS]
    habits = [f"habit_{dimension}" for dimension in DIMENSIONS]
    put_head(sheet, 1, ["group", "name", "responses", *weights, *habits, "variance_share"])
    figures, hidden = run.figures, undo_hidden_cells(run)
    rows = [
        (
            code,
            name,
            run.responses["groups"].get(code, {}).get("valid", 0),
            *(run.method["weights"].get(code, {}).get(d, 1) for d in DIMENSIONS),
            *(None if hidden else figures.get("habits", {}).get(code, {}).get(d) for d in DIMENSIONS),
            figures.get("variance_share", {}).get(code),
        )
        for code, name in groups.items()
    ]
    put_rows(sheet, 2, rows, {6: SCORE, 7: SCORE, 8: SHARE})
    set_widths(sheet, (18, 30, *(14,) * 6))
    on_paper(sheet, landscape=False, head_row=1, footer=heading)


def _method(sheet: Worksheet, run: Run, groups: Names, heading: str) -> None:
    """Everything that the numbers can be made again from."""
    put_head(sheet, 1, ["parameter", "value"])
    rows: list[tuple[str, object]] = [
        ("cycle", run.cycle.code),
        ("run", run.number),
        ("edition", run.edition.code),
        ("surveys", ";".join(run.surveys)),
        ("software", run.software),
        ("scoring", run.scoring),
        ("responses_sha256", run.digest),
        *([("reported_by", run.source)] if run.source else []),
    ]
    rows += [(name, _plain(value)) for name, value in sorted(run.method.items()) if name != "weights"]
    for title, found in (("cut", run.cuts), ("primary_cut", run.primary_cuts), ("pooled_cut", run.pooled_cuts)):
        rows += [(f"{title}_{name}_found", found.get(name)) for name in ("low", "high", *DIMENSIONS)]
    halo = run.figures.get("halo", {})
    rows += [("halo_r", halo.get("r")), ("halo_r_corrected", halo.get("r_corrected"))]
    rows += [("mark", mark.text) for mark in marks_of(run)]
    rows += [("warning", sentence) for sentence in warning_lines(run, groups)]
    put_rows(sheet, 2, rows)
    set_widths(sheet, (24, 60))
    on_paper(sheet, landscape=False, head_row=1, footer=heading)


def _plain(value: object) -> object:
    return ";".join(map(str, value)) if isinstance(value, list | tuple) else value


def _screening(sheet: Worksheet, run: Run, groups: Names, heading: str) -> None:
    put_head(sheet, 1, ["responses", "count", "words"])
    counts = run.responses
    words = {
        "total": _("All responses"),
        "unfinished": _("Never submitted"),
        "submitted": _("Submitted"),
        "valid": _("Valid"),
    }
    rows = [(name, counts[name], word) for name, word in words.items()]
    rows += [(flag, number, word_for("flag", flag)) for flag, number in counts["flags"].items()]
    end = put_rows(sheet, 2, rows)
    put_head(sheet, end + 1, ["group", "total", "submitted", "valid", "name"])
    found = counts["groups"]
    lines = [
        (code, *(found[code][n] for n in ("total", "submitted", "valid")), groups.get(code, code)) for code in found
    ]
    end = put_rows(sheet, end + 2, lines)
    if counts.get("screening"):
        put_head(sheet, end + 1, ["survey", "rules_version", "rule", "effect", "parameters"])
        put_rows(sheet, end + 2, _rules(counts["screening"]))
    sheet.cell(5, 2).font = BOLD
    set_widths(sheet, (22, 14, 22, 12, 30))
    on_paper(sheet, landscape=False, head_row=1, footer=heading)


def _rules(screening: Sequence[Mapping]) -> list[tuple]:
    """The rules that the run counted by, a row per survey and rule."""
    return [
        (
            used["survey"],
            used["version"],
            rule,
            values["effect"],
            ";".join(f"{name}={value}" for name, value in values.items() if name != "effect"),
        )
        for used in screening
        for rule, values in used["rules"].items()
    ]


def _build(inputs: dict, progress: Progress) -> bytes:
    data = scored_data(inputs)
    run = data.run
    groups = {group["code"]: frozen_text(group, "name") for group in inputs["groups"]}
    progress(40, _("Writing the file"))
    number = _("run %(number)s") % {"number": run.number}
    heading = f"{organisation_name()} · {frozen_text(inputs['cycle'], 'title')} · {number}"
    scores = run.scores.select_related("issue__category").order_by("issue__code")
    return scores_workbook(run, list(scores), data, groups, heading)


OUTPUT = OutputKind(
    code="scores",
    word=gettext_lazy("Scores workbook"),
    of_file=gettext_lazy("scores"),
    formats=("xlsx",),
    inputs=scored_inputs,
    build=_build,
    place=3,
    options=MATRIX_OPTIONS,
)
