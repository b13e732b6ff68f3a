"""What outlines are read by, from the fixture files."""

import csv

import pytest

from reports.gri.codes import catalogue_from_rows, crosswalk_from_rows
from reports.outline.outline import Books
from tests.repository.tree import ROOT


def lines(name: str) -> list[dict[str, str]]:
    with (ROOT / "fixtures" / name).open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="session")
def books() -> Books:
    """GRI 2016, the crosswalk, and the secondary issues of the default library."""
    catalogues = [catalogue_from_rows(edition, lines("gri_disclosures.csv")) for edition in ("2016", "2021")]
    crosswalk = tuple(crosswalk_from_rows(lines("gri_2016_to_2021.csv")))
    return Books(*catalogues, crosswalk, tuple(row["code"] for row in lines("issue_library.csv")))


@pytest.fixture(scope="session")
def books_2021(books) -> Books:
    return Books(books.other, books.catalogue, books.crosswalk, books.issues)
