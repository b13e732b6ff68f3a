"""The catalogues that come with the product, from the files of `fixtures/`."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import count
from pathlib import Path

from materiality.library_file.codes import SECTOR, SECTOR_TOPIC, STANDARD, TARGET
from materiality.lineage.records import (
    Catalogues,
    CrosswalkRecord,
    DisclosureRecord,
    Edition,
    FrameworkRecord,
    Key,
    LinkRecord,
)

GOALS = ("SDG", "2015")
Row = dict[str, str]


def read_fixture(folder: Path, name: str) -> list[Row]:
    """Rows of a fixture file as dictionaries."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def read_framework_records(folder: Path) -> tuple[FrameworkRecord, ...]:
    """Every framework edition that comes with the product, in the order of its columns."""
    return tuple(
        FrameworkRecord(
            **{name: row[name] for name in ("code", "edition", "column", "title_zh", "title_en", "publisher")},
            **{name: day_of(row[name]) for name in ("in_force_from", "in_force_until")},
            **{name: row[name] for name in ("successor", "note_zh", "note_en")},
            installed=row["installed"] == "yes",
        )
        for row in read_fixture(folder, "frameworks")
    )


def read_catalogues(folder: Path, also: frozenset[Edition] = frozenset()) -> Catalogues:
    """The catalogues that are there from the beginning, and `also` these."""
    kept = tuple(each for each in read_framework_records(folder) if each.installed or each.key in also)
    keys = {each.key for each in kept}
    topics = list(_topics(folder))
    records = [row for row in (*_gri(folder), *_goals(folder), *topics) if row.framework in keys]
    known = {row.key for row in records}
    ways = [*_crosswalk(folder), *_succession(topics, kept)]
    return Catalogues(
        kept,
        tuple(records),
        tuple(_links(folder)),
        tuple(way for way in ways if way.source in known and way.target in known | {None}),
        tuple(replaced_codes(folder)),
    )


def replaced_codes(folder: Path) -> Iterator[tuple[Edition, str, str]]:
    """Framework edition, a code of the edition before it, and the code that has taken its place."""
    follows = {each.key: (each.code, each.successor) for each in read_framework_records(folder) if each.successor}
    for row in read_fixture(folder, "framework_topics"):
        framework = (row["framework_code"], row["edition"])
        if framework in follows and row["replaced_by"]:
            yield follows[framework], row["code"], row["replaced_by"]


def _gri(folder: Path) -> Iterator[DisclosureRecord]:
    """Edition by edition: each standard before its disclosures, what is superseded and the sector standards behind."""
    standards = {(row["standard_code"], row["standard_year"]): row for row in read_fixture(folder, "gri_standards")}
    by_edition: dict[str, list[Row]] = defaultdict(list)
    for row in read_fixture(folder, "gri_disclosures"):
        by_edition[row["edition"]].append(row)
    for row in read_fixture(folder, "gri_disclosures_superseded"):
        for edition in row["editions"].split(";"):
            by_edition[edition].append({**row, "disclosure_code": row["spelling"]})
    order = count(1)
    for edition, rows in by_edition.items():
        told: set[str] = set()
        newest = {row["standard_code"]: row["standard_year"] for row in reversed(rows)}
        for row in rows:
            code = _standard_code(row, newest)
            if code not in told:
                told.add(code)
                standard = standards[row["standard_code"], row["standard_year"]]
                yield _standard(edition, code, standard, row, next(order))
            yield _disclosure(edition, row, code, next(order))
        if edition == "2021":
            yield from _sectors(folder, standards, order)


def _standard_code(row: Row, newest: dict[str, str]) -> str:
    """`GRI 303`; with its year where the edition has a newer one of that number."""
    year = row["standard_year"]
    bare = newest[row["standard_code"]] == year
    return f"GRI {row['standard_code']}" if bare else f"GRI {row['standard_code']} ({year})"


def _standard(edition: str, code: str, standard: Row, row: Row, order: int) -> DisclosureRecord:
    return DisclosureRecord(
        ("GRI", edition),
        code,
        row["standard_title_zh"],
        row["standard_title_en"],
        order,
        kind=STANDARD,
        identity=f"{row['standard_code']}@{row['standard_year']}",
        **_of_standard(row),
        **_days(standard),
    )


def _disclosure(edition: str, row: Row, parent: str, order: int) -> DisclosureRecord:
    return DisclosureRecord(
        ("GRI", edition),
        row["disclosure_code"],
        row["title_zh"],
        row["title_en"],
        order,
        parent,
        kind="disclosure",
        identity=row["identity"],
        **_of_standard(row),
        **_days(row),
    )


def _of_standard(row: Row) -> dict:
    names = ("standard_code", "standard_title_zh", "standard_title_en", "series")
    return {**{name: row[name] for name in names}, "standard_year": int(row["standard_year"])}


