"""Library files of both shapes and every encoding give the same library; every mistake is found, all at once."""

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from materiality.library_file.read import read_default_library, read_library
from materiality.tables.problems import MESSAGES, BadLibrary
from tests.materiality.library_file.fixture_folder import (
    FOLDER,
    csv_bytes,
    flat_rows,
    problems_of,
    reference,
    with_cell,
)


@pytest.fixture(scope="module")
def default():
    return read_default_library(FOLDER, reference())


def xlsx_bytes(rows: list[list], first_sheet: str = "issues") -> bytes:
    book = Workbook()
    book.active.title = first_sheet
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_library_in_any_encoding_is_the_same(default, encoding):
    assert read_library(csv_bytes(flat_rows(), encoding), "x.csv", reference()) == default


def test_library_as_workbook_is_the_same(default):
    numbers = [[int(cell) if cell.isdigit() else cell for cell in row] for row in flat_rows()]
    assert read_library(xlsx_bytes(numbers), "x.xlsx", reference()) == default


def test_library_with_seed_columns_is_the_same(default):
    rows = [[*row, *(("named_in_seed", "seed_evidence") if place == 0 else ("no", "x"))] for place, row in
            enumerate(flat_rows())]  # fmt: skip
    assert read_library(csv_bytes(rows), "x.csv", reference()) == default


def test_library_with_columns_and_rows_in_another_order_is_the_same(default):
    header, *rows = flat_rows()
    turned = [header[::-1], *([row[::-1] for row in rows][::-1])]
    assert read_library(csv_bytes(turned), "x.csv", reference()) == default


def test_library_with_blank_rows_and_columns_is_the_same(default):
    rows = [[*row, "", ""] for row in flat_rows()]
    assert read_library(csv_bytes([rows[0], [""], *rows[1:], [" "]]), "x.csv", reference()) == default


def test_primary_of_another_name_does_not_inherit_the_definition():
    rows = flat_rows()
    for place in range(2, 5):  # the three secondaries of ENV-01
        rows = with_cell(place, "primary_name_zh", "碳排放", with_cell(place, "primary_name_en", "Carbon", rows))
    library = read_library(csv_bytes(rows), "x.csv", reference())
    primaries = {issue.code: issue for issue in library.issues if not issue.parent_code}
    assert (primaries["ENV-01"].name["zh"], primaries["ENV-01"].definition) == ("碳排放", {})
    assert primaries["ENV-02"].definition["zh"]


def test_gri_code_with_the_year_means_the_new_standard():
    library = read_library(csv_bytes(with_cell(2, "gri_2021", "102-1 (2025);GRI 3-3")), "x.csv", reference())
    issue = next(issue for issue in library.issues if issue.code == "ENV-01-01")
    assert [key for key in issue.mappings if key[:2] == ("GRI", "2021")] == [
        ("GRI", "2021", "102-1", "equal"),
        ("GRI", "2021", "3-3", "equal"),
    ]


@pytest.mark.parametrize(
    ("row", "column", "value", "kind", "nearest"),
    [
        (3, "gri_2016", "303-4;305-77", "unknown_code", ("305-7",)),
        (3, "gri_2016", "305-7 (2025)", "unknown_code", ("305-7",)),
        (3, "gri_2016", "2-27", "unknown_code", ("307-1", "419-1")),
        (3, "gri_2021", "307-1", "unknown_code", ("2-27",)),
        (3, "gri_2021", "102-1", "year_needed", ("2-1", "102-1 (2025)")),
        (3, "sdgs", "18", "unknown_code", ("17",)),
        (3, "esrs", "E2: Pollution of airs", "unknown_title", ("E2: Pollution of air",)),
        (3, "cn_exchange_topic", "污染排放", "unknown_title", ("污染物排放",)),
        (3, "audience", "government;medias", "unknown_group", ("media",)),
        (3, "code", "ENV-01-01", "double_code", ()),
        (3, "code", "env-1-2", "bad_code", ("ENV-01-02",)),
        (3, "code", "ENV", "bad_code", ()),
        (3, "code", "", "empty", ()),
        (3, "code", "ENV-09-02", "other_branch", ()),
        (3, "primary_code", "", "primary_missing", ("ENV-01",)),
        (3, "primary_name_zh", "环境", "primary_differs", ("环境管理",)),
        (3, "category", "enviroment", "unknown_category", ("environment",)),
        (3, "category", "", "empty", ()),
        (3, "name_zh", "", "empty", ()),
        (3, "name_en", "x" * 201, "too_long", ()),
    ],
)
def test_mistake_in_a_cell_is_found(row, column, value, kind, nearest):
    found = problems_of(csv_bytes(with_cell(row, column, value)))
    assert (kind, row, column, nearest) in [(p.kind, p.row, p.column, p.nearest) for p in found]


