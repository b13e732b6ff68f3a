"""Outline files: every cell read, told and stored as far as it can be; nothing lost."""

import io
from datetime import datetime

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from materiality.platform.pdf import typeset
from reports.documents.gri_index import outline_file
from reports.gri.index import OMISSION_REASONS, Entry, OutlineRow
from reports.outline.locations import located_by_headings, relocated
from reports.outline.outline import COLUMNS, locations_in, parse_outline, pasted_rows, reason_of, tidy
from tests.factories.reports import OUTLINE, outline_lines

HEADER = "order,chapter,section,chapter_en,issues,disclosures,location,omission_reason\n"


def read(text: str, books):
    return parse_outline(text.encode(), books)


def unsettled(parsed) -> list[tuple]:
    return [(each.cell, each.row, each.column, each.reading.text, each.reading.note) for each in parsed.unsettled]


def codes(row: OutlineRow) -> list[str]:
    return [entry.identity.partition("@")[0] or entry.key for entry in row.entries]


def test_demo_outline_is_read_as_it_stands(books):
    parsed = parse_outline(OUTLINE, books)
    assert (parsed.problems, parsed.unsettled) == ([], [])
    assert [
        (str(r.order), r.chapter, r.section, ";".join(r.issues), ";".join(codes(r)), "".join(r.locations))
        for r in parsed.rows
    ] == [
        tuple(line[name] for name in ("order", "chapter", "section", "issues", "disclosures", "location"))
        for line in outline_lines()
    ]


def test_codes_are_taken_in_every_spelling(books):
    text = HEADER + '1,章,,,"soc-03-01；SOC-03-01, ENV-01-01","GRI 102-1至102-3;GRI 307\n102-1;405-\n1",P1,\n'
    row = read(text, books).rows[0]
    assert row.issues == ("SOC-03-01", "ENV-01-01")
    assert codes(row) == ["102-1", "102-2", "102-3", "307@2016", "405-1"]


def test_nothing_in_a_cell_keeps_the_rest_from_being_read(books):
    text = HEADER + (
        "1,章,节,,SOC-03-99,102-1;102-99,P1,legal prohibition\n"
        "x,章,,,,,P2,\n"
        "1,章,,,,2-1,P3,no idea\n"
        "4,,,,,,P4,\n"
        "6,章,,,,,P6,,beyond\n"
    )
    parsed = read(text, books)
    assert unsettled(parsed) == [
        ("E2", "1", "issues", "SOC-03-99", "unknown_issue"),
        ("F2", "1", "disclosures", "102-99", "unknown_code"),
        ("A3", "x", "order", "x", "order_not_whole"),
        ("A4", "#4", "order", "1", "order_twice"),
        ("F4", "#4", "disclosures", "2-1", "other_edition"),
        ("H4", "#4", "omission_reason", "no idea", "unknown_reason"),
        ("I6", "6", "", "beyond", "extra_cell"),
    ]
    assert [row.order for row in parsed.rows] == [1, 2, 3, 4, 6]
    assert parsed.rows[0].omission_reason == "legal_prohibitions"
    assert [codes(row) for row in parsed.rows[:3]] == [["102-1", "102-99"], [], ["2-1"]]
    assert parsed.rows[0].entries[1].is_held and parsed.rows[2].held == {"order": "1", "omission_reason": "no idea"}
    assert parsed.rows[3].chapter == "章"  # as the row above, and said
    assert [e.reading.note for e in parsed.readings if e.reading.state == "repaired"] == ["chapter_above"]


