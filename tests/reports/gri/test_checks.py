"""Warnings about an index: locations, unknown codes, 3-3 beside topics, coverage of the general disclosures."""

import pytest

from reports.gri.checks import Coverage, IndexWarning, check_index, general_coverage
from reports.gri.index import IndexRow
from reports.gri.problems import INDEX_WARNINGS


def row(order, section, codes, location="P1"):
    return IndexRow(order, "Chapter", section, tuple(codes.split()), ("",) * len(codes.split()), location)


ALL_GENERAL = row(0, "General", " ".join(f"2-{number}" for number in range(1, 31)))


def test_checks_pass_a_complete_index(gri_2016, gri_2021):
    assert check_index([row(1, "A", "205-1 205-2"), row(2, "B", "", "")], gri_2016) == []
    assert check_index([ALL_GENERAL, row(1, "A", "3-3 205-1")], gri_2021) == []


def test_row_with_codes_needs_a_location_and_so_does_the_code(gri_2016):
    assert check_index([row(7, "A", "205-1 205-2", "")], gri_2016) == [
        IndexWarning("section_without_location", {"section": "A", "codes": "205-1, 205-2"}, 7),
        IndexWarning("disclosure_without_location", {"code": "205-1"}),
        IndexWarning("disclosure_without_location", {"code": "205-2"}),
    ]


def test_code_located_elsewhere_is_located(gri_2016):
    warnings = check_index([row(1, "A", "205-1", ""), row(2, "B", "205-1", "P9")], gri_2016)
    assert warnings == [IndexWarning("section_without_location", {"section": "A", "codes": "205-1"}, 1)]


def test_code_in_several_rows_is_no_warning(gri_2016):
    assert check_index([row(1, "A", "205-1"), row(2, "B", "205-1")], gri_2016) == []


def test_code_of_another_edition_is_named(gri_2016):
    assert check_index([row(3, "A", "2-1")], gri_2016) == [
        IndexWarning("unknown_code", {"code": "2-1", "section": "A", "edition": "2016"}, 3)
    ]


def test_sector_topic_goes_with_2021(gri_2016, gri_2021):
    params = {"code": "11.2.1", "section": "A", "edition": "2016"}
    assert check_index([row(1, "A", "11.2.1")], gri_2016) == [IndexWarning("sector_code", params, 1)]
    assert check_index([ALL_GENERAL, row(1, "A", "11.2.1")], gri_2021) == []


def test_topic_standard_needs_management_beside_it_in_2021(gri_2021):
    rows = [ALL_GENERAL, row(1, "A", "3-3 205-1"), row(2, "B", "205-2 305-1 305-2"), row(3, "C", "418-1 3-1")]
    assert check_index(rows, gri_2021) == [
        IndexWarning("management_missing", {"standard": "305", "codes": "305-1, 305-2"}),
        IndexWarning("management_missing", {"standard": "418", "codes": "418-1"}),
    ]


def test_missing_general_disclosures_are_counted_in_2021(gri_2021):
    codes = " ".join(f"2-{number}" for number in range(1, 29))
    assert check_index([row(1, "A", codes)], gri_2021) == [
        IndexWarning("general_missing", {"present": "28", "total": "30", "codes": "2-29, 2-30"})
    ]


def test_general_coverage(gri_2016, gri_2021):
    assert general_coverage([ALL_GENERAL], gri_2021) == Coverage(30, 30, ())
    assert general_coverage([], gri_2021) == Coverage(0, 30, tuple(f"2-{number}" for number in range(1, 31)))
    assert general_coverage([row(1, "A", "102-1")], gri_2016) == Coverage(0, 0, ())


@pytest.mark.parametrize("edition", ["gri_2016", "gri_2021"])
def test_every_warning_can_be_shown(edition, request):
    catalogue = request.getfixturevalue(edition)
    for warning in check_index([row(1, "A", "2-1 102-60 205-1 11.2.1", "")], catalogue):
        text = INDEX_WARNINGS[warning.code] % warning.params
        assert "%(" not in text
        assert all(value in text for value in warning.params.values())
