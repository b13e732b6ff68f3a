"""Files as tables of texts, and files that are none."""

import io
import zipfile
from datetime import date

import pytest

from materiality.tables.problems import BadLibrary
from materiality.tables.records import read_tables
from tests.surveys.intake.files import csv_bytes, xlsx_bytes

ROWS = [["code", "name"], ["E1", "Energy"]]


def kinds_of(contents: bytes, name: str = "x.csv") -> list[str]:
    with pytest.raises(BadLibrary) as refused:
        read_tables(contents, name)
    return [problem.kind for problem in refused.value.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_table_in_any_encoding_is_the_same(encoding):
    rows = [["code", "名称"], ["E1", "能源"]]
    (table,) = read_tables(csv_bytes(rows, encoding=encoding), "x.csv")
    assert (table.columns, table.rows[0].cells) == (("code", "名称"), {"code": "E1", "名称": "能源"})


def test_blank_rows_and_columns_are_left_out():
    (table,) = read_tables(csv_bytes([["code", "name", "", ""], [""], ["E1", "Energy", "", ""], [" "]]), "x.csv")
    assert [(row.number, row.cells["code"]) for row in table.rows if any(row.cells.values())] == [(3, "E1")]


def test_cell_under_no_heading_is_found():
    (table,) = read_tables(csv_bytes([*ROWS, ["E2", "Water", "stray"]]), "x.csv")
    assert [(p.kind, p.row, p.value) for p in table.problems] == [("extra_cells", 3, "stray")]


def test_code_that_a_spreadsheet_made_a_date_is_found():
    (table,) = read_tables(xlsx_bytes([*ROWS, ["E2", date(2026, 3, 3)]]), "x.xlsx")
    assert [(p.kind, p.row, p.column, p.value) for p in table.problems] == [("date_cell", 3, "name", "2026-03-03")]


@pytest.mark.parametrize(
    ("contents", "name", "kind"),
    [
        (b"", "x.csv", "no_columns"),
        (b"\n\n", "x.csv", "no_columns"),
        (b"PK not a workbook", "x.xlsx", "not_a_workbook"),
        (b"code,category", "x.xlsx", "not_a_workbook"),
        (b"code\0", "x.csv", "broken_encoding"),
        (csv_bytes(ROWS) + b"\xff\xff\n", "x.csv", "broken_encoding"),
        (b"x" * 20_000_001, "x.csv", "too_large"),
        (csv_bytes(ROWS[:1] + ROWS[1:] * 5_001), "x.csv", "too_many_rows"),
    ],
)
def test_file_that_is_no_table_is_refused(contents, name, kind):
    assert kinds_of(contents, name) == [kind]


def test_workbook_that_unpacks_too_large_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", "<workbook/>")
        with parts.open("xl/sheet.xml", "w") as part:
            for _ in range(201):
                part.write(bytes(1_000_000))
    assert kinds_of(stream.getvalue(), "x.xlsx") == ["zip_bomb"]
