"""The materiality matrix for print: SVG, PNG and PDF in a width on paper, native charts of Excel and PowerPoint."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from openpyxl import Workbook

from materiality.models import Cycle, Run
from materiality.platform.organisation import organisation_name
from materiality.platform.refusals import NotAllowed
from materiality.tables.write import workbook_bytes
from reports.documents.charts import put_matrix_sheet, shown_names, slide_of
from reports.documents.drawings import MM_PER_INCH, outlined, pdf_bytes, png_bytes
from reports.matrix import Finish
from reports.queries.matrix import (
    MatrixData,
    ShownNames,
    base_line,
    document_texts,
    drawn_matrix,
    grey_rules,
)
from reports.queries.outputs import (
    MATRIX_OPTIONS,
    Option,
    OutputKind,
    Progress,
    scored_data,
    scored_inputs,
)

WIDTHS = {"page": 170.0, "column": 82.0, "slide": 300.0}  # mm
LEAST_WIDTH, MOST_WIDTH = 80.0, 600.0
LEAST_DPI, MOST_DPI, MOST_DOTS = 72, 1200, 10_000
_NO, _YES = ("no", gettext_lazy("no")), ("yes", gettext_lazy("yes"))
PRINT_OPTIONS = (
    Option(
        "width",
        gettext_lazy("Width on paper"),
        (
            ("page", gettext_lazy("a page: 170 mm")),
            ("column", gettext_lazy("a column: 82 mm")),
            ("slide", gettext_lazy("a slide: 300 mm")),
        ),
        pattern=r"\d{2,3}(\.\d+)?( ?mm)?",
        typed=True,
        written=gettext_lazy("a number of mm, such as 120"),
    ),
    Option(
        "dpi",
        gettext_lazy("Dots per inch (PNG)"),
        (("300", "300"), ("150", "150"), ("600", "600")),
        False,
        r"\d+",
        True,
        gettext_lazy("another whole number"),
    ),
    Option("title", gettext_lazy("Title"), (_YES, _NO)),
    Option("notes", gettext_lazy("Notes below"), (_YES, _NO)),
    Option("run_number", gettext_lazy("Number of the run"), (_NO, _YES)),
    Option(
        "colour", gettext_lazy("Colour"), (("colour", gettext_lazy("colour")), ("grey", gettext_lazy("shades of grey")))
    ),
    Option(
        "text",
        gettext_lazy("Letters (SVG, PDF)"),
        (("live", gettext_lazy("text that can be edited")), ("outlined", gettext_lazy("outlines that need no font"))),
    ),
)


def _inputs(cycle: Cycle, run: Run | None, options: Mapping[str, Any]) -> dict:
    """What is shown, and how it is printed. NotAllowed for a width or a number of dots that no press takes."""
    inputs = scored_inputs(cycle, run, options)
    chosen = {option.name: str(options[option.name]) for option in PRINT_OPTIONS if options.get(option.name)}
    if not LEAST_WIDTH <= _millimetres(chosen.get("width", "page")) <= MOST_WIDTH:
        limits = {"least": f"{LEAST_WIDTH:.0f}", "most": f"{MOST_WIDTH:.0f}"}
        raise NotAllowed(_("The width lies between %(least)s and %(most)s mm.") % limits)
    if not LEAST_DPI <= int(chosen.get("dpi", LEAST_DPI)) <= MOST_DPI:
        limits = {"least": LEAST_DPI, "most": MOST_DPI}
        raise NotAllowed(_("A picture has %(least)s to %(most)s dots per inch.") % limits)
    if _millimetres(chosen.get("width", "page")) / MM_PER_INCH * int(chosen.get("dpi", LEAST_DPI)) > MOST_DOTS:
        raise NotAllowed(_("A picture is at most %(most)s dots wide. Choose fewer per inch.") % {"most": MOST_DOTS})
    return inputs | {"parameters": inputs["parameters"] | chosen}


def _millimetres(width: str) -> float:
    return WIDTHS.get(width) or float(width.removesuffix("mm").strip())


def _build(inputs: dict, progress: Progress) -> bytes:
    data, named = scored_data(inputs), shown_names(inputs)
    progress(20, _("Placing the labels"))
    if inputs["format"] == "xlsx":
        return _workbook(data, named)
    said = inputs["parameters"]
    shown = {name: said.get(name, "yes") == "yes" for name in ("title", "notes")}
    if inputs["format"] == "pptx":
        heading = _("%(cycle)s: materiality matrix") % {"cycle": named.cycle}
        return slide_of(data, named, heading, title_shown=shown["title"], notes=shown["notes"])
    texts = document_texts(data, named, run_number=said.get("run_number") == "yes", **shown)
    is_outlined = said.get("text") == "outlined" and inputs["format"] != "png"
    # The package's font has one weight; who opens an SVG with live text has the bold one.
    stroked = is_outlined or inputs["format"] in ("png", "pdf")
    width = _millimetres(said.get("width", "page"))
    finish = Finish(width, grey=said.get("colour") == "grey", stroked=stroked)
    shown = {"show_intervals": data.options.bars, "grey": grey_rules(data), "finish": finish}
    svg = drawn_matrix(data.points, data.rule, data.categories, texts, **shown)
    progress(60, _("Writing the file"))
    if inputs["format"] == "png":
        return png_bytes(svg, float(said.get("dpi", "300")))
    svg = outlined(svg) if is_outlined else svg
    if inputs["format"] == "pdf":
        title = _("%(cycle)s: materiality matrix") % {"cycle": named.cycle}
        alt, language = f"{title}. {base_line(data, named)}", inputs["language"]
        return pdf_bytes(svg, title=title, author=organisation_name(), alt=alt, language=language)
    return svg.encode()


def _workbook(data: MatrixData, named: ShownNames) -> bytes:
    """The table of the issues with a chart that can be edited, words in the active language."""
    book = Workbook()
    sheet = book.active
    sheet.title = _("Matrix")
    put_matrix_sheet(book.active, data, named)
    return workbook_bytes(book)


def _told(parameters: dict) -> list[str]:
    level = _("Primary issues") if parameters["level"] == "primary" else _("Secondary issues")
    pooled = _("pooled") if parameters["weighting"] == "pooled" else ""
    width = f"{_millimetres(parameters['width']):g} mm" if parameters.get("width") else ""
    grey = _("shades of grey") if parameters.get("colour") == "grey" else ""
    outlines = _("outlines that need no font") if parameters.get("text") == "outlined" else ""
    shown = (level, pooled, parameters["category"], parameters["group"], width, grey, outlines)
    return [text for text in shown if text]


OUTPUT = OutputKind(
    code="matrix",
    word=gettext_lazy("Materiality matrix"),
    of_file=gettext_lazy("materiality matrix"),
    formats=("svg", "png", "pdf", "xlsx", "pptx"),
    inputs=_inputs,
    build=_build,
    place=1,
    named=lambda parameters: [_("primary issues")] if parameters["level"] == "primary" else [],
    told=_told,
    options=(*MATRIX_OPTIONS, *PRINT_OPTIONS),
)
