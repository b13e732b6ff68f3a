"""Responses for SPSS: a ZIP of data.csv, the syntax that reads and labels it, and the codebook."""

import csv
import io
import zipfile
from collections.abc import Iterator

from surveys.exports.anonymous_profile import PROFILE_COLUMNS, profile_rows
from surveys.exports.codebook import COLUMNS, codebook_rows
from surveys.exports.selection import Selection
from surveys.exports.small_tables import csv_table
from surveys.exports.spss_names import LONGEST_TEXT, cut, one_line
from surveys.exports.spss_syntax import syntax_of
from surveys.exports.spss_variables import TEXT, Variable, variables_of
from surveys.intake.formula import neutralise
from surveys.intake.streaming_xlsx import EPOCH, Sink

CHUNK = 500


def export_spss(selection: Selection) -> Iterator[bytes]:
    """The ZIP in pieces, labels in the active language; the same responses give the same bytes."""
    variables = variables_of(selection)
    widths: dict[str, int] = {}
    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open(_entry("data.csv"), "w", force_zip64=True) as file:
            for piece in _data(selection, variables, widths):
                file.write(piece)
                yield sink.take()
        # The syntax comes after the data: only now is the longest text of each variable known.
        archive.writestr(_entry("syntax.sps"), syntax_of(selection.survey.title, variables, widths))
        archive.writestr(_entry("codebook.csv"), csv_table(COLUMNS, codebook_rows(selection)))
        if selection.survey.anonymous and (counts := profile_rows(selection.survey)):
            archive.writestr(_entry("profile.csv"), csv_table(PROFILE_COLUMNS, counts))
    yield sink.take()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _data(selection: Selection, variables: list[Variable], widths: dict[str, int]) -> Iterator[bytes]:
    """UTF-8 without mark: the first line is passed over by the syntax. Notes the longest texts in `widths`, bytes."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([variable.name for variable in variables])
    readers = [variable.read for variable in variables]
    texts = [(at, variable.name) for at, variable in enumerate(variables) if variable.kind == TEXT]
    for number, row in enumerate(selection.rows(more=True), start=1):
        cells = [read(row) for read in readers]
        for at, name in texts:
            if cells[at]:
                cells[at] = _text(cells[at])
                widths[name] = max(widths.get(name, 1), len(cells[at].encode()))
        writer.writerow(cells)
        if number % CHUNK == 0:
            yield _drained(buffer)
    yield _drained(buffer)


def _text(text: str) -> str:
    # Double marks within a quoted text are read differently by different versions.
    return cut(neutralise(one_line(text).replace('"', "”")), LONGEST_TEXT)


def _drained(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
