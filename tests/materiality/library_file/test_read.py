"""The default library, flat lists like its file, and what can be wrong with codes and parents."""

import pytest

from materiality.library_file.catalogues import read_catalogues
from materiality.library_file.codes import MappingCodes
from materiality.library_file.read import check_tree, shipped_library, unfolded
from materiality.tables.records import Row, read_tables
from tests.materiality.library_file.fixture_folder import FOLDER, csv_bytes, flat_rows, with_cell


@pytest.fixture(scope="module")
def codes():
    return MappingCodes(read_catalogues(FOLDER))


def lists(rows):
    primaries, secondaries = unfolded(read_tables(csv_bytes(rows), "x.csv")[0])
    return primaries, secondaries


def test_default_library_is_the_unfolded_file():
    primaries, secondaries = lists(flat_rows())
    library = shipped_library()
    told = {row.cells["code"]: row.cells for row in (*primaries.rows, *secondaries.rows)}
    assert [issue.code for issue in library.issues] == sorted(told)
    for issue in library.issues:
        cells = told[issue.code]
        assert (issue.category, issue.parent_code) == (cells["category"], cells["parent_code"])
        assert (issue.name["zh"], issue.name["en"]) == (cells["name_zh"], cells["name_en"])
        assert set(issue.groups) == set(filter(None, cells.get("groups", "").split(";")))


def test_primary_of_another_name_does_not_inherit_the_definition():
    rows = flat_rows()
    for place in range(2, 5):  # the three secondaries of ENV-01
        rows = with_cell(place, "primary_name_zh", "碳排放", with_cell(place, "primary_name_en", "Carbon", rows))
    found = {row.cells["code"]: row.cells for row in lists(rows)[0].rows}
    assert (found["ENV-01"]["name_zh"], found["ENV-01"]["definition_zh"]) == ("碳排放", "")
    assert found["ENV-02"]["definition_zh"]


def test_rows_that_differ_on_their_primary_are_found():
    found = lists(with_cell(3, "primary_name_zh", "环境"))[0].problems
    assert [(p.kind, p.row, p.column, p.nearest) for p in found] == [
        ("primary_differs", 3, "primary_name_zh", ("环境管理",))
    ]


def test_gri_code_with_the_year_means_the_new_standard(codes):
    assert codes.mapping("gri_2021", "102-1 (2025)") == ("GRI", "2021", "102-1", "equal")


@pytest.mark.parametrize(
    ("column", "value", "kind", "nearest"),
    [
        ("gri_2016", "305-77", "unknown_code", ("305-7",)),
        ("gri_2016", "305-7 (2025)", "unknown_code", ("305-7",)),
        ("gri_2016", "2-27", "unknown_code", ("307-1", "419-1")),
        ("gri_2021", "307-1", "unknown_code", ("2-27",)),
        ("gri_2021", "102-1", "year_needed", ("2-1", "102-1 (2025)")),
        ("sdgs", "18", "unknown_code", ("17",)),
        ("esrs", "E2: Pollution of airs", "unknown_title", ("E2: Pollution of air",)),
        ("cn_exchange", "污染排放", "unknown_title", ("污染物排放",)),
    ],
)
def test_code_of_no_catalogue_names_the_nearest(codes, column, value, kind, nearest):
    found = codes.mapping(column, value)
    assert (found.kind, found.nearest) == (kind, nearest)


@pytest.mark.parametrize(
    ("column", "value", "kind", "nearest"),
    [
        ("code", "env-1-2", "bad_code", ("ENV-01-02",)),
        ("code", "E 1", "bad_code", ()),
        ("code", "", "empty", ()),
        ("code", "ENV-09-02", "other_branch", ()),
        ("parent_code", "", "primary_missing", ("ENV-01",)),
        ("category", "society", "other_category", ("environment",)),
    ],
)
def test_mistake_in_a_tree_is_found(column, value, kind, nearest):
    rows = [
        Row(issue.number, {name: issue.cells.get(name, "") for name in ("code", "category", "parent_code")})
        for table in lists(flat_rows())
        for issue in table.rows
    ]
    assert list(check_tree(rows)) == []
    next(row for row in rows if row.cells["code"] == "ENV-01-02").cells[column] = value
    assert (kind, 3, nearest) in [(p.kind, p.row, p.nearest) for p in check_tree(rows)]
