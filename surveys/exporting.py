"""Responses of a survey in the `responses` format (formats.md), as streams of CSV and XLSX."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from surveys.intake import streaming_xlsx as xlsx
from surveys.intake.columns import item_name
from surveys.intake.formula import neutralise
from surveys.models import Response, Survey
from surveys.questionnaire.ratings import CELL_TEXT

FIELDS = ("token", "group", "channel", "language", "started_at", "submitted_at", "consent", "comment")
COLUMNS = ("token", "group__code", "channel", "language", "started_at", "submitted_at", "consent", "comment", "ratings")


def header_of(survey: Survey) -> list[str]:
    """Field names, then one column per item."""
    items = survey.items.values_list("issue__code", "dimension").order_by("position")
    return [*FIELDS, *(item_name(code, dimension) for code, dimension in items)]


def export_csv(survey: Survey) -> Iterator[bytes]:
    """CSV in UTF-8 with BOM, in pieces; texts that a spreadsheet could run are neutralised."""
    texts = [text or "" for text in CELL_TEXT]
    buffer = io.StringIO()
    # With CR in the line end the writer also quotes texts that hold one, which would else end their row.
    writer = csv.writer(buffer, lineterminator="\r\n")
    yield b"\xef\xbb\xbf" + (",".join(header_of(survey)) + "\n").encode()
    for number, (fields, ratings) in enumerate(_rows(survey), start=1):
        writer.writerow([neutralise(field) for field in fields])
        # Ratings need no quoting: they are joined to the row the fast way.
        buffer.seek(buffer.tell() - 2)
        buffer.write("," + ",".join([texts[code] for code in ratings]) + "\n")
        if number % 500 == 0:
            yield _drain(buffer)
    yield _drain(buffer)


def export_xlsx(survey: Survey) -> Iterator[bytes]:
    """XLSX in pieces; ratings are numbers, everything else text."""
    cells = [
        xlsx.number_cell(int(text)) if (text or "").isdigit() else xlsx.text_cell(text or "") for text in CELL_TEXT
    ]

    def rows() -> Iterator[str]:
        yield "".join(map(xlsx.text_cell, header_of(survey)))
        for fields, ratings in _rows(survey):
            yield "".join(map(xlsx.text_cell, fields)) + "".join([cells[code] for code in ratings])

    return xlsx.write_sheet("responses", rows())


def _drain(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def _rows(survey: Survey) -> Iterator[tuple[list[str], bytes]]:
    """Fields as text and rating bytes of each response, in id order."""
    zone = ZoneInfo(survey.zone)
    rows = Response.objects.filter(survey=survey).order_by("id").values_list(*COLUMNS)
    for token, group, channel, language, started, submitted, consent, comment, ratings in rows.iterator(2_000):
        yield (
            [
                token, group, channel, language, _time(started, zone), _time(submitted, zone),
                "yes" if consent else "no", comment,
            ],
            bytes(ratings),
        )  # fmt: skip


def _time(moment: datetime | None, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat() if moment else ""
