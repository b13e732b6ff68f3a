"""The matrix for print: its width, its type, its options, and the charts that can be edited."""

import io
import re
import struct
import zipfile

import pytest
from django.utils.translation import override
from openpyxl import load_workbook
from pptx import Presentation

from materiality.models import Decision
from materiality.platform.refusals import NotAllowed
from reports.matrix.marks import PRINT_TINTS
from reports.outputs import build_output, output_inputs
from tests.reports.documents.test_drawings import unpacked

pytestmark = pytest.mark.django_db
POINTS_PER_MM = 72 / 25.4


def made(cycle, format, language="en", **options) -> bytes:
    return build_output(output_inputs(cycle, kind="matrix", format=format, language=language, options=options))


@pytest.mark.parametrize(("width", "mm"), [("page", 170), ("column", 82), ("120 mm", 120)])
@pytest.mark.parametrize("level", ["primary", "secondary"])
def test_no_letter_is_smaller_than_print_bears_at_the_width_chosen(cycle, width, mm, level):
    svg = made(cycle, "svg", width=width, level=level).decode()
    wide, across = re.search(r'width="([\d.]+)mm" height="[\d.]+mm" viewBox="0 0 ([\d.]+) ', svg).groups()
    sizes = [float(size) * mm * POINTS_PER_MM / float(across) for size in re.findall(r'font-size="([\d.]+)"', svg)]
    assert float(wide) == mm and min(sizes) >= 6.49
    labels = re.findall(r'class="matrix-label"[^>]*>(?:<tspan[^>]*>)?([^<]+)', svg)
    numbers = {text for text in labels if text.isdigit()}
    assert numbers == set(re.findall(r'class="matrix-key-number"[^>]*>(\d+)', svg))
    assert "run 1" not in svg and "demo" not in re.sub(r"\(demo\)", "", svg)


def test_words_colours_and_letters_are_as_asked_for(cycle):
    svg = made(cycle, "svg", title="no", notes="no", run_number="yes", colour="grey", level="primary").decode()
    assert "materiality matrix" not in re.sub("aria-label=.*? xml", "", svg) and "Based on" not in re.sub(
        "<desc>.*", "", svg
    )
    assert ">run 1<" in svg
    assert all(colour[1:3] == colour[3:5] == colour[5:] for colour in re.findall(r'"(#[0-9a-f]{6})"', svg))
    outlined = made(cycle, "svg", text="outlined", level="primary").decode()
    assert "<text" not in outlined and '<path class="matrix-label"' in outlined


def words_inside(contents: bytes) -> str:
    archive = zipfile.ZipFile(io.BytesIO(contents))
    return " ".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))


def test_tiers_after_review_are_frozen_with_the_request_and_shown_in_every_format(cycle):
    run = cycle.runs.get()
    low = run.scores.filter(tier="low", level=None, derived=False).select_related("issue").first()
    decision = Decision.objects.create(run=run, issue=low.issue, tier="high", reason="Asked by the committee")
    told = "High (by the rule: Low)"
    asked = {
        (kind, format): output_inputs(cycle, kind=kind, format=format, language="en")
        for kind, format in (("matrix", "svg"), ("matrix", "xlsx"), ("matrix", "pptx"), ("workbook", "xlsx"))
    }
    decision.delete()
    svg = build_output(asked["matrix", "svg"]).decode()
    assert svg.count('class="matrix-decided"') == 1 and "◯ Decided otherwise" in svg
    for key, inputs in asked.items():
        contents = build_output(inputs)
        assert build_output(inputs) == contents
        assert key[1] == "svg" or told in words_inside(contents)
    book = load_workbook(io.BytesIO(build_output(asked["workbook", "xlsx"])))
    rows = [row for row in book["scores"].iter_rows(values_only=True) if row[1] == low.issue.code]
    assert {"high", "Asked by the committee"} <= set(rows[0])


def test_zones_keep_apart_in_grey():
    def lightness(colour: str) -> float:
        light = sum(
            weight * (int(colour[at : at + 2], 16) / 255) ** 2.2
            for weight, at in zip((0.2126, 0.7152, 0.0722), (1, 3, 5), strict=True)
        )
        return 116 * light ** (1 / 3) - 16

    high, medium, low = (lightness(PRINT_TINTS[tier]) for tier in ("high", "medium", "low"))
    assert low - medium >= 5 and medium - high >= 5


def test_png_has_the_dots_that_were_asked_for(cycle):
    png = made(cycle, "png", dpi="150", width="100", level="primary")
    across, density = struct.unpack(">I", png[16:20])[0], png[png.index(b"pHYs") + 4 :]
    assert abs(across - 100 / 25.4 * 150) <= 1
    assert struct.unpack(">IIB", density[:9]) == (5906, 5906, 1)


def test_pdf_is_as_large_as_the_picture_with_its_font_or_none(cycle):
    pdf = made(cycle, "pdf", level="primary")
    box = re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ", pdf)
    assert float(box[1]) == pytest.approx(170 * POINTS_PER_MM, abs=0.1)
    streams = b"".join(map(unpacked, re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)))
    assert b"NotoSansCJK" in pdf + streams
    outlined = made(cycle, "pdf", level="primary", text="outlined")
    streams = b"".join(map(unpacked, re.findall(rb"stream\r?\n(.*?)\r?\nendstream", outlined, re.DOTALL)))
    assert b"NotoSansCJK" not in outlined + streams


@pytest.mark.parametrize(
    "option", [{"width": "12"}, {"width": "900 mm"}, {"width": "wide"}, {"dpi": "9"}, {"width": "slide", "dpi": "1200"}]
)
def test_what_no_press_takes_is_refused(cycle, option):
    with pytest.raises(NotAllowed):
        output_inputs(cycle, kind="matrix", format="png", language="en", options=option)


def test_workbook_and_slide_hold_charts_that_can_be_edited(cycle):
    book = load_workbook(io.BytesIO(made(cycle, "xlsx", level="primary")))
    sheet = book.worksheets[0]
    rows = [row[:6] for row in sheet.iter_rows(min_row=5, values_only=True)]
    assert rows[0] == ("#", "Issue", "Category", "Impact on society", "Impact on business", "Tier")
    assert len(rows) == 1 + 23 + 1 + 2 and len(sheet._charts[0].series) == 25
    contents = made(cycle, "pptx", level="primary", language="zh-hans")
    (slide,) = Presentation(io.BytesIO(contents)).slides
    chart = next(shape.chart for shape in slide.shapes if shape.has_chart)
    series = list(chart.plots[0].series)
    assert sum(len(each.points) for each in series[:4]) == 23 and len(series) == 6
    words = " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
    assert "实质性议题矩阵" in words and zipfile.ZipFile(io.BytesIO(contents)).testzip() is None


def test_refused_width_names_what_is_taken(cycle):
    with override("en"), pytest.raises(NotAllowed, match="page, column, slide, a number of mm, such as 120"):
        made(cycle, "svg", width="zz")
