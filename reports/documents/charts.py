"""The matrix as a native chart of Excel and of PowerPoint: labels on the side where they have room, cuts as lines."""

from collections.abc import Sequence
from io import BytesIO
from math import ceil, floor

from django.utils.translation import gettext as _
from openpyxl.chart import Reference, ScatterChart, Series
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.marker import Marker
from openpyxl.chart.series import SeriesLabel, StrRef
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from materiality.platform.words import word_for
from materiality.scoring.cube import DIMENSIONS
from materiality.tables.write import without_times
from reports.documents.sheets import (
    AT_TOP,
    NUMBER_HEAD,
    SOFT,
    TITLE,
    lines_needed,
    on_paper,
    put,
    put_head,
    put_rows,
    set_widths,
)
from reports.matrix import Point
from reports.matrix.marks import Style, styles
from reports.matrix.native import NativeLabel, native_labels
from reports.matrix.plot import Cut, cuts
from reports.queries.matrix import (
    MatrixData,
    ShownNames,
    base_line,
    cut_line,
    decided_line,
    subtitle,
    tier_told,
    weighting_line,
)
from reports.queries.outputs import frozen_text

CUT_COLOUR = "6F797F"
CM = 72 / 2.54  # points
MARK = 7  # points across
LETTERS = 8  # points
INSIDE, INSIDE_LETTERS = 11, 6  # points, of a mark that holds its number and of that number
INNER = (0.06, 0.03, 0.92, 0.88)  # the plot as shares of the chart: left, top, width, height


def scored_points(data: MatrixData) -> list[Point]:
    return [point for point in data.points if point.x is not None and point.y is not None]


def shown_range(points: Sequence[Point]) -> tuple[float, float, float, float]:
    return *_ends([p.x for p in points]), *_ends([p.y for p in points])


def _ends(values: list[float]) -> tuple[float, float]:
    """Ends of an axis: whole fives around the values, with a little room."""
    return float(max(0, 5 * floor((min(values) - 1) / 5))), float(min(100, 5 * ceil((max(values) + 1) / 5)))


def labels_of(data: MatrixData, width: float, height: float, size: float) -> list[NativeLabel]:
    """Of the scored points in a plot of these points of an inch."""
    points = scored_points(data)
    return native_labels(points, data.rule, width, height, size, MARK / 2, shown_range(points))


def put_scatter(sheet: Worksheet, data: MatrixData, columns: dict[str, int], first: int, end: int, anchor: str) -> None:
    """The chart of the points that stand in rows from `first`, in `columns` named name, x and y; the ends of the cut
    lines are written from row `end` on.
    """
    points = scored_points(data)
    if not points:
        return
    width, height = 30.0, 26.0  # cm
    shown = shown_range(points)
    chart = _empty_chart(shown, width, height)
    style_of = styles(data.categories, points)
    labels = labels_of(data, width * CM * INNER[2], height * CM * INNER[3], LETTERS)
    for row, (point, label) in enumerate(zip(points, labels, strict=True), start=first):
        chart.series.append(_series(sheet, row, columns, style_of[point.category], label))
    for row, cut in enumerate(cuts(data.rule, shown), start=end):
        chart.series.append(_cut_series(sheet, row, columns, cut))
    sheet.add_chart(chart, anchor)


def _empty_chart(shown: tuple[float, float, float, float], width: float, height: float) -> ScatterChart:
    chart = ScatterChart()
    chart.style, chart.scatterStyle = 2, "lineMarker"
    chart.legend, chart.title = None, None
    chart.width, chart.height = width, height
    chart.x_axis.title, chart.y_axis.title = (
        word_for("axis", "business"),
        word_for("axis", "society"),
    )
    chart.x_axis.scaling.min, chart.x_axis.scaling.max, chart.y_axis.scaling.min, chart.y_axis.scaling.max = shown
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.number_format, axis.majorTickMark = "0", "out"
        axis.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill="E3E6E6", w=6350))
    # Axes cross at their low ends, wherever these are.
    chart.x_axis.crosses = chart.y_axis.crosses = "min"
    left, top, wide, high = INNER
    place = ManualLayout(layoutTarget="inner", xMode="edge", yMode="edge", x=left, y=top, w=wide, h=high)
    chart.layout = Layout(manualLayout=place)
    return chart