def _days(row: Row) -> dict:
    days = {name: day_of(row.get(name, "")) for name in ("effective_from", "withdrawn_from")}
    return {**days, "replaced_by": row.get("replaced_by", ""), "own_wording": _own_wording(row)}


def _own_wording(row: Row) -> tuple[str, ...]:
    return ("zh",) if row.get("zh_official", "yes") == "no" else ()


def day_of(text: str) -> date | None:
    """The day in a cell of a fixture; None where it is empty."""
    return date.fromisoformat(text) if text else None


def _sectors(folder: Path, standards: dict, order: Iterator[int]) -> Iterator[DisclosureRecord]:
    """The sector standards with their topics, of each the newest version whose topics are known."""
    topics: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in read_fixture(folder, "gri_sector_topics"):
        topics[row["standard_code"], row["version"]].append(row)
    for code, version in dict(sorted(topics)).items():
        standard = next(row for (number, _year), row in standards.items() if number == code)
        shared = {"standard_code": code, "standard_year": int(standard["standard_year"]), "series": "sector"}
        shared |= {f"standard_title_{each}": standard[f"title_{each}"] for each in ("zh", "en")}
        head, days = f"GRI {code}", _days(standard)
        titles = (standard["title_zh"], standard["title_en"])
        yield DisclosureRecord(("GRI", "2021"), head, *titles, next(order), kind=SECTOR, **shared, **days)
        for row in topics[code, version]:
            titles = (row["title_zh"], row["title_en"])
            told = {**shared, **days, "own_wording": _own_wording(row), "kind": SECTOR_TOPIC}
            yield DisclosureRecord(("GRI", "2021"), row["topic_code"], *titles, next(order), head, **told)


def _goals(folder: Path) -> Iterator[DisclosureRecord]:
    """The goals, and under each its targets by their numbers alone."""
    order = count(1)
    for row in read_fixture(folder, "sdgs"):
        number, titles = row["number"], (row["title_zh"], row["title_en"])
        yield DisclosureRecord(GOALS, number, *titles, next(order), colour=row["colour_hex"], kind="goal")
        for code in row["targets"].split(";"):
            titles = (f"具体目标 {code}", f"Target {code}")
            yield DisclosureRecord(GOALS, code, *titles, next(order), number, colour=row["colour_hex"], kind=TARGET)


def _topics(folder: Path) -> Iterator[DisclosureRecord]:
    for order, row in enumerate(read_fixture(folder, "framework_topics"), start=1):
        yield DisclosureRecord(
            (row["framework_code"], row["edition"]),
            row["code"],
            row["title_zh"],
            row["title_en"],
            order,
            row["parent_code"],
            kind=row["kind"],
            code_official=row["code_official"] != "no",
            **_days(row),
        )


def _links(folder: Path) -> Iterator[LinkRecord]:
    for row in read_fixture(folder, "gri_sdg_links"):
        for goal in row["sdgs"].split(";"):
            yield LinkRecord(("GRI", row["edition"], row["disclosure_code"]), (*GOALS, goal), row["basis"])


def _crosswalk(folder: Path) -> Iterator[CrosswalkRecord]:
    """From GRI 2016 to 2021, within 2016 to what superseded a disclosure, and to the standards of 2024 and 2025."""
    keys = {(row.framework[1], row.identity): row.key for row in _gri(folder) if row.kind == "disclosure"}
    for name, edition in (("gri_superseded_crosswalk", "2016"), ("gri_successors", "2021")):
        for row in read_fixture(folder, name):
            source, target = (keys.get((edition, row[end])) for end in ("from_identity", "to_identity"))
            if source and (target or not row["to_identity"]):
                notes = {each: row[each] for each in ("note_zh", "note_en")}
                yield CrosswalkRecord(source, target, row["type"], **notes)
    for row in read_fixture(folder, "gri_2016_to_2021"):
        target: Key | None = ("GRI", "2021", row["to_code"]) if row["to_code"] else None
        yield CrosswalkRecord(
            ("GRI", "2016", row["from_code"]), target, row["type"], note_zh=row["note_zh"], note_en=row["note_en"]
        )


def _succession(topics: list[DisclosureRecord], kept: tuple[FrameworkRecord, ...]) -> Iterator[CrosswalkRecord]:
    """From an edition that has a successor to what has taken the place of its codes."""
    follows = {each.key: (each.code, each.successor) for each in kept if each.successor}
    for row in topics:
        if row.framework in follows and row.replaced_by:
            relation = "equal" if row.replaced_by == row.code else "moved"
            yield CrosswalkRecord(row.key, (*follows[row.framework], row.replaced_by), relation)
