"""Every output from its frozen inputs: the same inputs give the same bytes."""

from collections.abc import Callable

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from materiality.models import Run
from materiality.platform.bilingual import is_chinese
from reports.documents.drawings import pdf_bytes, png_bytes
from reports.documents.gri_index import IndexHeading, index_csv, index_workbook
from reports.documents.workbook import scores_workbook
from reports.gri.index import build_index
from reports.queries.matrix import (
    MatrixData,
    MatrixOptions,
    Named,
    base_line,
    document_texts,
    drawn_matrix,
    matrix_data,
    subtitle,
)
from reports.queries.outline import gri_catalogue
from reports.queries.outputs import rows_of, scores_of

Progress = Callable[[int, str], None]


def build_output(inputs: dict, progress: Progress = lambda percent, text: None) -> bytes:
    """The file of `output_inputs`, in the language they name; `progress(percent, text)` is told how far it is."""
    with override(inputs["language"]):
        return _BUILDERS[inputs["kind"]](inputs, progress)


def output_file_name(inputs: dict) -> str:
    """A name that says in the output's language what the file is."""
    with override(inputs["language"]):
        cycle = _text(inputs["cycle"], "title")
        kind = {
            "matrix": _("materiality matrix"),
            "gri-index": _("GRI content index"),
            "scores": _("scores"),
        }[inputs["kind"]]
        parts = [cycle, kind]
        if inputs["kind"] == "matrix" and inputs["parameters"]["level"] == "primary":
            parts.append(_("primary issues"))
        if "run_number" in inputs:
            parts.append(_("run %(number)s") % {"number": inputs["run_number"]})
    safe = "".join("-" if sign in '\\/:*?"<>|' or ord(sign) < 32 else sign for sign in " - ".join(parts))
    return f"{safe[:180]}.{inputs['format']}"


def _matrix(inputs: dict, progress: Progress) -> bytes:
    data, named = _data(inputs), _named(inputs)
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
            author=_organisation(),
            footer=subtitle(data, named),
            number=inputs["cycle"]["code"],
            alt=f"{texts.title}. {base_line(data, named)}",
            language=inputs["language"],
        )
    return svg.encode()


def _gri_index(inputs: dict, progress: Progress) -> bytes:
    catalogue = gri_catalogue(inputs["gri_edition"])
    rows = build_index(rows_of(inputs), catalogue, inputs["language"])
    progress(50, _("Writing the file"))
    if inputs["format"] == "csv":
        return index_csv(rows, catalogue)
    heading = IndexHeading(_organisation(), _text(inputs["cycle"], "title"), inputs["gri_edition"])
    return index_workbook(rows, catalogue, heading)


def _scores(inputs: dict, progress: Progress) -> bytes:
    data = _data(inputs)
    run = data.run
    groups = {group["code"]: _text(group, "name") for group in inputs["groups"]}
    progress(40, _("Writing the file"))
    number = _("run %(number)s") % {"number": run.number}
    heading = f"{_organisation()} · {_text(inputs['cycle'], 'title')} · {number}"
    return scores_workbook(run, list(scores_of(run)), data, groups, heading)


def _data(inputs: dict) -> MatrixData:
    run = Run.objects.defer("cube").select_related("cycle", "edition").get(pk=inputs["run"])
    return matrix_data(run, MatrixOptions(**inputs["parameters"]), inputs["language"])


def _named(inputs: dict) -> Named:
    group = next((each for each in inputs["groups"] if each["code"] == inputs["parameters"]["group"]), None)
    return Named(_text(inputs["cycle"], "title"), _text(group, "name") if group else "")


def _text(row: dict, field: str) -> str:
    first, second = ("_zh", "_en") if is_chinese() else ("_en", "_zh")
    return row[field + first] or row[field + second]


def _organisation() -> str:
    return settings.ORGANISATION["zh-hans" if is_chinese() else "en"]


_BUILDERS = {"matrix": _matrix, "gri-index": _gri_index, "scores": _scores}
