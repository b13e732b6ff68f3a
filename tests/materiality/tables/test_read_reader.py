"""Opening files: what is read, and every file that cannot be."""

import datetime as dt
import io
import zipfile

import pytest
from openpyxl import Workbook

from materiality.tables.problems import FileProblem
from materiality.tables.read import Limits, open_table
from tests.surveys.intake.files import csv_bytes, saved, with_member, xlsx_bytes

ROWS = [["group", "a"], ["users", "1"], ["media", "2"]]


def problem(source, **more) -> tuple[str, dict]:
    with pytest.raises(FileProblem) as caught, open_table(source, **more) as table:
        list(table.rows)
    return caught.value.code, caught.value.params


def read(source, **more):
    with open_table(source, **more) as table:
        return table, list(table.rows)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_open_table_reads_csv_of_every_kind(encoding, delimiter):
    table, rows = read(
        csv_bytes([["group", "备注"], ["users", "a,b;c\td 议题"]], delimiter=delimiter, encoding=encoding)
    )
    assert (table.kind, table.header, table.header_row, table.encoding) == ("csv", ["group", "备注"], 1, encoding)
    assert rows == [(2, ["users", "a,b;c\td 议题"])]


def test_open_table_knows_the_kind_by_content(tmp_path):
    path = tmp_path / "responses.csv"
    path.write_bytes(xlsx_bytes(ROWS))
    table, rows = read(path)
    assert (table.kind, table.sheet, rows) == ("xlsx", "responses", [(2, ["users", "1"]), (3, ["media", "2"])])


def test_open_table_of_path_and_bytes_is_the_same(tmp_path):
    data = csv_bytes(ROWS)
    path = tmp_path / "responses.xlsx"
    path.write_bytes(data)
    assert (read(path)[0].sha256, read(path)[1]) == (read(data)[0].sha256, read(data)[1])


def test_open_table_takes_the_named_sheet_or_the_first():
    data = xlsx_bytes(ROWS, sheet="评分", more_sheets=[("other", [["group"], ["media"]])])
    assert read(data)[0].sheet == "评分"
    assert read(data, sheet="other")[1] == [(2, ["media"])]
    assert problem(data, sheet="none") == ("sheet_not_found", {"sheet": "none", "sheets": "评分, other"})


def test_open_table_keeps_row_numbers_and_columns_of_a_sheet():
    workbook = Workbook()
    workbook.active["C5"], workbook.active["D5"], workbook.active["D8"] = "group", "a", 4
    table, rows = read(saved(workbook))
    assert (table.header_row, table.header, rows) == (5, ["", "", "group", "a"], [(8, ["", "", "", 4.0])])


@pytest.mark.parametrize("source", [b"", b"\n \n", b"\xef\xbb\xbf", saved(Workbook())])
def test_open_table_of_an_empty_file_is_refused(source):
    assert problem(source)[0] == "empty_file"


def test_open_table_of_a_large_file_is_refused_unread():
    assert problem(b"x" * 3_000_001, limits=Limits(max_bytes=3_000_000)) == ("file_too_large", {"limit_mb": 3})
    assert read(csv_bytes(ROWS), limits=Limits(max_bytes=len(csv_bytes(ROWS))))[1][0] == (2, ["users", "1"])


@pytest.mark.parametrize("make", [csv_bytes, xlsx_bytes])
def test_open_table_with_too_many_columns_is_refused(make):
    assert read(make([["a"] * 4, ["1"] * 4]), limits=Limits(max_columns=4))[0].header == ["a"] * 4
    assert problem(make([["a"] * 5, ["1"] * 5]), limits=Limits(max_columns=4)) == ("too_many_columns", {"limit": 4})


def test_open_table_of_old_and_encrypted_workbooks_is_refused():
    start = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    assert problem(start)[0] == "old_xls"
    assert problem(start + "EncryptedPackage".encode("utf-16-le"))[0] == "encrypted"


def test_open_table_of_an_encrypted_archive_is_refused():
    data = bytearray(xlsx_bytes(ROWS))
    at = data.index(b"PK\1\2")
    data[at + 8] |= 1
    assert problem(bytes(data))[0] == "encrypted"


def zip_of(**members) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 and nothing more",
        zip_of(),
        zip_of(text="hello"),
        zip_of(**{"xl/workbook.xml": "<workbook"}),
        xlsx_bytes(ROWS)[:-40],
        with_member(xlsx_bytes(ROWS), "xl/worksheets/sheet1.xml", lambda content: content[: len(content) // 2] + b"<"),
        with_member(xlsx_bytes(ROWS), "xl/workbook.xml", lambda content: b""),
    ],
)
def test_open_table_of_a_zip_that_is_no_workbook_is_refused(data):
    assert problem(data)[0] == "not_xlsx"


def test_open_table_of_a_damaged_archive_is_refused():
    data = bytearray(xlsx_bytes(ROWS))
    at = data.index(b"xl/worksheets/sheet1.xml") + len("xl/worksheets/sheet1.xml")
    data[at : at + 40] = b"\xff" * 40
    assert problem(bytes(data))[0] == "not_xlsx"


def test_open_table_of_another_binary_file_names_the_zero_byte():
    assert problem(b"%PDF-1.7\n\x00\x01") == ("nul_bytes", {"offset": 9, "line": 2})


def test_large_sheet_opened_in_pieces_is_the_same_as_the_whole():
    book = Workbook()
    book.create_sheet("more").append([1, True])
    page = book.active
    for number in [2, 3, *range(40, 140), 300]:
        for column, value in enumerate((number, "text", "=1/0", True, 1, 1.5, dt.datetime(2026, 1, number % 28 + 1))):
            page.cell(number, column + 3, value if number % 7 else None)
    page.row_dimensions[45].hidden = True
    buffer = io.BytesIO()
    book.save(buffer)
    limits = Limits(whole_cells=0, piece=3_000)
    with open_table(buffer.getvalue()) as whole, open_table(buffer.getvalue(), limits=limits) as pieces:
        assert (pieces.header, pieces.header_row) == (whole.header, whole.header_row)
        for _again in range(2):
            found, expected = ([list(sheet.rows()) for sheet in table.sheets] for table in (pieces, whole))
            assert [(n, _typed(cells)) for n, cells in found[0]] == [(n, _typed(cells)) for n, cells in expected[0]]
            assert found[1] == expected[1] == [(1, [1.0, True])]
        assert [sheet.hidden_rows for sheet in pieces.sheets] == [1, 0]


def _typed(cells: list[object]) -> list[tuple[type, object]]:
    """Cells with their types, as 1.0 equals True; empty ones at the end are none."""
    while cells and cells[-1] == "":
        cells = cells[:-1]
    return [(type(cell), cell) for cell in cells]
