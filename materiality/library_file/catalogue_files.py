"""Reading the catalogues that come with the product: frameworks, disclosures, goals, links and the crosswalk."""

import csv
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from materiality.library_file.records import (
    Catalogues,
    CrosswalkRecord,
    DisclosureRecord,
    FrameworkRecord,
    LinkRecord,
)

GOALS = ("SDG", "2015")
# GRI's editions and the goals have files of their own and so no row in frameworks.csv.
NAMED_HERE = (
    FrameworkRecord("GRI", "2016", "GRI 标准 2016", "GRI Standards 2016", "Global Sustainability Standards Board"),
    FrameworkRecord("GRI", "2021", "GRI 标准 2021", "GRI Standards 2021", "Global Sustainability Standards Board"),
    FrameworkRecord(*GOALS, "联合国可持续发展目标", "Sustainable Development Goals", "United Nations"),
)


def read_fixture(folder: Path, name: str) -> list[dict[str, str]]:
    """Rows of a fixture file as dictionaries."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def read_framework_records(folder: Path) -> tuple[FrameworkRecord, ...]:
    """Every framework edition that comes with the product."""
    rows = read_fixture(folder, "frameworks")
    listed = [
        FrameworkRecord(*(row[name] for name in ("code", "year", "title_zh", "title_en", "publisher"))) for row in rows
    ]
    return (*NAMED_HERE, *listed)


def read_catalogues(folder: Path) -> Catalogues:
    """All catalogues of the fixtures folder."""
    frameworks = read_framework_records(folder)
    editions = {framework.code: framework.edition for framework in frameworks}
    return Catalogues(
        frameworks,
        (*_disclosures(folder), *_goals(folder), *_topics(folder, editions)),
        tuple(_links(folder)),
        tuple(_crosswalk(folder)),
    )


def _disclosures(folder: Path) -> Iterator[DisclosureRecord]:
    for order, row in enumerate(read_fixture(folder, "gri_disclosures"), start=1):
        yield DisclosureRecord(
            framework=("GRI", row["edition"]),
            code=row["disclosure_code"],
            title_zh=row["title_zh"],
            title_en=row["title_en"],
            order=order,
            standard_code=row["standard_code"],
            standard_title_zh=row["standard_title_zh"],
            standard_title_en=row["standard_title_en"],
            standard_year=int(row["standard_year"]),
            series=row["series"],
        )


def _goals(folder: Path) -> Iterator[DisclosureRecord]:
    for row in read_fixture(folder, "sdgs"):
        order = int(row["number"])
        yield DisclosureRecord(GOALS, row["number"], row["title_zh"], row["title_en"], order, colour=row["colour_hex"])


def _topics(folder: Path, editions: dict[str, str]) -> Iterator[DisclosureRecord]:
    order = count(1)
    for row in [*read_fixture(folder, "framework_topics"), *read_fixture(folder, "esrs_2_disclosures")]:
        code = row["framework_code"]
        framework, parent = (code, editions[code]), row["parent_code"]
        yield DisclosureRecord(framework, row["code"], row["title_zh"], row["title_en"], next(order), parent)


def _links(folder: Path) -> Iterator[LinkRecord]:
    for row in read_fixture(folder, "gri_sdg_links"):
        for goal in row["sdgs"].split(";"):
            yield LinkRecord(("GRI", row["edition"], row["disclosure_code"]), (*GOALS, goal), row["basis"])


def _crosswalk(folder: Path) -> Iterator[CrosswalkRecord]:
    for row in read_fixture(folder, "gri_2016_to_2021"):
        target = ("GRI", "2021", row["to_code"]) if row["to_code"] else None
        yield CrosswalkRecord(("GRI", "2016", row["from_code"]), target, row["relation"], row["note"])
