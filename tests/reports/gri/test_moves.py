"""Outlines moved to another edition, and filled from the library."""

from dataclasses import replace
from datetime import date

from reports.gri.index import Entry, OutlineRow, Topic
from reports.gri.moves import TopicCategory, filled_rows, moved_rows, proposed_rows, unplaced
from reports.gri.standards import read_standards
from tests.repository.tree import ROOT

GRI = read_standards(ROOT / "fixtures")
NAMES = {"chapter_zh": "关于", "section_zh": "", "chapter_en": "About", "section_en": ""}
ENERGY = Topic("ENV-03", "能源", "Energy", ("ENV-03", "ENV-03-01"), ("302-1@2016", "103-2@2025"))


def row(*identities: str, **fields) -> OutlineRow:
    return OutlineRow(1, "章", entries=tuple(Entry(identity=identity) for identity in identities), **fields)


def test_equal_and_moved_codes_move_by_themselves_and_the_rest_is_held_with_its_offers():
    (moved,) = moved_rows(
        [row("302-1@2016", "102-14@2016", "102-1@2016", "102-8@2016", "307-1@2016")], GRI, "2016", "2021"
    )
    kept = [entry.identity or entry.text for entry in moved.row.entries]
    assert kept[:2] == ["302-1@2016", "2-22@2021"]
    assert kept[2:4] == ["102-1 Name of the organization", "102-8 Information on employees and other workers"]
    offers = {reading.text.split()[0]: (reading.state, reading.offers) for reading in moved.readings}
    assert offers["102-1"] == ("doubtful", ("2-1@2021",))
    assert offers["102-8"] == ("doubtful", ("2-7@2021", "2-8@2021"))


def test_withdrawn_code_has_nothing_to_offer():
    (moved,) = moved_rows([row("102-54@2016")], GRI, "2016", "2021")
    assert [(r.state, r.offers, r.note) for r in moved.readings] == [("refused", (), "was_withdrawn")]


def test_way_to_the_standards_of_2024_and_2025():
    (moved,) = moved_rows(
        [row("305-1@2016", "304-1@2016", "302-4@2016", "2-1@2021", "401-1@2016")], GRI, "2021", "2025"
    )
    assert [entry.identity for entry in moved.row.entries] == ["102-5@2025", "", "", "2-1@2021", "401-1@2016"]
    assert [reading.offers for reading in moved.readings[1:]] == [("101-5@2024",), ("103-5@2025",)]


def test_whole_standard_that_is_withdrawn_is_held():
    rows = [OutlineRow(1, "章", entries=(Entry(standard="302@2016"), Entry(standard="307@2016"), Entry(text="EN3")))]
    (moved,) = moved_rows(rows, GRI, "2016", "2021")
    assert [entry.key for entry in moved.row.entries] == ["302@2016", "GRI 307", "EN3"]


def test_proposal_has_general_disclosures_and_a_section_for_each_topic():
    branch = TopicCategory("环境", "Environment", [ENERGY])
    general, energy = proposed_rows([branch], GRI, "2021", date(2026, 6, 1), names=NAMES)
    assert (general.order, len(general.entries), general.entries[-1].identity) == (1, 32, "3-2@2021")
    assert (energy.chapter, energy.section_en, energy.issues) == ("环境", "Energy", ("ENV-03-01",))
    assert energy.identities == ("3-3@2021", "302-1@2016")
    later = proposed_rows([branch], GRI, "2021", date(2027, 6, 1), names=NAMES)[1]
    assert later.identities == ("3-3@2021", "103-2@2025")


def test_proposal_names_the_topics_of_the_sector_standard():
    branch = TopicCategory("环境", "Environment", [ENERGY])
    energy = proposed_rows([branch], GRI, "2021", date(2026, 6, 1), names=NAMES, sectors=["11@1.0"])[1]
    assert [entry.sector for entry in energy.entries if entry.sector] == ["11.1"]


def test_sector_topics_are_told_by_disclosures_and_not_by_how_they_are_managed():
    managed = replace(ENERGY, identities=("3-3@2021", *ENERGY.identities))
    for rows in (
        proposed_rows(
            [TopicCategory("", "", [managed])], GRI, "2021", date(2026, 6, 1), names=NAMES, sectors=["11@1.0"]
        ),
        filled_rows([row(issues=("ENV-03-01",))], [managed], GRI, "2021", date(2026, 6, 1), ["11@1.0"]),
    ):
        assert [entry.sector for entry in rows[-1].entries if entry.sector] == ["11.1"]


def test_own_outline_is_filled_behind_what_it_has():
    rows = [row("401-1@2016", issues=("ENV-03-01",)), OutlineRow(2, "别的")]
    filled = filled_rows(rows, [ENERGY], GRI, "2021", date(2026, 6, 1))
    assert filled[0].identities == ("401-1@2016", "3-3@2021", "302-1@2016") and filled[1].entries == ()


def test_what_has_no_place_is_named():
    rows = [OutlineRow(1, "章", entries=(Entry(standard="2@2021"),))]
    general = ["3-1@2021", "3-2@2021"]
    assert list(unplaced(rows, [ENERGY], GRI, "2021", date(2026, 6, 1))) == [*general, "302-1@2016"]
    assert list(unplaced(rows, [ENERGY], GRI, "2021", date(2027, 6, 1))) == [*general, "103-2@2025"]
    assert list(unplaced([row("102-1@2016")], [ENERGY], GRI, "2016", date(2027, 6, 1)))[-1] == "302-1@2016"
