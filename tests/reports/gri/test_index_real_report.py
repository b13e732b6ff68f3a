"""The index of a published report on 2021: 22 rows; codes, order and pages are its facts, the names are ours."""

from collections import Counter

from reports.gri.checks import check_index
from reports.gri.codes import parse_disclosures
from reports.gri.index import OutlineRow, build_index, by_disclosure

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
