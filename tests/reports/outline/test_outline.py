"""Outline files: read whole, or refused with every problem at once."""

import io
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.documents.gri_index import outline_file
from reports.gri.index import OutlineRow
from reports.outline.outline import COLUMNS, OMISSION_REASONS, parse_outline, tidy
from tests.factories.reports import OUTLINE, outline_lines

HEADER = "order,chapter,section,chapter_en,issues,disclosures,location,omission_reason\n"


def read(text: str, books):
    return parse_outline(text.encode(), books)


def found(parsed) -> list[tuple]:
    return [(problem.cell, problem.column, problem.value, problem.code) for problem in parsed.problems]


def test_demo_outline_is_read_as_it_stands(books):
    parsed = parse_outline(OUTLINE, books)
    assert parsed.problems == []
    assert [
        (str(r.order), r.chapter, r.section, ";".join(r.issues), ";".join(r.disclosures), r.location)
        for r in parsed.rows
    ] == [
        tuple(line[name] for name in ("order", "chapter", "section", "issues", "disclosures", "location"))
        for line in outline_lines()
    ]


def test_codes_are_taken_in_every_spelling(books):
    text = HEADER + '1,章,,,"soc-03-01；SOC-03-01, ENV-01-01","GRI 102-1至102-3;GRI 307\n102-1;11.2.1",P1,\n'
    row = read(text, books).rows[0]
    assert row.issues == ("SOC-03-01", "ENV-01-01")
    assert row.disclosures == ("102-1", "102-2", "102-3", "307-1", "11.2.1")


def test_all_problems_are_told_at_once(books):
    text = HEADER + (
        "1,章,节,,SOC-03-99,102-1;102-99,P1,legal prohibition\n"
        "x,章,,,,,P2,\n"
        "1,章,,,,2-1,P3,\n"
        "4,,,,,,P4,\n"
        f"5,{'长' * 301},,,,,P5,\n"
        "6,章,,,,,P6,,beyond\n"
    )
    parsed = read(text, books)
    assert found(parsed) == [
        ("E2", "issues", "SOC-03-99", "unknown_issue"),
        ("F2", "disclosures", "102-99", "unknown_code"),
        ("H2", "omission_reason", "legal prohibition", "unknown_reason"),
        ("A3", "order", "x", "order_not_whole"),
        ("A4", "order", "1", "order_twice"),
        ("F4", "disclosures", "2-1", "other_edition"),
        ("B5", "chapter", "", "chapter_missing"),
        ("B6", "chapter", "长" * 99 + "…", "text_too_long"),
        ("I7", "", "beyond", "extra_cell"),
    ]
    offered = {problem.code: problem.suggestions for problem in parsed.problems}
    assert offered["unknown_issue"][0].startswith("SOC-03-0") and offered["unknown_reason"] == ("legal_prohibitions",)
    assert offered["unknown_code"] and offered["other_edition"] == ("102-1", "102-3", "102-4", "102-5")


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
    row = read("ORDER,Chapter_zh,section_zh , Chapter EN\n1,章,节,One\n", books).rows[0]
    assert (row.chapter, row.section, row.chapter_en) == ("章", "节", "One")


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


def test_problems_are_counted_to_a_limit(books):
    parsed = read(HEADER + "".join(f"{n},章,,,X;Y,,,\n" for n in range(1, 900)), books)
    assert len(parsed.problems) == 1_001 and parsed.problems[-1].code == "too_many_problems"


def workbook(*rows: tuple) -> bytes:
    book = openpyxl.Workbook()
    for row in (COLUMNS, *rows):
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_workbook_is_read_like_text(books):
    good = (1, "章", "节", None, None, "SOC-03-01", "102-1", 28)
    parsed = parse_outline(workbook(good), books)
    assert parsed.problems == []
    assert (parsed.rows[0].order, parsed.rows[0].location, parsed.rows[0].disclosures) == (1, "28", ("102-1",))
    bad = [
        (1.5, "章"),
        (2, "章", None, None, None, None, datetime(2026, 2, 1)),
        (3, "章", None, None, None, None, 2.1),
        (4, "章", None, None, None, None, 302),
    ]
    assert found(parse_outline(workbook(*bad), books)) == [
        ("A2", "order", "1.5", "order_not_whole"),
        ("G3", "disclosures", "2026-02-01", "date_cell"),
        ("G4", "disclosures", "2.1", "number_cell"),
        ("G5", "disclosures", "302", "not_a_code"),
    ]


def test_texts_are_kept_without_what_no_page_can_show(books):
    text = 'order,chapter,section,omission_explanation\n1," a\u3000 b\x07 ","=1+1"," one\r\ntwo "\n'
    row = read(text, books).rows[0]
    assert (row.chapter, row.section, row.omission_explanation) == ("a b", "=1+1", "one\ntwo")


letters = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=20) | st.sampled_from(
    ["=1+1", "'=x", "-", "@a", "+1", "a;b", 'say "x"', "00123", "1.10", "TRUE", "2026-02-01", "_x0041_"]
)
texts = letters.map(tidy)


@st.composite
def rows(draw, catalogue, issues):
    orders = draw(st.lists(st.integers(1, 999_999), min_size=1, max_size=4, unique=True))
    codes = sorted(catalogue.disclosures) + ["11.2.1"]
    return [
        OutlineRow(
            order=order,
            chapter=draw(texts.filter(bool)),
            section=draw(texts),
            chapter_en=draw(texts),
            section_en=draw(texts),
            issues=tuple(draw(st.lists(st.sampled_from(issues), max_size=3, unique=True))),
            disclosures=tuple(draw(st.lists(st.sampled_from(codes), max_size=4, unique=True))),
            location=draw(texts),
            omission_requirement=draw(texts),
            omission_reason=draw(st.sampled_from(("", *OMISSION_REASONS))),
            omission_explanation=tidy(draw(letters) + "\n" + draw(letters), lines=True),
        )
        for order in sorted(orders)
    ]


@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(["csv", "xlsx"]), st.booleans())
def test_outline_written_is_read_back(books, books_2021, data, kind, newer):
    held = books_2021 if newer else books
    wanted = data.draw(rows(held.catalogue, held.issues))
    parsed = parse_outline(outline_file(wanted, held.catalogue, kind), held)
    assert parsed.problems == []
    assert parsed.rows == wanted


def test_outline_file_without_rows_is_a_template(books):
    for kind in ("csv", "xlsx"):
        parsed = parse_outline(outline_file([], books.catalogue, kind), books)
        assert [problem.code for problem in parsed.problems] == ["no_rows"]
