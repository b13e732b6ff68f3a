"""The content index by section and by disclosure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.gri.catalogue import Catalogue, Disclosure, code_key
from reports.gri.index import IndexRow, OutlineRow, build_index, by_disclosure, section_name

SMALL = Catalogue(
    "2016",
    {
        "205-1": Disclosure("205-1", "205", 2016, "反腐败", "Anti-corruption", "风险评估", "Risk assessed"),
        "418-1": Disclosure("418-1", "418", 2016, "客户隐私", "Customer Privacy", "", "Complaints"),
    },
)


def test_index_row_in_chinese():
    row = OutlineRow(1, "诚信", "廉洁", "Integrity", "Clean hands", ("ECO-02-02",), ("205-1",), "P16")
    assert build_index([row], SMALL, "zh-hans") == [IndexRow(1, "诚信", "廉洁", ("205-1",), ("风险评估",), "P16")]


def test_index_row_in_english():
    row = OutlineRow(1, "诚信", "廉洁", "Integrity", "Clean hands", ("ECO-02-02",), ("205-1",), "P16")
    assert build_index([row], SMALL, "en") == [
        IndexRow(1, "Integrity", "Clean hands", ("205-1",), ("Risk assessed",), "P16")
    ]


def test_index_falls_back_to_the_other_language():
    rows = [
        OutlineRow(1, "诚信", "廉洁", "", "Clean hands", disclosures=("205-1",)),
        OutlineRow(2, "", "", "Privacy", "", disclosures=("418-1",)),
    ]
    assert [(r.chapter, r.section, r.titles) for r in build_index(rows, SMALL, "en")] == [
        ("诚信", "Clean hands", ("Risk assessed",)),
        ("Privacy", "", ("Complaints",)),
    ]
    assert [(r.chapter, r.section, r.titles) for r in build_index(rows, SMALL, "zh-hans")] == [
        ("诚信", "廉洁", ("风险评估",)),
        ("Privacy", "", ("Complaints",)),
    ]


@pytest.mark.parametrize("language", ["zh", "zh-hans", "zh_Hans", "zh-CN"])
def test_index_language_family_counts(language):
    assert build_index([OutlineRow(1, "诚信", chapter_en="Integrity")], SMALL, language)[0].chapter == "诚信"


@pytest.mark.parametrize("language", ["", "fr", "zhuang"])
def test_index_in_another_language_is_refused(language):
    with pytest.raises(ValueError, match="no texts in language"):
        build_index([], SMALL, language)


def test_index_keeps_rows_without_disclosures_and_codes_without_titles():
    rows = [OutlineRow(2, "B", disclosures=("11.2.1", "205-1")), OutlineRow(1, "A")]
    assert build_index(rows, SMALL, "en") == [
        IndexRow(1, "A", "", (), (), ""),
        IndexRow(2, "B", "", ("11.2.1", "205-1"), ("", "Risk assessed"), ""),
    ]


def test_by_disclosure_lists_every_place_in_natural_order():
    rows = [
        IndexRow(1, "A", "One", ("418-1", "205-1"), ("", ""), "P2"),
        IndexRow(2, "B", "", ("205-1", "3-3"), ("", ""), ""),
    ]
    assert list(by_disclosure(rows).items()) == [
        ("3-3", [("B", "")]),
        ("205-1", [("One", "P2"), ("B", "")]),
        ("418-1", [("One", "P2")]),
    ]


def test_section_name_of_a_chapter_row_is_the_chapter():
    assert section_name(IndexRow(1, "A", "One", (), (), "")) == "One"
    assert section_name(IndexRow(1, "A", "", (), (), "")) == "A"


codes = st.lists(st.sampled_from(["2-1", "2-10", "3-3", "11.2.1", "205-1", "418-1"]), unique=True, max_size=4)


@given(st.lists(codes, max_size=8))
def test_by_disclosure_loses_and_adds_nothing(cells):
    outline = [OutlineRow(order, f"C{order}", disclosures=tuple(cell)) for order, cell in enumerate(cells)]
    found = by_disclosure(build_index(outline, SMALL, "en"))
    assert list(found) == sorted(found, key=code_key)
    placed = sorted((code, section) for code, places in found.items() for section, _ in places)
    assert placed == sorted((code, f"C{order}") for order, cell in enumerate(cells) for code in cell)
