"""Rows of an index: entries of readings, codes as printed, ranges folded, places by disclosure."""

from datetime import date

from reports.gri.index import (
    Entry,
    OutlineRow,
    entries_of,
    entry_text,
    folded,
    places_of,
    row_of,
    spelled,
    title_of,
    without_doubles,
)
from reports.gri.reading import Context, read_cell
from reports.gri.standards import read_standards
from tests.repository.tree import ROOT

GRI = read_standards(ROOT / "fixtures")


def entries(cell: str, edition: str = "2021") -> tuple[Entry, ...]:
    readings = read_cell(cell, Context(GRI, edition, date(2027, 4, 30)))
    return without_doubles(entry for reading in readings for entry in entries_of(reading))


def test_readings_become_entries_and_what_is_held_stays_as_text():
    assert entries("302-1 a; GRI 305; 12.1; 2.1, /; 302-1 a") == (
        Entry(identity="302-1@2016", requirement="a"),
        Entry(standard="305@2016"),
        Entry(sector="12.1"),
        Entry(identity="2-1@2021"),
    )
    assert entries("102-1") == (Entry(text="102-1"),) and entries("102-1")[0].is_held
    assert not Entry(text="EN3", source="G4").is_held


def test_entry_is_spelled_for_print_and_written_to_be_read_back():
    for cell in ("302-1-a", "2-8 a, b", "GRI 305", "303-3 (2016)", "12.1", "G4-EN3", "302-1 own words", "303-3"):
        edition = "2021" if cell == "12.1" or cell.startswith("2") else "2016"
        for entry in entries(cell, edition):
            assert entries(entry_text(entry, GRI, edition), edition) == (entry,)
    assert [spelled(entry, GRI, "2016") for entry in entries("303-3; 303-3 (2016); 102-1", "2016")] == [
        "303-3", "303-3 (2016)", "102-1",
    ]  # fmt: skip
    assert spelled(Entry(identity="102-1@2025"), GRI, "2021") == "GRI 102-1 (2025)"


def test_titles_come_from_the_catalogues():
    assert title_of(Entry(identity="303-3@2016"), GRI, chinese=False) == "Water recycled and reused"
    assert title_of(Entry(standard="303"), GRI, chinese=True) == "水资源与污水"
    assert title_of(Entry(sector="14.6"), GRI, chinese=False) == "Tailings"
    assert title_of(Entry(text="EN3", source="G4"), GRI, chinese=False) == "G4"


def test_three_codes_that_follow_one_another_fold_to_a_range():
    cell = "205-1; 205-2; 205-3; 302-1; 302-2; 302-4; 302-5 a; 2-9 ~ 2-21"
    assert folded(entries(cell), GRI, "2021") == [
        "205-1 ~ 205-3", "302-1", "302-2", "302-4", "302-5-a", "2-9 ~ 2-21",
    ]  # fmt: skip


def test_places_of_a_disclosure_are_the_rows_that_carry_it():
    rows = [
        OutlineRow(2, "b", entries=(Entry(identity="2-10@2021"), Entry(identity="2-2@2021"))),
        OutlineRow(1, "a", entries=(Entry(identity="2-10@2021"), Entry(text="?"))),
    ]
    found = places_of(rows)
    assert list(found) == ["2-2@2021", "2-10@2021", "?"]
    assert [place.row.chapter for place in found["2-10@2021"]] == ["a", "b"]


def test_row_told_is_the_row_again():
    row = OutlineRow(
        3,
        "章",
        issues=("A",),
        entries=(Entry(identity="2-1@2021"), Entry(text="?")),
        locations=("P1",),
        held={"order": "x"},
    )
    assert row_of(row.told()) == row and row.told()["entries"] == [{"identity": "2-1@2021"}, {"text": "?"}]
