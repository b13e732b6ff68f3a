"""What an outline is read by, and its readings as sentences, in both languages."""

from datetime import date

import pytest
from django.utils.translation import override

from reports.gri.index import OMISSION_REASONS
from reports.models import Section
from reports.outline.outline import parse_outline
from reports.queries.outline import books_of, problem_line, publication_day, reading_line, readings_json
from tests.factories.reports import make_cycle

pytestmark = pytest.mark.django_db
FILE = (
    "order,chapter,issues,disclosures,omission_reason\n1,a,SOC-1,303-3;103-3 Location of operations;307-2,none such\n"
)


@pytest.fixture
def books(library):
    return books_of(make_cycle())


def test_readings_name_the_cell_and_what_is_wrong(books):
    parsed = parse_outline(FILE.encode(), books)
    with override("en"):
        assert [reading_line(each) for each in parsed.unsettled] == [
            "C2: issues: “SOC-1”: There is no such issue in the library edition of this cycle.",
            "D2: disclosures: “103-3 Location of operations”: The title belongs to 102-4 (2016), "
            "Location of operations, not to 103-3.",
            "D2: disclosures: “307-2”: There is no disclosure 307-2 in any edition of the GRI Standards.",
            "E2: omission_reason: “none such”: This is none of the four reasons for omission that GRI permits.",
        ]
    with override("zh-hans"):
        lines = [reading_line(each) for each in parsed.unsettled]
    assert lines[1].endswith("标题属于 102-4 (2016)“经营位置”，不属于 103-3。")


def test_file_that_is_none_has_a_sentence_of_the_intake(books):
    bad = parse_outline(b"PK\x03\x04", books)
    with override("en"):
        assert problem_line(bad.problems[0]).startswith(
            "The file looks like an XLSX workbook but cannot be read as one."
        )


def test_json_has_an_entry_for_each_piece(books):
    with override("en"):
        told = readings_json(parse_outline(FILE.encode(), books))
    assert (told["rows"], len(told["readings"])) == (1, 7)
    assert told["readings"][3] == {
        "row": "1", "column": "disclosures", "text": "303-3", "state": "taken", "codes": ["303-3@2018"], "standard": "",
        "sector": "", "requirement": "", "title": "",
        "note": "By the day of publication, which is assumed to be 2027-06-30, this is 303-3 (2018), Water withdrawal.",
    }  # fmt: skip


def test_day_of_publication_is_the_cycles_or_six_months_after_the_period(library):
    cycle = make_cycle()
    assert publication_day(cycle) == (date(2027, 6, 30), True)
    cycle.published_on = date(2020, 3, 1)
    assert publication_day(cycle) == (date(2020, 3, 1), False)
    codes = [entry.identity for entry in parse_outline(FILE.encode(), books_of(cycle)).rows[0].entries]
    assert codes[0] == "303-3@2016"


def test_books_hold_the_edition_the_issues_and_the_other_frameworks(library):
    books = books_of(make_cycle(gri_edition="2021"))
    assert (books.edition, len(books.issues), set(books.frameworks)) == ("2021", 116, {"esrs", "cn_exchange", "hkex"})
    assert books_of(make_cycle(gri_edition="2021"), "2016").edition == "2016"


def test_reasons_of_the_file_are_those_of_the_table():
    assert list(OMISSION_REASONS) == Section.Omission.values