def _series(sheet: Worksheet, row: int, columns: dict[str, int], style: Style, label: NativeLabel) -> Series:
    """One issue: its place, its mark, and its name or number as label."""
    x, y = (Reference(sheet, min_col=columns[axis], min_row=row) for axis in ("x", "y"))
    series = Series(y, x, title_from_data=False)
    series.tx = _title(sheet, row, columns["name"], label)
    colour = style.colour.removeprefix("#")
    series.marker = Marker(symbol=_symbol(style), size=_mark_size(style, label))
    series.marker.graphicalProperties = GraphicalProperties(solidFill=colour)
    series.marker.graphicalProperties.line.solidFill = "FFFFFF"
    series.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))
    if label.side:
        series.dLbls = _shown_label(label)
    return series


def _title(sheet: Worksheet, row: int, column: int, label: NativeLabel) -> SeriesLabel:
    """The cell of the name where that is the label, else the text itself."""
    cell = sheet.cell(row, column)
    if label.side and label.text != cell.value:
        return SeriesLabel(v=label.text)
    return SeriesLabel(strRef=StrRef(f"'{sheet.title}'!${cell.column_letter}${row}"))


def _symbol(style: Style) -> str:
    return style.shape if style.shape in ("circle", "square", "diamond", "triangle", "plus") else "circle"


def _mark_size(style: Style, label: NativeLabel) -> int:
    """Of a mark in points; one that holds its number is larger, the more so where its shape is pointed."""
    if label.side != "c":
        return MARK
    pointed = 0 if style.shape in ("circle", "square") else 4
    return INSIDE + pointed + 2 * max(0, len(label.text) - 2)


def _shown_label(label: NativeLabel) -> DataLabelList:
    shown, inside = DataLabelList(), label.side == "c"
    shown.showSerName, shown.position = True, "ctr" if inside else label.side
    shown.showVal = shown.showCatName = shown.showLegendKey = shown.showPercent = False
    look = {"sz": 100 * INSIDE_LETTERS, "b": True, "solidFill": "FFFFFF"} if inside else {"sz": 100 * LETTERS}
    small = ParagraphProperties(defRPr=CharacterProperties(**look))
    shown.txPr = RichText(p=[Paragraph(pPr=small, endParaRPr=CharacterProperties(**look))])
    return shown


def _cut_series(sheet: Worksheet, row: int, columns: dict[str, int], cut: Cut) -> Series:
    """A cut line, dashed, without marks; its two places stand in a row of the sheet."""
    at, words = min(columns["x"], columns["y"]), _("cut %(value)s") % {"value": f"{cut.value:.1f}"}
    put(sheet, row, columns["name"], words, SOFT)
    for place, value in enumerate((cut.start[0], cut.end[0], cut.start[1], cut.end[1])):
        put(sheet, row, at + place, value, SOFT).number_format = "0.0"
    xs, ys = (Reference(sheet, min_col=at + n, max_col=at + n + 1, min_row=row) for n in (0, 2))
    series = Series(ys, xs)
    series.tx = SeriesLabel(strRef=StrRef(f"'{sheet.title}'!${sheet.cell(row, columns['name']).column_letter}${row}"))
    series.marker = Marker(symbol="none")
    series.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=CUT_COLOUR, w=9525, prstDash="dash"))
    return series


def put_matrix_table(sheet: Worksheet, data: MatrixData, top: int) -> None:
    """For people: numbers, issues and scores in words of the active language, and the chart beside them."""
    points, names = scored_points(data), {each.code: each.label for each in data.categories}
    heads = ["#", _("Issue"), _("Category"), *(word_for("dimension", each) for each in DIMENSIONS), _("Tier")]
    put_head(sheet, top, heads)
    for column in (1, 4, 5):
        sheet.cell(top, column).alignment = NUMBER_HEAD
    numbers = {label.code: label.number for label in labels_of(data, 800.0, 650.0, LETTERS)} if points else {}
    rows = [
        (numbers[p.code], p.label, names.get(p.category, p.category), p.y, p.x, tier_told(p.tier, p.proposed))
        for p in points
    ]
    end = put_rows(sheet, top + 1, rows, {4: "0.0", 5: "0.0"})
    put_scatter(sheet, data, {"name": 2, "x": 5, "y": 4}, top + 1, end + 1, f"I{top}")


def put_matrix_sheet(sheet: Worksheet, data: MatrixData, named: ShownNames) -> None:
    heading = _("%(cycle)s: materiality matrix") % {"cycle": named.cycle}
    put(sheet, 1, 1, heading, TITLE)
    put(sheet, 2, 1, subtitle(data, named), SOFT)
    notes = (base_line(data, named), cut_line(data), decided_line(data), weighting_line(data))
    told, widths = " ".join(filter(None, notes)), (6, 38, 18, 20, 20, 16)
    put(sheet, 3, 1, told, SOFT).alignment = AT_TOP
    sheet.merge_cells(start_row=3, end_row=3, start_column=1, end_column=len(widths))
    sheet.row_dimensions[3].height = 15.0 * lines_needed(told, sum(widths))
    set_widths(sheet, widths)
    on_paper(sheet, landscape=True, head_row=5, footer=heading)
    # The chart on a page of its own, as large as it holds: beside the table neither could be read.
    sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.scale = False, 60
    sheet.col_breaks.append(Break(id=len(widths) + 1))
    put_matrix_table(sheet, data, 5)