def test_readings_cover_every_cell_that_says_something(books):
    parsed = read(HEADER + "1,章,节,Chapter,SOC-03-01,102-1,P1,不适用\n", books)
    assert [(e.column, e.reading.text, e.reading.state) for e in parsed.readings] == [
        ("order", "1", "taken"), ("chapter", "章", "taken"), ("section", "节", "taken"),
        ("chapter_en", "Chapter", "taken"), ("issues", "SOC-03-01", "taken"), ("disclosures", "102-1", "taken"),
        ("location", "P1", "taken"), ("omission_reason", "不适用", "taken"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Not applicable", "not_applicable"), ("不适用", "not_applicable"), ("not_applicable", "not_applicable"),
        ("Information unavailable / incomplete", "information_unavailable"),
        ("Information unavailable or incomplete", "information_unavailable"),
        ("信息不可用/不完整", "information_unavailable"), ("保密限制", "confidentiality_constraints"),
        ("Confidentiality constraints", "confidentiality_constraints"), ("法律禁止", "legal_prohibitions"),
        ("Legal prohibitions.", "legal_prohibitions"), ("too much work", ""), ("", ""),
    ],
)  # fmt: skip
def test_reasons_are_taken_in_the_words_of_gri_and_in_ours(books, text, key):
    assert reason_of(text, books.gri) == key


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("P28", ("P28",)), ("P28\nP30; P41", ("P28", "P30", "P41")), ("P28, P30、31", ("P28", "P30", "31")),
        ("https://a.example/x,y", ("https://a.example/x,y",)), ("见公司网站, 投资者关系", ("见公司网站, 投资者关系",)),
        ("/", ()), ("", ()), ("第5-6页", ("第5-6页",)),
        ("第12、13页", ("第12、13页",)),
    ],
)  # fmt: skip
def test_locations_are_a_list(text, places):
    assert locations_in(tidy(text, lines=True)) == places


@pytest.mark.parametrize(
    ("header", "problems"),
    [
        ("order,chapter,disclosurs", [("C1", "disclosurs", "unknown_column", ("disclosures",))]),
        ("order,chapter,chapter_zh", [("C1", "chapter", "duplicate_column", ())]),
        ("order,chapter,,section", [("C1", "", "unnamed_column", ())]),
        (
            "order,chaptr",
            [("B1", "chaptr", "unknown_column", ("chapter",)), ("1", "chapter", "missing_column", ("chaptr",))],
        ),
    ],
)
def test_columns_are_named_with_the_nearest_right_one(books, header, problems):
    parsed = read(header + "\n1,a,b,c\n", books)
    assert [(p.cell, p.column, p.code, p.suggestions) for p in parsed.problems] == problems
    assert parsed.rows == []


def test_names_of_columns_may_be_written_otherwise(books):
    row = read("ORDER,Chapter_zh,section_zh , Chapter EN, HKEX\n1,章,节,One,A1;A9\n", books).rows[0]
    assert (row.chapter, row.section, row.chapter_en) == ("章", "节", "One")
    assert (row.frameworks, row.held) == ({"hkex": ("A1",)}, {"hkex": "A9"})


@pytest.mark.parametrize(
    ("contents", "code"),
    [
        (b"", "empty_file"),
        (b"order,chapter\n", "no_rows"),
        (b"order,chapter\n1,\xff\xfe\xfa\n", "broken_encoding"),
        (b"PK\x03\x04 no workbook", "not_xlsx"),
        (b"order,chapter\n" + b"1,a\n" * 2_001, "too_many_rows"),
        (b"x" * 10_000_001, "file_too_large"),
    ],
)
def test_files_that_cannot_be_read_are_refused(books, contents, code):
    assert [problem.code for problem in parse_outline(contents, books).problems] == [code]


def workbook(*rows: tuple) -> bytes:
    book = openpyxl.Workbook()
    for row in (COLUMNS, *rows):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_workbook_is_read_like_text(books_2021):
    rows = [
        (1, "章", "节", None, None, "SOC-03-01", "2-1", 28),
        (2, "章", None, None, None, None, datetime(2026, 2, 1)),
        (3, "章", None, None, None, None, 2.4),
        (4, "章", None, None, None, None, 302),
        (5, "章", None, None, None, None, "2-9"),
        (6, "章", None, None, None, None, 2.1),
        (7, "章", None, None, None, None, 2.11),
    ]
    parsed = parse_outline(workbook(*rows), books_2021)
    assert unsettled(parsed) == [
        ("G3", "2", "disclosures", "2026-02-01", "date_cell"),
        ("G5", "4", "disclosures", "302", "standard_number"),
    ]
    assert [codes(row) for row in parsed.rows] == [["2-1"], [], ["2-4"], ["302"], ["2-9"], ["2-10"], ["2-11"]]
    assert parsed.rows[0].locations == ("28",) and parsed.rows[1].held == {"disclosures": "2026-02-01"}


