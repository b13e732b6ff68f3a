"""Hostile workbooks: bombs, lies about sizes, cells far away; and cells without a usable value."""

import io
import re
import struct
import time
import zipfile

import pytest
from openpyxl import Workbook

from materiality.tables.problems import Fault, FileProblem
from materiality.tables.read import CHUNK, Limits, check_archive, csv_rows, scan_text, sha256_of, sniff_delimiter
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


def rows(data: bytes, limits=None):
    stream = io.BytesIO(data)
    return list(csv_rows(stream, scan_text(stream), limits or Limits()))


@pytest.mark.parametrize(
    ("line", "delimiter"),
    [
        ("a,b,c", ","),
        ("a;b;c", ";"),
        ("a\tb\tc", "\t"),
        ('"a,b,c";"d,e,f"', ";"),
        ("a", ","),
        ("a,b;c", ","),
        ('"a;""b"";c",d', ","),
    ],
)
def test_sniff_delimiter_of_a_header(line, delimiter):
    assert sniff_delimiter(line) == delimiter


def test_csv_rows_are_numbered_as_a_spreadsheet_shows_them():
    assert rows(b'\na,b\n\n1,"x\ny"\n , \n2,z\n') == [(2, ["a", "b"]), (4, ["1", "x\ny"]), (6, ["2", "z"])]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_csv_rows_with_any_line_end(line_end):
    assert rows(line_end.join(["a;b", "1;2"]).encode()) == [(1, ["a", "b"]), (2, ["1", "2"])]


@pytest.mark.parametrize("data", [b'a,b\n1,"x\n2,y\n', b'a,b\n1,"x"y\n'])
def test_csv_rows_with_open_quotation_mark_name_the_row(data):
    with pytest.raises(FileProblem) as caught:
        rows(data)
    assert (caught.value.code, caught.value.params) == ("broken_quotes", {"row": 2})


def test_csv_rows_with_endless_cell_name_the_row():
    with pytest.raises(FileProblem) as caught:
        rows(b'a\n1\n"' + b"x" * 200_000)
    assert (caught.value.code, caught.value.params) == ("cell_too_long", {"row": 3, "limit": 131_072})


def test_csv_rows_up_to_the_limit_are_read_and_one_more_is_refused():
    limits = Limits(max_rows=3)
    assert len(rows(b"a\n1\n2\n3\n", limits)) == 4
    assert len(rows(b'a\n"1\n1\n1"\n\n2\n3\n', limits)) == 4
    with pytest.raises(FileProblem) as caught:
        rows(b"a\n1\n2\n3\n4\n", limits)
    assert (caught.value.code, caught.value.params) == ("too_many_rows", {"limit": 3})


def test_csv_rows_of_a_million_rows_are_refused_at_once():
    data = b"a,b,c\n" + b"1,2,3\n" * 1_000_000
    stream = io.BytesIO(data)
    started = time.process_time()
    with pytest.raises(FileProblem) as caught:
        next(csv_rows(stream, scan_text(stream), Limits()))
    assert (caught.value.code, time.process_time() - started < 2) == ("too_many_rows", True)


TEXT = "group,备注\r\nusers,建议更多披露\r\n"


def scan(data: bytes):
    return scan_text(io.BytesIO(data))


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("gb18030"), "gb18030"),
        (b"group\nusers", "utf-8"),
    ],
)
def test_scan_text_finds_the_encoding(data, encoding):
    assert (scan(data).encoding, data.decode(scan(data).encoding)[:5]) == (encoding, "group")


@pytest.mark.parametrize(("text", "lines"), [("a\nb", 2), ("a\r\nb\r\n", 3), ("a\rb\rc", 3), ("a", 1)])
def test_scan_text_counts_lines(text, lines):
    assert scan(text.encode()).lines == lines


def test_scan_text_across_pieces_keeps_characters_whole():
    data = b"a" * (CHUNK - 1) + "议题".encode() + b"\n"
    assert (scan(data).encoding, scan(data).lines) == ("utf-8", 2)
    data = b"a" * (CHUNK - 1) + "议题".encode("gb18030") + b"\n"
    assert scan(data).encoding == "gb18030"


@pytest.mark.parametrize(
    ("data", "offset", "line"),
    [
        # UTF-8 with one bad byte: GB18030 could read it, as nonsense
        ("备注\n建议更多披露\n".encode() + b"\xe4\xb8,\n" + "议题".encode(), 26, 3),
        (b"caf\xe9,x\n", 3, 1),
        (b"a" * (CHUNK + 5) + b"\n\xff\xff\n", CHUNK + 6, 2),
        ("备注".encode("utf-8-sig") + b"\xff", 9, 1),
        ("上\n备".encode("utf-16") + b"\x00", 8, 2),
    ],
)
def test_scan_text_of_broken_text_names_byte_and_line(data, offset, line):
    with pytest.raises(FileProblem) as caught:
        scan(data)
    assert (caught.value.code, caught.value.params) == ("broken_encoding", {"offset": offset, "line": line})


@pytest.mark.parametrize(
    ("data", "offset", "line"),
    [
        (b"group\nus\0ers", 8, 2),
        (b"\xef\xbb\xbfg\0", 4, 1),
        ("group".encode("utf-16-le"), 1, 1),
        ("上a\n一\0".encode("utf-16"), 10, 2),
        (b"a" * CHUNK + b"\n\0", CHUNK + 1, 2),
    ],
)
def test_scan_text_with_zero_byte_names_byte_and_line(data, offset, line):
    with pytest.raises(FileProblem) as caught:
        scan(data)
    assert (caught.value.code, caught.value.params) == ("nul_bytes", {"offset": offset, "line": line})


@pytest.mark.parametrize("data", [b"\n\n  \r\n", b"\xef\xbb\xbf", "\n".encode("utf-16")])
def test_scan_text_of_blank_text_is_empty(data):
    with pytest.raises(FileProblem) as caught:
        scan(data)
    assert caught.value.code == "empty_file"


def test_sha256_of_reads_from_the_start():
    stream = io.BytesIO(b"abc")
    stream.read()
    assert sha256_of(stream) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