def shown_names(inputs: dict) -> ShownNames:
    group = next((each for each in inputs["groups"] if each["code"] == inputs["parameters"]["group"]), None)
    return ShownNames(frozen_text(inputs["cycle"], "title"), frozen_text(group, "name") if group else "")


SLIDE = (33.867, 19.05)  # cm, 16 : 9
FRAME = (0.8, 2.2, 21.0, 16.2)  # of the chart on the slide: left, top, width, height
SLIDE_INNER = (0.08, 0.02, 0.90, 0.80)
SLIDE_LETTERS = 8


def slide_of(data: MatrixData, named: ShownNames, title: str, *, title_shown: bool = True, notes: bool = True) -> bytes:
    """A presentation of one slide with the chart, which can be edited, and the names of the numbers beside it."""
    from pptx import Presentation  # 0.2 s to load, and only the slide needs it
    from pptx.util import Cm

    deck = Presentation()
    deck.slide_width, deck.slide_height = Cm(SLIDE[0]), Cm(SLIDE[1])
    deck.core_properties.title, deck.core_properties.author = title, ""
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    if title_shown:
        _text(slide, (0.8, 0.5, 32.0, 1.0), title, 20, bold=True)
        _text(slide, (0.8, 1.5, 32.0, 0.7), subtitle(data, named), 11)
    points = scored_points(data)
    if points:
        labels = _slide_chart(slide, data, points)
        _slide_key(slide, points, labels)
    said = [base_line(data, named), cut_line(data), decided_line(data), weighting_line(data)]
    if notes:
        _text(slide, (0.8, 18.3, 32.0, 0.6), " ".join(filter(None, said)), 8)
    stream = BytesIO()
    deck.save(stream)
    return without_times(stream.getvalue())


def _text(slide, place: tuple[float, float, float, float], words: str, size: float, *, bold: bool = False) -> None:
    from pptx.util import Cm, Pt

    frame = slide.shapes.add_textbox(*map(Cm, place)).text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.text = words
    for paragraph in frame.paragraphs:
        paragraph.font.size, paragraph.font.bold = Pt(size), bold


def _slide_chart(slide, data: MatrixData, points: list[Point]) -> list[NativeLabel]:
    from pptx.chart.data import XyChartData
    from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
    from pptx.util import Cm, Pt

    left, top, width, height = FRAME
    plot = (width * CM * SLIDE_INNER[2], height * CM * SLIDE_INNER[3])
    labels, shown = labels_of(data, *plot, SLIDE_LETTERS), shown_range(points)
    figures = XyChartData(number_format="0.0")
    held = {each.code: [p for p in points if p.category == each.code] for each in data.categories}
    # LibreOffice leaves out series that are shorter than a later one.
    ordered = sorted(data.categories, key=lambda each: -len(held[each.code]))
    for each in ordered:
        series = figures.add_series(each.label)
        for point in held[each.code]:
            series.add_data_point(point.x, point.y)
    lines = cuts(data.rule, shown)
    for cut in lines:
        series = figures.add_series(_("cut %(value)s") % {"value": f"{cut.value:.1f}"})
        series.add_data_point(*cut.start)
        series.add_data_point(*cut.end)
    frame = slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, *map(Cm, (left, top, width, height)), figures)
    chart = frame.chart
    chart.has_title, chart.has_legend = False, True
    chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    chart.legend.font.size = Pt(10)
    _slide_axes(chart, shown)
    _inner_layout(chart)
    by_code, style_of = {label.code: label for label in labels}, styles(data.categories, points)
    for each, series in zip(ordered, chart.plots[0].series, strict=False):
        _dress(series, style_of[each.code], [by_code[p.code] for p in held[each.code]])
    for series in list(chart.plots[0].series)[len(ordered) :]:
        _dress_cut(series)
    _stamped(chart)
    return labels