def test_number_without_its_zero_is_held_back_where_nothing_decides(books_2021):
    parsed = read("order,chapter,disclosures\n1,章,2.1\n", books_2021)
    assert unsettled(parsed) == [("C2", "1", "disclosures", "2.1", "lost_zero")]


def test_section_and_chapter_decide_between_meanings(books):
    text = (
        "order,chapter,section,disclosures\n1,水资源,用水,303-3\n2,环境,水循环与再利用,303-3\n3,环境,经营位置,103-3\n"
    )
    parsed = read(text, books)
    assert [entry.key for row in parsed.rows for entry in row.entries] == ["303-3@2016", "303-3@2016", "103-3"]
    assert [each.reading.note for each in parsed.unsettled] == ["other_title"]


def test_texts_are_kept_without_what_no_page_can_show(books):
    text = 'order,chapter,section,omission_explanation\n1," a\u3000 b\x07 ","=1+1"," one\r\ntwo "\n'
    row = read(text, books).rows[0]
    assert (row.chapter, row.section, row.omission_explanation) == ("a b", "=1+1", "one\ntwo")


def test_no_text_is_cut(books):
    long = "很长" * 4_900
    row = read(
        f"order,chapter,section,omission_requirement,omission_explanation\n1,{long},{long},{long},{long}\n", books
    )
    assert row.unsettled == []
    assert {row.rows[0].chapter, row.rows[0].section, row.rows[0].omission_requirement} == {long}


letters = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=20) | st.sampled_from(
    ["=1+1", "'=x", "-", "@a", "+1", "a;b", 'say "x"', "00123", "1.10", "TRUE", "2026-02-01", "_x0041_"]
)
texts = letters.map(tidy)
places = st.from_regex(r"P[0-9]{1,3}(-[0-9]{1,3})?|https://a\.example/[a-z]{1,9}", fullmatch=True)


@st.composite
def rows(draw, books):
    orders = draw(st.lists(st.integers(1, 999_999), min_size=1, max_size=4, unique=True))
    known = [Entry(identity=each.identity) for each in books.gri.disclosures.values() if books.edition in each.editions]
    known += [Entry(standard="302@2016"), Entry(standard="205@2016")]
    known += [Entry(sector="12.1"), Entry(sector="11.2.1")] if books.edition == "2021" else []
    return [
        OutlineRow(
            order=order,
            chapter=draw(texts.filter(bool)),
            section=draw(texts),
            chapter_en=draw(texts),
            section_en=draw(texts),
            issues=tuple(draw(st.lists(st.sampled_from(books.issues), max_size=3, unique=True))),
            entries=tuple(draw(st.lists(st.sampled_from(known), max_size=4, unique=True))),
            locations=tuple(draw(st.lists(places, max_size=3, unique=True))),
            omission_requirement=draw(texts),
            omission_reason=draw(st.sampled_from(("", *OMISSION_REASONS))),
            omission_explanation=tidy(draw(letters) + "\n" + draw(letters), lines=True),
            frameworks=draw(st.sampled_from([{}, {"hkex": ("A1", "A1.1")}])),
        )
        for order in sorted(orders)
    ]


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(["csv", "xlsx"]), st.booleans())
def test_outline_written_is_read_back(books, books_2021, data, kind, newer):
    held = books_2021 if newer else books
    wanted = data.draw(rows(held))
    parsed = parse_outline(outline_file(wanted, held, kind), held)
    assert unsettled(parsed) == []
    assert parsed.rows == wanted


def test_outline_file_without_rows_is_a_template(books):
    for kind in ("csv", "xlsx"):
        parsed = parse_outline(outline_file([], books, kind), books)
        assert [problem.code for problem in parsed.problems] == ["no_rows"]


