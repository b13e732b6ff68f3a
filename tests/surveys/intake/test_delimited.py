"""CSV: delimiters, row numbers, quotation marks, limits."""

import io
import time

import pytest

from surveys.intake.delimited import csv_rows, sniff_delimiter
from surveys.intake.encoding import scan_text
from surveys.intake.limits import Limits
from surveys.intake.problems import FileProblem


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
