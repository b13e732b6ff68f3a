"""What outlines are read by, from the fixture files."""

import csv
from dataclasses import replace
from datetime import date

import pytest

from reports.gri.standards import read_standards
from reports.outline.outline import Books
from tests.repository.tree import ROOT


def lines(name: str) -> list[dict[str, str]]:
    with (ROOT / "fixtures" / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="session")
def books() -> Books:
    """GRI 2016 and the secondary issues of the default library, for a report of 2027."""
    issues = tuple(row["code"] for row in lines("issue_library.csv"))
    frameworks = {"hkex": frozenset({"A1", "A1.1"})}
    return Books(read_standards(ROOT / "fixtures"), "2016", date(2027, 4, 30), False, issues, frameworks)


@pytest.fixture(scope="session")
def books_2021(books) -> Books:
    return replace(books, edition="2021")
