"""What is written is read back as the same rows, in CSV and in XLSX."""

from hypothesis import given, settings
from hypothesis import strategies as st

from reports.documents.outline_file import outline_file
from reports.gri.index import OutlineRow
from reports.outline.cells import tidy
from reports.outline.columns import OMISSION_REASONS
from reports.outline.parse import parse_outline

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
