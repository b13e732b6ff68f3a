"""The materiality matrix as SVG, PNG and PDF."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.documents.drawings import pdf_bytes, png_bytes
from reports.queries.matrix import ShownNames, base_line, document_texts, drawn_matrix, subtitle
from reports.queries.outputs import (
    MATRIX_OPTIONS,
    OutputKind,
    Progress,
    frozen_text,
    organisation_name,
    scored_data,
    scored_inputs,
)


def _build(inputs: dict, progress: Progress) -> bytes:
    data, named = scored_data(inputs), _named(inputs)
    progress(20, _("Placing the labels"))
    texts = document_texts(data, named)
    svg = drawn_matrix(data.points, data.rule, data.categories, texts, show_intervals=data.options.bars)
    progress(60, _("Writing the file"))
    if inputs["format"] == "png":
        return png_bytes(svg)
    if inputs["format"] == "pdf":
        return pdf_bytes(
            svg,
            title=texts.title,
            author=organisation_name(),
            footer=subtitle(data, named),
            number=inputs["cycle"]["code"],
            alt=f"{texts.title}. {base_line(data, named)}",
            language=inputs["language"],
        )
    return svg.encode()


def _named(inputs: dict) -> ShownNames:
    group = next((each for each in inputs["groups"] if each["code"] == inputs["parameters"]["group"]), None)
    return ShownNames(frozen_text(inputs["cycle"], "title"), frozen_text(group, "name") if group else "")


def _told(parameters: dict) -> list[str]:
    level = _("Primary issues") if parameters["level"] == "primary" else _("Secondary issues")
    pooled = _("pooled") if parameters["weighting"] == "pooled" else ""
    return [text for text in (level, pooled, parameters["category"], parameters["group"]) if text]


OUTPUT = OutputKind(
    code="matrix",
    word=gettext_lazy("Materiality matrix"),
    of_file=gettext_lazy("materiality matrix"),
    formats=("svg", "png", "pdf"),
    inputs=scored_inputs,
    build=_build,
    place=1,
    named=lambda parameters: [_("primary issues")] if parameters["level"] == "primary" else [],
    told=_told,
    options=MATRIX_OPTIONS,
)