def _slide_axes(chart, shown: tuple[float, float, float, float]) -> None:
    from pptx.dml.color import RGBColor
    from pptx.util import Pt

    x, y = chart.category_axis, chart.value_axis
    x.minimum_scale, x.maximum_scale, y.minimum_scale, y.maximum_scale = shown
    for axis, words in (
        (x, word_for("axis", "business")),
        (y, word_for("axis", "society")),
    ):
        axis.has_title = True
        axis.axis_title.text_frame.text = words
        axis.axis_title.text_frame.paragraphs[0].font.size = Pt(10)
        axis.axis_title.text_frame.paragraphs[0].font.bold = False
        axis.tick_labels.font.size, axis.tick_labels.number_format = Pt(9), "0"
        axis.tick_labels.number_format_is_linked = False
        axis.has_major_gridlines = True
        axis.major_gridlines.format.line.color.rgb = RGBColor.from_string("E3E6E6")
        axis._element.find(f"{_C}crosses").set("val", "min")


_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


def _inner_layout(chart) -> None:
    """Where the plot lies in the chart, so that labels stand where they were placed."""
    from lxml import etree

    area = chart._chartSpace.chart.plotArea
    for old in area.findall(f"{_C}layout"):
        area.remove(old)
    layout = etree.Element(f"{_C}layout")
    place = etree.SubElement(layout, f"{_C}manualLayout")
    values = zip("xywh", SLIDE_INNER, strict=True)
    modes = (("layoutTarget", "inner"), ("xMode", "edge"), ("yMode", "edge"))
    for name, value in (*modes, *((name, str(value)) for name, value in values)):
        etree.SubElement(place, f"{_C}{name}").set("val", value)
    area.insert(0, layout)


def _dress(series, style: Style, labels: list[NativeLabel]) -> None:
    """Marks of one category, and a label at each point that has one."""
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_LABEL_POSITION
    from pptx.util import Pt

    sides = {"r": "RIGHT", "l": "LEFT", "t": "ABOVE", "b": "BELOW", "c": "CENTER"}
    series.format.line.fill.background()
    _colour_mark(series.marker, style, MARK)
    for place, label in enumerate(labels):
        if label.side:
            shown = series.points[place].data_label
            shown.has_text_frame = True
            shown.text_frame.text = label.text
            font = shown.text_frame.paragraphs[0].font
            font.size = Pt(SLIDE_LETTERS)
            shown.position = getattr(XL_LABEL_POSITION, sides[label.side])
            if label.side == "c":
                font.size, font.bold, font.color.rgb = Pt(INSIDE_LETTERS), True, RGBColor.from_string("FFFFFF")
                _colour_mark(series.points[place].marker, style, _mark_size(style, label))


def _colour_mark(marker, style: Style, size: int) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_MARKER_STYLE

    marker.style, marker.size = getattr(XL_MARKER_STYLE, _symbol(style).upper()), size
    marker.format.fill.solid()
    marker.format.fill.fore_color.rgb = RGBColor.from_string(style.colour.removeprefix("#").upper())
    marker.format.line.color.rgb = RGBColor.from_string("FFFFFF")


def _dress_cut(series) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_MARKER_STYLE
    from pptx.enum.dml import MSO_LINE
    from pptx.util import Pt

    series.marker.style = XL_MARKER_STYLE.NONE
    series.smooth = False
    line = series.format.line
    line.color.rgb, line.width, line.dash_style = RGBColor.from_string(CUT_COLOUR), Pt(0.75), MSO_LINE.DASH


def _stamped(chart) -> None:
    """The workbook inside without times, so that the same chart gives the same bytes."""
    part = chart.part.chart_workbook.xlsx_part
    part._blob = without_times(part.blob)


def _slide_key(slide, points: list[Point], labels: list[NativeLabel]) -> None:
    """Names of the points that do not stand beside their marks, by number, in two columns."""
    named = {point.code: point.label for point in points}
    entries = sorted((label.number, named[label.code]) for label in labels if not label.side or label.is_number)
    columns = 2 if len(entries) > 30 else 1
    width, rows = 11.0 / columns - 0.2, -(-len(entries) // columns)
    parts = [
        [f"{number}  {name}" for number, name in entries[at * rows : (at + 1) * rows]]
        for at in range(columns if entries else 0)
    ]
    size = _key_size(parts, width * CM)
    for place, lines in enumerate(parts):
        _text(slide, (22.2 + 5.6 * place, 2.2, width, 16.0), "\n".join(lines), size)


def _key_size(parts: list[list[str]], width: float) -> float:
    """The largest of the sizes at which every part stays within the slide, in points: names are wrapped."""
    sizes = [9.0 - 0.25 * step for step in range(17)]
    high = 15.6 * CM
    fits = (
        size
        for size in sizes
        if all(
            sum(lines_needed(line, width / (0.55 * size)) for line in lines) * 1.22 * size <= high for lines in parts
        )
    )
    return next(fits, sizes[-1])
