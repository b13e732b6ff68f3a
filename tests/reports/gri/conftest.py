"""The two catalogues and the crosswalk, from the fixture files."""

import csv
from pathlib import Path

import pytest

from reports.gri.codes import Catalogue, CrosswalkRow, catalogue_from_rows, crosswalk_from_rows

FOLDER = Path(__file__).resolve().parents[3] / "fixtures"


def read(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def gri_2016() -> Catalogue:
    return catalogue_from_rows("2016", read("gri_disclosures.csv"))


@pytest.fixture(scope="session")
def gri_2021() -> Catalogue:
    return catalogue_from_rows("2021", read("gri_disclosures.csv"))


@pytest.fixture(scope="session")
def crosswalk() -> list[CrosswalkRow]:
    return crosswalk_from_rows(read("gri_2016_to_2021.csv"))
