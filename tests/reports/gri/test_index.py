"""The content index by section and by disclosure."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.gri.codes import INDEX_WARNINGS, Catalogue, Disclosure, code_key, parse_disclosures
from reports.gri.index import (
    Coverage,
    IndexRow,
    IndexWarning,
    OutlineRow,
    build_index,
    by_disclosure,
    check_index,
    general_coverage,
    section_name,
)

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


SHARED_VALUE = "203-1;203-2;413-1"
REPORT = [
    ("公司简介", "", "102-1;102-2;102-3;102-4;102-6;102-16", "P04"),
    (
        "社会责任管理",
        "",
        "102-21;102-29;102-31;102-33;102-34;102-40;102-42;102-43;102-44;102-46;102-47",
        "P06",
    ),
    ("责任", "治理", "102-17;205-1;205-2;205-3", "P18"),
    ("责任", "内容", "416-1", "P20"),
    ("责任", "服务", "416-1", "P24"),
    ("责任", "安全与隐私", "416-1;418-1;419-1", "P28"),
    ("伙伴", "员工", "401-2;404-2;405-1", "P34"),
    ("伙伴", "环境", "302-4;302-5;303-1;304-2;304-3;306-2", "P38"),
    ("伙伴", "采购", "102-9;308-1;414-1", "P45"),
    ("伙伴", "知识产权", "419-1", "P47"),
    ("科技", "研发", "", "P52"),
    ("科技", "应用", "", "P56"),
    ("社会", "知识与艺术", SHARED_VALUE, "P64"),
    ("社会", "文化", SHARED_VALUE, "P72"),
    ("社会", "重点人群", f"{SHARED_VALUE};417-1", "P78"),
    ("社会", "数字公益", SHARED_VALUE, "P86"),
    ("社会", "乡村", SHARED_VALUE, "P92"),
    ("社会", "救灾", SHARED_VALUE, "P100"),
    ("社会", "志愿服务", SHARED_VALUE, "P104"),
    ("社会", "技能培训", SHARED_VALUE, "P106"),
    ("报告说明", "", "102-45;102-46;102-50;102-51;102-52;102-53", "P109"),
    ("指标索引", "", "102-55", "P110"),
]


def outline(catalogue, other) -> list[OutlineRow]:
    rows = []
    for order, (chapter, section, cell, page) in enumerate(REPORT, start=1):
        parsed = parse_disclosures(cell, catalogue, other)
        assert parsed.problems == []
        rows.append(OutlineRow(order, chapter, section, disclosures=tuple(parsed.codes), location=page))
    return rows


def test_report_index_has_the_same_rows_codes_and_pages(gri_2016, gri_2021):
    index = build_index(outline(gri_2016, gri_2021), gri_2016, "zh-hans")
    printed = [(row.chapter, row.section, ";".join(row.codes), row.location) for row in index]
    assert printed == REPORT
    assert [row.order for row in index] == list(range(1, 23))


def test_report_index_titles_go_with_codes(gri_2016, gri_2021):
    index = build_index(outline(gri_2016, gri_2021), gri_2016, "zh-hans")
    assert [len(row.titles) for row in index] == [len(row.codes) for row in index]
    assert all(title for row in index for title in row.titles)
    assert index[9].titles == ("违反社会与经济领域的法律和法规",)


def test_report_index_by_disclosure(gri_2016, gri_2021):
    places = by_disclosure(build_index(outline(gri_2016, gri_2021), gri_2016, "zh-hans"))
    assert places["416-1"] == [("内容", "P20"), ("服务", "P24"), ("安全与隐私", "P28")]
    assert places["102-46"] == [("社会责任管理", "P06"), ("报告说明", "P109")]
    assert Counter(len(found) for found in places.values()) == Counter({1: 40, 2: 2, 3: 1, 8: 3})


def test_report_index_gives_no_warning(gri_2016, gri_2021):
    assert check_index(build_index(outline(gri_2016, gri_2021), gri_2016, "zh-hans"), gri_2016) == []
