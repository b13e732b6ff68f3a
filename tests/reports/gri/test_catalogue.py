"""The catalogue of an edition: standards, years, natural order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.gri.catalogue import code_key, is_sector_code


def test_catalogue_keeps_its_own_edition(gri_2016, gri_2021):
    assert (len(gri_2016.disclosures), len(gri_2021.disclosures)) == (148, 140)
    assert gri_2016["102-1"].title_en == "Name of the organization"
    assert gri_2021["102-1"].title_en == "Transition plan for climate change mitigation"


def test_standards_list_codes_in_natural_order(gri_2016):
    assert gri_2016.standards["403"] == tuple(f"403-{number}" for number in range(1, 11))
    assert sum(len(codes) for codes in gri_2016.standards.values()) == 148


def test_year_is_that_of_the_standard(gri_2016, gri_2021):
    assert [gri_2016.year(standard) for standard in ("102", "207", "303", "306")] == [2016, 2019, 2018, 2020]
    assert [gri_2021.year(standard) for standard in ("2", "101", "102", "303")] == [2021, 2024, 2025, 2018]
    with pytest.raises(KeyError):
        gri_2021.year("307")


def test_year_is_needed_for_reused_numbers_only(gri_2016, gri_2021):
    assert [standard for standard in gri_2021.standards if gri_2021.needs_year(standard)] == ["102", "103"]
    assert [standard for standard in gri_2016.standards if gri_2016.needs_year(standard)] == []


def test_spell_writes_the_year_where_it_is_needed(gri_2016, gri_2021):
    assert gri_2016.spell("102-1") == "102-1"
    assert gri_2021.spell("102-1") == "GRI 102-1 (2025)"
    assert gri_2021.spell("302-1") == "302-1"
    assert gri_2021.spell("11.2.1") == "11.2.1"


def test_code_key_orders_naturally():
    codes = ["102-10", "3-3", "102-9", "11.10.1", "2-10", "11.2.1", "2-2", "201-1"]
    assert sorted(codes, key=code_key) == [
        "2-2",
        "2-10",
        "3-3",
        "11.2.1",
        "11.10.1",
        "102-9",
        "102-10",
        "201-1",
    ]


@given(st.tuples(st.integers(1, 999), st.integers(1, 99)), st.tuples(st.integers(1, 999), st.integers(1, 99)))
def test_code_key_compares_as_numbers(first, second):
    assert (code_key("{}-{}".format(*first)) < code_key("{}-{}".format(*second))) == (first < second)


def test_sector_code_needs_three_parts_and_a_sector_standard():
    assert [code for code in ("11.2.1", "14.10.3", "15.1.1", "11.2", "11-2", "102-1") if is_sector_code(code)] == [
        "11.2.1",
        "14.10.3",
    ]
