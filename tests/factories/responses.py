"""Responses and files of responses for tests."""

import csv
import io
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from zoneinfo import ZoneInfo

from openpyxl import Workbook

from materiality.models import Job
from materiality.platform import jobs
from surveys.actions.imports import confirm_import, request_import
from surveys.exports.exporting import header_of
from surveys.intake.columns import FIELDS
from surveys.models import Response, ResponseImport, Survey
from surveys.questionnaire.ratings import arrival_id

SHANGHAI = ZoneInfo("Asia/Shanghai")


def make_response(survey: Survey, **columns) -> Response:
    """A stored response, submitted, every item rated 3."""
    group = columns.pop("group", None) or survey.cycle.groups.first()
    if "ratings" not in columns:
        columns["ratings"] = bytes([3]) * survey.items.count()
    return Response.objects.create(survey=survey, **{"id": arrival_id(), "group": group, **columns})


def row(survey: Survey, *ratings: object, **fields: object) -> list[object]:
    """A row under `header_of`; ratings that are not given repeat 1..k, so that no line is straight."""
    length = survey.items.count()
    given = [*ratings, *(place % survey.k + 1 for place in range(len(ratings), length))]
    return [{"group": "users", **fields}.get(name, "") for name in FIELDS] + given


def csv_file(survey: Survey, *rows: list[object], header: list[str] | None = None) -> bytes:
    """A CSV in the `responses` format."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header or header_of(survey), *rows])
    return text.getvalue().encode()


def xlsx_file(survey: Survey, *rows: list[object]) -> bytes:
    """The same as a workbook."""
    workbook = Workbook()
    for number, each in enumerate([header_of(survey), *rows], start=1):
        for column, value in enumerate(each, start=1):
            cell = workbook.active.cell(number, column, value)
            cell.data_type = "s" if isinstance(value, str) else "n"
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def on_disk(contents: bytes, name: str = "answers.csv") -> Path:
    """A file with these contents."""
    path = Path(mkdtemp(prefix="yiti-upload-")) / name
    path.write_bytes(contents)
    return path


def check_file(survey: Survey, contents: bytes, *, again: bool = False, by=None) -> ResponseImport:
    """Request an import and run its check."""
    path = on_disk(contents)
    imported = request_import(survey=survey, path=path, file_name=path.name, by=by, again=again, send=False)
    assert jobs.execute(str(imported.job_id))
    imported.refresh_from_db()
    return imported


def store_file(survey: Survey, contents: bytes, *, again: bool = False, skip_bad_rows: bool = False) -> ResponseImport:
    """Import a file to the end."""
    imported = check_file(survey, contents, again=again)
    imported = confirm_import(imported=imported, by=None, skip_bad_rows=skip_bad_rows, send=False)
    assert jobs.execute(str(imported.job_id))
    assert Job.objects.get(pk=imported.job_id).error == ""
    imported.refresh_from_db()
    return imported


def at(text: str) -> datetime:
    """A moment as clocks in Shanghai show it."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def flags_by_token(survey: Survey) -> dict[str, int]:
    """Flags of the survey's responses by token; where a token comes twice, those of the later row."""
    return dict(survey.responses.order_by("id").values_list("token", "flags"))