def test_pasted_text_is_a_table_or_one_cell(books_2021):
    assert pasted_rows("302-1 Energy\n302-3", books_2021) == [
        ["order", "chapter", "disclosures"], ["1", "–", "302-1 Energy\n302-3"],
    ]  # fmt: skip
    pasted = "能源\t302-1; 302-3\tP5\n员工\t401-1\tP9-P10\n"
    assert pasted_rows(pasted, books_2021) == [
        ["order", "chapter", "section", "disclosures", "location"],
        ["1", "–", "能源", "302-1; 302-3", "P5"],
        ["2", "–", "员工", "401-1", "P9-P10"],
    ]
    known = "order\tchapter\tdisclosures\n1\t章\t2-1\n"
    assert pasted_rows(known, books_2021) == [["order", "chapter", "disclosures"], ["1", "章", "2-1"]]


OUTLINED = [
    OutlineRow(1, "绿色", "能源", entries=(Entry(identity="302-1@2016"),)),
    OutlineRow(2, "绿色", "水", section_en="Water", locations=("P9",), entries=(Entry(identity="303-3@2018"),)),
]


@pytest.mark.parametrize(
    ("file", "wanted", "missed"),
    [
        ("order,location\n1,P5\n7,P8\n", [("P5",), ("P9",)], ["3: 7"]),
        ("section,page\n能源,P5\nwater,P10;P11\n别的,P3\n", [("P5",), ("P10", "P11")], ["4: 别的"]),
        ("code,位置\nGRI 302-1,P5\n303-3,P7\n303-3,P8\n", [("P5",), ("P7", "P8")], []),
    ],
)
def test_second_file_touches_locations_only(books_2021, file, wanted, missed):
    parsed, lines = relocated(file.encode(), OUTLINED, books_2021)
    assert ([row.locations for row in parsed.rows], lines) == (wanted, missed)
    assert [row.entries for row in parsed.rows] == [row.entries for row in OUTLINED]


@pytest.mark.parametrize(("file", "column"), [("order,what\n1,2\n", "location"), ("name,page\n1,2\n", "order")])
def test_second_file_without_key_or_location_is_refused(books_2021, file, column):
    parsed, _lines = relocated(file.encode(), OUTLINED, books_2021)
    assert [(p.code, p.column) for p in parsed.problems] == [("missing_column", column)]


REPORT = """
#set text(font: json("words.json").font)
#let words = json("words.json")
#for page in words.pages { for line in page [#line \\ ]
  pagebreak(weak: true) }
"""


def test_pages_are_read_from_the_headings_of_the_report():
    rows = [OutlineRow(n, "章", f"第{n}节的标题") for n in range(1, 7)] + [OutlineRow(7, "别的", "没有的一节")]
    contents = [row.section for row in rows[:6]]
    pages = [contents, ["正文"], *([row.section, "正文"] for row in rows[:6])]
    parsed, missed = located_by_headings(typeset(REPORT, {"pages": pages}), rows)
    assert [row.locations for row in parsed.rows] == [(f"P{n}",) for n in range(3, 9)] + [()]
    assert missed == ["7: 没有的一节"]


def test_pages_of_a_word_document_are_those_of_its_table_of_contents():
    file = docx.Document()
    file.styles.add_style("toc 1", 1)
    file.add_paragraph("能源\t12", style="toc 1")
    file.add_paragraph("水")
    stream = io.BytesIO()
    file.save(stream)
    parsed, missed = located_by_headings(stream.getvalue(), OUTLINED)
    assert ([row.locations for row in parsed.rows], missed) == ([("P12",), ("P9",)], ["2: 水"])


def test_report_that_cannot_be_read_is_said():
    parsed, _missed = located_by_headings(b"%PDF-1.7 no report", OUTLINED)
    assert [problem.code for problem in parsed.problems] == ["report_unreadable"]


