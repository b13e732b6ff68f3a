"""Responses of a survey in the `responses` format (formats.md), as streams of CSV and XLSX."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from surveys.exports.anonymous_profile import PROFILE_COLUMNS, profile_rows
from surveys.exports.codebook import COLUMNS, codebook_rows
from surveys.exports.extras import extra_names, extra_values
from surveys.exports.selection import FIELDS, Selection
from surveys.intake import streaming_xlsx as xlsx
from surveys.intake.columns import item_name
from surveys.intake.formula import neutralise
from surveys.models import Survey
from surveys.questionnaire.ratings import CELL_TEXT

__all__ = ["FIELDS", "export_csv", "export_xlsx", "header_of"]
Row = tuple[list[str], bytes, list[str | int | float]]


def header_of(survey: Survey) -> list[str]:
    """Field names, then one column per item."""
    items = survey.items.values_list("issue__code", "dimension").order_by("position")
    return [*FIELDS, *(item_name(code, dimension) for code, dimension in items)]


def export_csv(chosen: Survey | Selection) -> Iterator[bytes]:
    """CSV in UTF-8 with BOM, in pieces; texts that a spreadsheet could run are neutralised."""
    selection = _selection(chosen)
    texts = [text or "" for text in CELL_TEXT]
    extras = extra_names(selection)
    buffer = io.StringIO()
    # With CR in the line end the writer also quotes texts that hold one, which would else end their row.
    writer = csv.writer(buffer, lineterminator="\r\n")
    yield b"\xef\xbb\xbf" + (",".join([*header_of(selection.survey), *extras]) + "\n").encode()
    for number, (fields, ratings, more) in enumerate(_rows(selection, extras), start=1):
        writer.writerow([neutralise(field) for field in fields])
        # Ratings need no quoting: they are joined to the row the fast way.
        buffer.seek(buffer.tell() - 2)
        buffer.write("," + ",".join([texts[code] for code in ratings]))
        if more:
            buffer.write(",")
            writer.writerow([neutralise(cell) if isinstance(cell, str) else cell for cell in more])
            buffer.seek(buffer.tell() - 2)
        buffer.write("\n")
        if number % 500 == 0:
            yield _drain(buffer)
    yield _drain(buffer)


def export_xlsx(chosen: Survey | Selection) -> Iterator[bytes]:
    """XLSX in pieces: the responses, the codebook, and of an anonymous survey the counts of profile answers.

    Ratings are numbers, everything else text.
    """
    selection = _selection(chosen)
    sheets = [("responses", _sheet_of_responses(selection)), ("codebook", _cells([COLUMNS], codebook_rows(selection)))]
    if selection.survey.anonymous and (counts := profile_rows(selection.survey)):
        sheets.append(("profile", _cells([PROFILE_COLUMNS], counts)))
    yield from xlsx.write_sheets(sheets)


def _selection(chosen: Survey | Selection) -> Selection:
    return chosen if isinstance(chosen, Selection) else Selection(chosen)


def _sheet_of_responses(selection: Selection) -> Iterator[str]:
    cells = [
        xlsx.number_cell(int(text)) if (text or "").isdigit() else xlsx.text_cell(text or "") for text in CELL_TEXT
    ]
    extras = extra_names(selection)
    yield "".join(map(xlsx.text_cell, [*header_of(selection.survey), *extras]))
    for fields, ratings, more in _rows(selection, extras):
        yield "".join(map(xlsx.text_cell, fields)) + "".join([cells[code] for code in ratings]) + _joined(more)


def _cells(*tables: Iterable) -> Iterator[str]:
    return (_joined(row) for table in tables for row in table)


def _joined(row: Iterable[str | int | float]) -> str:
    return "".join([xlsx.text_cell(cell) if isinstance(cell, str) else xlsx.number_cell(cell) for cell in row])


def _drain(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _rows(selection: Selection, extras: list[str]) -> Iterator[Row]:
    """Fields as text, rating bytes and further cells of each response, in id order."""
    zone, leaving = selection.zone, selection.leaving
    kept = [name in leaving for name in FIELDS]
    for row in selection.rows(more=bool(extras)):
        token, group, channel, language, started, submitted, consent, comment, ratings = row[:9]
        fields = [
            token, group, channel, language, _time(started, zone), _time(submitted, zone),
            "yes" if consent else "no", comment,
        ]  # fmt: skip
        if not all(kept):
            fields = [text if keep else "" for text, keep in zip(fields, kept, strict=True)]
        yield fields, bytes(ratings), extra_values(selection, row[9:]) if extras else []


def _time(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat() if moment else ""
