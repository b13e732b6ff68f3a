"""Files of responses, made by the tests."""

import csv
import io
import zipfile
from zoneinfo import ZoneInfo

from openpyxl import Workbook

from surveys.intake.columns import plain_plan
from surveys.intake.parse import parse_responses

ITEMS = [("SOC-01-01", "society"), ("SOC-01-01", "business"), ("SOC-01-02", "society"), ("SOC-01-02", "business")]
NAMES = [":".join(item) for item in ITEMS]
GROUPS = ["users", "employees", "media"]
SHANGHAI = ZoneInfo("Asia/Shanghai")


def csv_bytes(rows, *, delimiter=",", encoding="utf-8", line_end="\r\n") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_bytes(rows, *, sheet="responses", more_sheets=()) -> bytes:
    workbook = Workbook()
    workbook.active.title = sheet
    for row in rows:
        workbook.active.append(list(row))
    for name, other_rows in more_sheets:
        other = workbook.create_sheet(name)
        for row in other_rows:
            other.append(list(row))
    return saved(workbook)


def saved(workbook: Workbook) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def with_member(data: bytes, name: str, change) -> bytes:
    """The workbook with one member's content changed."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.namelist():
            content = source.read(member)
            target.writestr(member, change(content) if member == name else content)
    return result.getvalue()


def parse(source, *, items=ITEMS, groups=GROUPS, k=5, **more):
    def planner(table):
        return plain_plan(table, items, groups, SHANGHAI, ("zh-hans", "en"))

    return parse_responses(source, planner=planner, groups=groups, k=k, **more)


def parse_rows(header, *rows, **more):
    """Parse a CSV made of these rows."""
    return parse(csv_bytes([header, *rows]), **more)


def found(parsed) -> list[tuple[str, str]]:
    """Where the errors are, and which."""
    return [(error.cell, error.code) for error in parsed.errors]