def test_pasted_index_in_the_layout_of_gri_is_told_by_what_its_columns_hold(books_2021):
    pasted = (
        "GRI Standard\tDisclosure\tLocation\tOmission\n"
        "GRI 2: General Disclosures 2021\t2-1 Organizational details\t4\t\n"
        "\t2-2 Entities included in the organization’s sustainability reporting\t5\t\n"
        "GRI 303: Water and Effluents 2018\t303-3 Water withdrawal\t30\t\n"
    )
    assert pasted_rows(pasted + "\t303-5 Water consumption\t\tNot measured yet\n", books_2021)[-1] == [
        *("4", "", "303-5 Water consumption", "", "Not measured yet"),
    ]
    assert pasted_rows(pasted, books_2021) == [
        ["order", "chapter", "disclosures", "location", "omission_explanation"],
        ["1", "GRI 2: General Disclosures 2021", "2-1 Organizational details", "4", ""],
        ["2", "", "2-2 Entities included in the organization’s sustainability reporting", "5", ""],
        ["3", "GRI 303: Water and Effluents 2018", "303-3 Water withdrawal", "30", ""],
    ]
    chinese = "披露项\t页码\n2-1\t4\n2-2\t5\n"
    assert pasted_rows(chinese, books_2021)[1:] == [["1", "–", "2-1", "4"], ["2", "–", "2-2", "5"]]


@pytest.mark.parametrize("pages", [("2-3", "14", "20-22"), ("4", "2-3", "2-3"), ("2-3", "2-3", "3-3")])
def test_pasted_pages_that_look_like_codes_are_pages(books_2021, pages):
    lines = zip(("Organisation", "Governance", "People"), ("2-1", "2-9", "2-7"), pages, strict=True)
    assert pasted_rows("\n".join(map("\t".join, lines)), books_2021) == [
        ["order", "chapter", "section", "disclosures", "location"],
        ["1", "–", "Organisation", "2-1", pages[0]],
        ["2", "–", "Governance", "2-9", pages[1]],
        ["3", "–", "People", "2-7", pages[2]],
    ]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("披露项\t说明\t页码", "section"),
        ("披露项\t备注\t页码", "section"),
        ("Disclosure\tExplanation\tPage", "section"),
        ("Disclosure\tOmission\tPage", "omission_explanation"),
    ],
)
def test_remarks_of_a_pasted_index_are_no_explanations_of_omissions(books_2021, head, name):
    pasted = f"{head}\n2-1\t组织详细情况\t4\n2-2\tSee the chapter on governance\t5\n"
    assert pasted_rows(pasted, books_2021) == [
        ["order", "chapter", "disclosures", name, "location"],
        ["1", "–", "2-1", "组织详细情况", "4"],
        ["2", "–", "2-2", "See the chapter on governance", "5"],
    ]


def test_explanation_beside_a_reason_is_that_of_an_omission(books_2021):
    pasted = "披露项\t页码\t原因\t说明\n2-1\t4\t\t\n2-2\t\t不适用\t没有海外业务\n"
    assert pasted_rows(pasted, books_2021)[0][2:] == [
        *("disclosures", "location", "omission_reason", "omission_explanation"),
    ]


@pytest.mark.parametrize(
    "line", ["一般披露\t见公司网站", "General disclosures\tSee our web page", "Governance\tAnnual report"]
)
def test_first_line_of_words_that_are_no_heads_is_kept(books_2021, line):
    rows = pasted_rows(f"{line}\n2-1\t4\n2-2\t5\n", books_2021)
    assert rows[1][-2:] == line.split("\t") and len(rows) == 4


@pytest.mark.parametrize(
    "head",
    [
        *(
            "GRI Standard\tPage number(s) and/or URL(s)",
            "GRI 标准\t报告位置",
            "披露项编号\t所在页码",
            "Code\tWhere we report",
        ),
        *("Disclosure title\tReported in section", "指标\t页码/链接", "GRI Disclosure\tReference", "內容\t頁次"),
    ],
)
def test_first_line_of_heads_is_no_row(books_2021, head):
    assert [row[-2] for row in pasted_rows(f"{head}\n2-1\t4\n2-2\t5\n", books_2021)[1:]] == ["2-1", "2-2"]


def test_reason_that_says_none_is_none(books_2021):
    rows = "order,chapter,disclosures,omission_reason\n1,a,2-1,/\n2,a,2-2,—\n3,a,2-3,N/A\n"
    found = parse_outline(rows.encode(), books_2021)
    assert [row.omission_reason for row in found.rows] == ["", "", "not_applicable"] and not found.unsettled
