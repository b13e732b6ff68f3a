"""The error workbook: rows marked, list complete, formulas harmless, bytes the same."""

import datetime as dt
import zipfile

from django.utils.translation import override
from openpyxl import load_workbook

from materiality.tables.problems import Fault
from surveys.responses.errors import error_workbook
from tests.surveys.intake.files import NAMES, found, parse, parse_rows, xlsx_bytes

ROWS, LIST = "Rows to correct", "What is wrong"


def written(tmp_path, parsed):
    path = tmp_path / "errors.xlsx"
    with override("en"):
        path.write_bytes(error_workbook(parsed))
    return path


def some_errors():
    return parse_rows(
        ["group", "comment", *NAMES[:2]],
        ["users", "fine", "1", "2"],
        ["user", "=1+1", "9", "x"],
        ["media", "@cmd\x01", "9", "2"],
    )


def test_error_workbook_holds_the_bad_rows_and_marks_the_cells(tmp_path):
    sheet = load_workbook(written(tmp_path, some_errors()))[ROWS]
    assert [[cell.value for cell in row] for row in sheet] == [
        ["group", "comment", *NAMES[:2]],
        ["user", "=1+1", "9", "x"],
        ["media", "@cmd\ufffd", "9", "2"],
    ]
    marked = [cell.coordinate for row in sheet for cell in row if cell.comment and cell.fill.fill_type == "solid"]
    assert marked == ["A2", "C2", "D2", "C3"]
    assert sheet["C3"].comment.text.splitlines()[0] == "Row 4"


def test_error_workbook_lists_every_error_with_its_sentence(tmp_path):
    parsed = some_errors()
    rows = list(load_workbook(written(tmp_path, parsed))[LIST].values)
    assert rows[0] == ("Row", "Cell", "Column", "Value", "What is wrong and how to correct it")
    assert [row[1] for row in rows[1:]] == ["A3", "C3", "D3", "C4"]
    assert rows[1] == (
        3,
        "A3",
        "group",
        "user",
        "There is no stakeholder group “user” in this survey. Did you mean users?",
    )


def test_error_workbook_holds_no_formula(tmp_path):
    sheet = load_workbook(written(tmp_path, some_errors()))[ROWS]
    assert [(cell.data_type, cell.quotePrefix) for cell in (sheet["B2"], sheet["B3"], sheet["A2"])] == [
        ("s", True),
        ("s", True),
        ("s", False),
    ]
    with zipfile.ZipFile(tmp_path / "errors.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_error_workbook_has_the_same_bytes_each_time(tmp_path):
    first = written(tmp_path, some_errors()).read_bytes()
    assert written(tmp_path, some_errors()).read_bytes() == first
    assert str(dt.date.today().year).encode() not in zipfile.ZipFile(tmp_path / "errors.xlsx").read("docProps/core.xml")


def test_error_workbook_can_be_imported_again(tmp_path):
    again = parse(written(tmp_path, some_errors()))
    assert (again.comment, found(again)) == (
        ["=1+1", "@cmd\ufffd"],
        [
            ("A2", "unknown_group"),
            ("C2", "rating_out_of_range"),
            ("D2", "rating_not_a_number"),
            ("C3", "rating_out_of_range"),
        ],
    )


def test_error_workbook_of_typed_cells_keeps_their_types(tmp_path):
    moment = dt.datetime(2026, 1, 5, 10)
    parsed = parse(xlsx_bytes([["group", "started_at", *NAMES[:2]], ["users", moment, 9, "#N/A"]]))
    assert parsed.bad_rows == {2: ["users", moment, 9.0, Fault("cell_error", "#N/A")]}
    sheet = load_workbook(written(tmp_path, parsed))[ROWS]
    assert [cell.value for cell in sheet[2]] == ["users", moment, 9, "#N/A"]


def test_error_workbook_of_a_wrong_header_has_the_list(tmp_path):
    parsed = parse_rows(["grup", NAMES[0]], ["users", "1"])
    book = load_workbook(written(tmp_path, parsed))
    assert [row[1] for row in book[LIST].values] == ["Cell", "A1", "C1"]
    assert book[ROWS].max_row == 1