def test_all_mistakes_are_found_at_once_in_the_order_of_the_file():
    rows = with_cell(9, "audience", "employes", with_cell(5, "sdgs", "99", with_cell(3, "name_zh", "")))
    found = problems_of(csv_bytes(rows))
    assert [(p.row, p.column, p.value) for p in found] == [
        (3, "name_zh", ""),
        (5, "sdgs", "99"),
        (9, "audience", "employes"),
    ]


def test_wrong_columns_name_the_nearest():
    rows = flat_rows()
    rows[0] = ["gri2016" if cell == "gri_2016" else cell for cell in rows[0]]
    found = problems_of(csv_bytes([row[:-1] for row in rows]))
    assert [(p.kind, p.value, p.nearest) for p in found] == [
        ("unknown_column", "gri2016", ("gri_2016",)),
        ("missing_column", "gri_2016", ("gri2016",)),
        ("missing_column", "audience", ()),
    ]


def test_column_that_stands_twice_is_found():
    found = problems_of(csv_bytes([[*row, row[0]] for row in flat_rows()]))
    assert [(p.kind, p.value) for p in found] == [("double_column", "code")]


def test_cell_under_no_heading_is_found():
    rows = flat_rows()
    rows[4].append("stray")
    assert [(p.kind, p.row, p.value) for p in problems_of(csv_bytes(rows))] == [("extra_cells", 5, "stray")]


def test_code_that_a_spreadsheet_made_a_date_is_found():
    rows: list[list] = with_cell(2, "gri_2021", "")
    rows[1][rows[0].index("gri_2021")] = date(2026, 3, 3)
    found = problems_of(xlsx_bytes(rows), "x.xlsx")
    assert [(p.kind, p.row, p.column, p.value) for p in found] == [("date_cell", 2, "gri_2021", "2026-03-03")]


@pytest.mark.parametrize(
    ("contents", "name", "kind"),
    [
        (b"", "x.csv", "no_columns"),
        (b"\n\n", "x.csv", "no_columns"),
        (csv_bytes(flat_rows()[:1]), "x.csv", "no_rows"),
        (b"PK not a workbook", "x.xlsx", "not_a_workbook"),
        (b"code,category", "x.xlsx", "not_a_workbook"),
        (b"code\0", "x.csv", "broken_encoding"),
        (csv_bytes(flat_rows())[:-400] + b"\xff\xff\n", "x.csv", "broken_encoding"),
        (b"x" * 20_000_001, "x.csv", "too_large"),
        (csv_bytes(flat_rows()[:1] + flat_rows()[1:2] * 5_001), "x.csv", "too_many_rows"),
    ],
)
def test_file_that_is_no_library_is_refused(contents, name, kind):
    assert [p.kind for p in problems_of(contents, name)] == [kind]


def test_workbook_that_unpacks_too_large_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", "<workbook/>")
        with parts.open("xl/sheet.xml", "w") as part:
            for _ in range(201):
                part.write(bytes(1_000_000))
    assert [p.kind for p in problems_of(stream.getvalue(), "x.xlsx")] == ["zip_bomb"]


@settings(max_examples=150, deadline=None)
@given(
    row=st.integers(2, 94),
    column=st.sampled_from(flat_rows()[0]),
    value=st.text(max_size=30).filter(lambda text: "\0" not in text),
)
def test_any_change_of_a_cell_is_a_library_or_known_problems(row, column, value):
    try:
        contents = csv_bytes(with_cell(row, column, value))
    except UnicodeEncodeError:  # lone surrogates cannot stand in a file
        return
    try:
        assert len(read_library(contents, "x.csv", reference()).issues) in (116, 117)
    except BadLibrary as error:
        assert {problem.kind for problem in error.problems} <= set(MESSAGES)
        assert error.problems != []
