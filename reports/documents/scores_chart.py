"""The matrix as a native scatter chart: one series per issue, labelled by its name."""

from math import ceil, floor

from django.utils.translation import gettext as _
from openpyxl.chart import Reference, ScatterChart, Series
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.marker import Marker
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.worksheet.worksheet import Worksheet

from materiality.words import word_for
from reports.documents.sheets import on_paper, put_head, put_rows, set_widths
from reports.matrix.marks import STYLES, Style
from reports.matrix.zones import cuts
from reports.queries.matrix import MatrixData

COLUMNS = ("code", "name", "category", "business", "society", "tier")
OTHER = Style("circle", "#4a545b")
CUT_COLOUR = "6f797f"


def put_chart(sheet: Worksheet, data: MatrixData, heading: str) -> None:
    """The table of the points that have both scores, and the chart that refers to it, words in the active language."""
    points = [point for point in data.points if point.x is not None and point.y is not None]
    put_head(sheet, 1, COLUMNS)
    rows = [(p.code, p.label, p.category, p.x, p.y, word_for("tier", p.tier)) for p in points]
    end = put_rows(sheet, 2, rows, {4: "0.0", 5: "0.0"})
    set_widths(sheet, (13, 30, 14, 10, 10, 12))
    on_paper(sheet, landscape=True, head_row=1, footer=heading)
    sheet.page_setup.fitToHeight = 1
    if not points:
        return
    shown = (*_range([p.x for p in points]), *_range([p.y for p in points]))
    chart = _empty_chart(shown)
    for row, point in enumerate(points, start=2):
        chart.series.append(_series(sheet, row, STYLES.get(point.category, OTHER)))
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
        _("Impact on the company's operations"),
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
