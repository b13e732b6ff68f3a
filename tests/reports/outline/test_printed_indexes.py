"""Ten indexes in the manners in which companies print them, each piece against what a person reads in it.

`printed_indexes.txt` holds them: chapter, section, codes, location and truth, `⏎` for a line's end. The truth names
codes with their year, `GRI302@2016` a whole standard, `#11.1` of a sector, `/a` a requirement, `2-9..21@2021` a range,
`0` none; `~` repaired, `?` doubtful, `!` refused, `+` taken with a note.
"""

import csv
import io
from collections import defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from reports.gri.checks import CheckedIndex, found_by
from reports.gri.reading import DOUBTFUL, REFUSED, REPAIRED, Reading
from reports.gri.standards import Standards
from reports.outline.outline import Books, ParsedOutline, parse_outline

PRINTED = Path(__file__).with_name("printed_indexes.txt").read_text("utf-8")
INDEXES = dict(part.split("\n", 1) for part in PRINTED.removeprefix("== ").split("\n== "))
DAYS = {"2016": date(2021, 5, 1), "2021": date(2025, 4, 1)}
SIGNS = {REPAIRED: "~", DOUBTFUL: "?", REFUSED: "!"}


def rows_of(printed: str) -> list[list[str]]:
    """Chapter, section, codes, location and truth; codes may hold what separates the columns."""
    cut = [line.split("|") for line in printed.splitlines()]
    return [[*parts[:2], "|".join(parts[2:-2]).replace("⏎", "\n"), *parts[-2:]] for parts in cut]


def parsed(printed: str, books: Books) -> ParsedOutline:
    stream = io.StringIO()
    lines = csv.writer(stream)
    lines.writerow(["order", "chapter", "section", "disclosures", "location"])
    lines.writerows([number, *row[:4]] for number, row in enumerate(rows_of(printed), start=1))
    return parse_outline(stream.getvalue().encode(), books)


def told(reading: Reading, gri: Standards) -> str:
    sign = SIGNS.get(reading.state, "")
    if sign in ("?", "!"):
        return sign
    noted = "+" if not sign and reading.note not in ("", "none") else ""
    numbers = [gri.disclosures[code].number for code in reading.codes]
    what = " ".join(reading.codes)
    if len(numbers) > 1:
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        head, _at, year = reading.codes[0].partition("@")
        what = f"{head}..{numbers[-1]}@{year}"
    what = what or (f"GRI{reading.standard}" if reading.standard else f"#{reading.sector}" if reading.sector else "0")
    return f"{sign}{noted}{what}{'/' + reading.requirement if reading.requirement else ''}"


def books_for(name: str, books: Books) -> Books:
    return replace(books, edition=name[:4], day=DAYS[name[:4]])


@pytest.mark.parametrize("name", INDEXES)
def test_printed_index_is_read_as_a_person_reads_it(books, name):
    found = defaultdict(list)
    for each in parsed(INDEXES[name], books_for(name, books)).readings:
        if each.column == "disclosures":
            found[each.number - 1].append(told(each.reading, books.gri))
    rows = enumerate(rows_of(INDEXES[name]), start=1)
    wrong = [(codes, truth, found[at]) for at, (_c, _s, codes, _p, truth) in rows if truth != " ".join(found[at])]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "claim", "alarms"),
    [
        ("2021 by section", "accordance", ["topics_unknown"]),  # no row names an issue
        ("2021 by standard", "accordance", ["topics_unknown"]),
        ("2016 in English", "core", ["withdrawn"]),  # 303 of 2016 is, in a report of May 2021
        ("2021 letters of requirements", "reference", ["source_not_named"]),  # the piece that is held back
    ],
)
def test_printed_index_that_is_right_raises_no_alarm(books, name, claim, alarms):
    books = books_for(name, books)
    rows = parsed(INDEXES[name], books).rows
    index = CheckedIndex(books.gri, books.edition, books.day, rows, claim, "ACME", notified=True, pages=120)
    assert [found.text for found in found_by(index) if found.check != "C18"] == alarms
