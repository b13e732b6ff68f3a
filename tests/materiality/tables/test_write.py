"""Workbooks without times, tables without formulas."""

import io
import zipfile
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook

from materiality.tables.write import EPOCH, csv_bytes, looks_like_formula, neutralise, restore, workbook_bytes
from reports.documents.sheets import lines_needed, put


def book(at: datetime) -> Workbook:
    made = Workbook()
    made.properties.created = at
    made.active.append(["a", 1])
    return made


def test_equal_workbooks_have_equal_bytes():
    first, second = (workbook_bytes(book(datetime(year, 1, 1))) for year in (2020, 2026))
    assert first == second
    assert {member.date_time for member in zipfile.ZipFile(io.BytesIO(first)).infolist()} == {EPOCH}
    assert load_workbook(io.BytesIO(first)).active["B1"].value == 1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "plain", "_x0041_", "a\x07b"])
def test_texts_never_become_formulas_and_numbers_stay(text):
    made = Workbook()
    put(made.active, 1, 1, text)
    put(made.active, 1, 2, 2.5)
    contents = workbook_bytes(made)
    assert [cell.data_type for cell in load_workbook(io.BytesIO(contents)).active[1]] == ["s", "n"]
    assert CalamineWorkbook.from_filelike(io.BytesIO(contents)).get_sheet_by_index(0).to_python() == [
        [text.replace("\x07", ""), 2.5]
    ]


def test_csv_is_marked_as_utf8_and_neutralised():
    assert csv_bytes(["a", "b"], [["=1+1", -1], ["章", None]]) == "\ufeffa,b\r\n'=1+1,-1\r\n章,\r\n".encode()


@pytest.mark.parametrize(
    ("text", "width", "lines"), [("", 10, 1), ("abc", 10, 1), ("中" * 10, 10, 3), ("a\nb\nc", 10, 3)]
)
def test_lines_needed_counts_wide_characters_twice(text, width, lines):
    assert lines_needed(text, width) == lines


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_neutralise_takes_every_dangerous_beginning(start):
    assert (neutralise(f"{start}x"), looks_like_formula(f"{start}x")) == (f"'{start}x", True)


@pytest.mark.parametrize("text", ["", "x", "1", "'x'", " =x", "议题", "x=1"])
def test_neutralise_leaves_other_text(text):
    assert (neutralise(text), restore(text), looks_like_formula(text)) == (text, text, False)


@given(st.text(alphabet="'=+-@\t\rx", max_size=6))
def test_restore_gives_back_what_was_neutralised(text):
    assert restore(neutralise(text)) == text
    assert not looks_like_formula(neutralise(text))
