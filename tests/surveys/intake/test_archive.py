"""Hostile workbooks: bombs, lies about sizes, cells far away; and cells without a usable value."""

import io
import re
import struct
import zipfile

import pytest
from openpyxl import Workbook

from surveys.intake.archive import check_archive
from surveys.intake.limits import Limits
from surveys.intake.problems import Fault, FileProblem
from tests.surveys.intake.files import saved, with_member, xlsx_bytes

SHEET = "xl/worksheets/sheet1.xml"
ROWS = [["group", "a"], ["users", 5]]


def check(data: bytes, **limits):
    return check_archive(io.BytesIO(data), Limits(**limits))


def problem(data: bytes, **limits) -> tuple[str, dict]:
    with pytest.raises(FileProblem) as caught:
        check(data, **limits)
    return caught.value.code, caught.value.params


def with_bomb(megabytes: int) -> bytes:
    buffer = io.BytesIO(xlsx_bytes(ROWS))
    with (
        zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/image1.png", "w") as bomb,
    ):
        for _ in range(megabytes):
            bomb.write(bytes(1_000_000))
    return buffer.getvalue()


def test_check_archive_of_a_zip_bomb_is_refused():
    data = with_bomb(60)
    assert len(data) < 100_000
    assert problem(data, max_unpacked=50_000_000) == ("zip_bomb", {"limit_mb": 50})
    assert check(data, max_unpacked=80_000_000).faults == {}


def test_check_archive_does_not_trust_the_stated_size():
    data = bytearray(with_bomb(60))
    size = struct.pack("<I", 60_000_000)
    assert data.count(size) == 2
    assert problem(bytes(data).replace(size, struct.pack("<I", 10)), max_unpacked=50_000_000)[0] == "zip_bomb"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("XFD1048576", "too_many_rows"),
        ("A300002", "too_many_rows"),
        ("BXY1", "too_many_columns"),
        ("BXX300000", "too_many_cells"),
        ("AAAAA1", "too_many_columns"),
        ("A99999999999999", "too_many_rows"),
    ],
)
def test_check_archive_with_a_cell_far_away_is_refused(cell, code):
    data = with_member(xlsx_bytes(ROWS), SHEET, lambda content: content.replace(b'r="B2"', f'r="{cell}"'.encode()))
    assert problem(data)[0] == code


def test_check_archive_takes_the_last_allowed_cell():
    data = with_member(xlsx_bytes(ROWS), SHEET, lambda content: content.replace(b'r="B2"', b'r="BXX7500"'))
    assert check(data).faults == {}


@pytest.mark.parametrize("written", ["r ='XFD1'", "r\n=\n'XFD1'", 'r= "xfd1"', "R='A1'  r='XFD1'"])
def test_check_archive_sees_through_unusual_writing(written):
    data = with_member(xlsx_bytes(ROWS), SHEET, lambda content: content.replace(b'r="B2"', written.encode()))
    assert problem(data)[0] == "too_many_columns"


def test_check_archive_counts_cells_and_rows_without_a_place():
    def far(content: bytes) -> bytes:
        rows = b"<row>" + b"<c/>" * 999 + b"<c><v>1</v></c></row>" + b"<row/>" * 999 + b"<row><c><v>1</v></c></row>"
        return re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData>" + rows + b"</sheetData>", content, flags=re.DOTALL)

    data = with_member(xlsx_bytes(ROWS), SHEET, far)
    assert problem(data, max_columns=999)[0] == "too_many_columns"
    assert problem(data, max_rows=999)[0] == "too_many_rows"
    assert problem(data, max_cells=1_000_000)[0] == "too_many_cells"
    decoys = with_member(data, SHEET, lambda content: content.replace(b"<row", b'<x r="1"/><x r="A1"/><row'))
    assert problem(decoys, max_rows=999)[0] == "too_many_rows"
    prefixed = with_member(data, SHEET, lambda content: content.replace(b"<row", b"<x:row").replace(b"<c", b"<x:c"))
    assert problem(prefixed, max_columns=999)[0] == "too_many_columns"


def test_check_archive_counts_cells_that_lie_on_one_another():
    many = b'<c r="A1"><v>1</v></c>' * 5_000
    data = with_member(xlsx_bytes(ROWS), SHEET, lambda content: content.replace(b"</row>", many + b"</row>", 1))
    assert problem(data, max_cells=5_000)[0] == "too_many_cells"


def test_check_archive_ignores_a_cursor_far_away_and_text_like_a_place():
    workbook = Workbook()
    workbook.active.append(["group", 'see r="XFD1048576"', 'x="XFD1"'])
    workbook.active.sheet_view.selection[0].activeCell = workbook.active.sheet_view.selection[0].sqref = "XFD1048576"
    with pytest.raises(FileProblem):
        # Text that says r="…" after a space is taken for a place: better a file refused than memory exhausted.
        check(saved(workbook))
    workbook.active["B1"] = "text"
    assert check(saved(workbook)).faults == {}


def faulty() -> bytes:
    workbook = Workbook()
    for row in [["group", "a", "b"], ["users", "=1+1", "#N/A"], ["media", 5, '="x"']]:
        workbook.active.append(row)
    other = workbook.create_sheet("other")
    other.append(["group", "#REF!"])
    return saved(workbook)


def test_check_archive_finds_cells_without_a_usable_value():
    archive = check(faulty())
    assert archive.faults_of("Sheet") == {
        (2, 1): Fault("formula_without_value", ""),
        (2, 2): Fault("cell_error", "#N/A"),
        (3, 2): Fault("formula_without_value", ""),
    }
    assert archive.faults_of("other") == {(1, 1): Fault("cell_error", "#REF!")}


def test_check_archive_takes_formulas_with_a_value():
    def calculated(content: bytes) -> bytes:
        content = re.sub(rb"<f>1\+1</f><v\s*/?>(</v>)?", b"<f>1+1</f><v>2</v>", content)
        return content.replace(b't="e"', b't="str"')

    archive = check(with_member(faulty(), SHEET, calculated))
    assert list(archive.faults_of("Sheet")) == [(3, 2)]


def test_check_archive_with_too_many_bad_cells_is_refused():
    assert problem(faulty(), max_errors=2) == ("too_many_bad_cells", {"limit": 2})


def test_check_archive_of_an_endless_tag_is_refused():
    data = with_member(xlsx_bytes(ROWS), SHEET, lambda content: content.replace(b"<c ", b"<c " + b" " * 9_000_000, 1))
    assert problem(data) == ("not_xlsx", {})
