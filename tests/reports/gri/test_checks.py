"""Each check finds its planted fault, and none is raised on an index that is right."""

from dataclasses import replace
from datetime import date

import pytest

from reports.gri.checks import CHECKS, SENTENCES, CheckedIndex, found_by
from reports.gri.index import Decision, Entry, OutlineRow, Topic
from reports.gri.standards import read_standards
from tests.repository.tree import ROOT

GRI = read_standards(ROOT / "fixtures")
DAY = date(2026, 6, 1)
ENERGY = Topic("ENV-03", "能源", "Energy", ("ENV-03", "ENV-03-01"), ("302-1@2016",))


def entries(*identities: str) -> tuple[Entry, ...]:
    return tuple(Entry(identity=identity) for identity in identities)


GENERAL = entries(*(f"2-{number}@2021" for number in range(1, 31)), "3-1@2021", "3-2@2021")
NO_STATEMENTS = (
    "Quality assurance of our products",
    "Assurance of supply",
    "Reassurance to customers",
    "质量保证",
    "核查员工资质",
)
RIGHT = CheckedIndex(
    gri=GRI,
    edition="2021",
    day=DAY,
    rows=[
        OutlineRow(1, "关于", "本报告", "About", "This report", (), GENERAL, ("P2",)),
        OutlineRow(2, "环境", "管理", "Environment", "Management", (), entries("3-3@2021"), ("P10-P12",)),
        OutlineRow(3, "环境", "能源", "Environment", "Energy", ("ENV-03-01",), entries("302-1@2016"), ("P14",)),
    ],
    claim="accordance",
    organisation="ACME",
    notified=True,
    topics=[ENERGY],
    pages=40,
    headings=[(14, "能源")],
)  # fmt: skip
OLD = replace(
    RIGHT,
    edition="2016",
    day=date(2021, 5, 1),
    claim="core",
    rows=[
        OutlineRow(1, "关于", entries=entries(*(f"102-{n}@2016" for n in range(1, 57))), locations=("P2",)),
        OutlineRow(
            2, "环境", "能源", issues=("ENV-03-01",), locations=("P9",),
            entries=entries("103-1@2016", "103-2@2016", "103-3@2016", "302-1@2016"),
        ),
    ],
    headings=[],
)  # fmt: skip


def changed(order: int, index: CheckedIndex = RIGHT, **fields) -> CheckedIndex:
    return replace(index, rows=[replace(row, **fields) if row.order == order else row for row in index.rows])


def without(*identities: str) -> tuple[Entry, ...]:
    return tuple(entry for entry in GENERAL if entry.identity not in identities)


def omitted(identity: str, reason: str = "not_applicable", explanation: str = "There is none.") -> dict[str, Decision]:
    return {identity: Decision(identity, "omit", "", reason, explanation)}


def alarms(index: CheckedIndex) -> list[tuple[str, str]]:
    return [(found.check, found.text) for found in found_by(index) if found.check != "C18"]


NO_ASSURANCE = changed(1, entries=without("2-5@2021"))
HEADING = (Entry(standard="302@2016"), Entry(standard="1@2021"))
NO_PAY = changed(1, entries=without("2-21@2021"))


@pytest.mark.parametrize(
    "index",
    [
        RIGHT,
        OLD,
        replace(RIGHT, claim="none"),
        replace(RIGHT, claim="reference"),
        replace(changed(1, entries=without("2-21@2021")), decisions=omitted("2-21@2021")),
        replace(RIGHT, rows=[replace(row, chapter_en="", section_en="") for row in RIGHT.rows]),
        replace(RIGHT, headings=[], pages=None),
        replace(RIGHT, rows=[replace(row, locations=()) for row in RIGHT.rows]),
        replace(NO_PAY, decisions=omitted("2-21@2021", "information_unavailable", "将于下一年度完成统计并披露。")),
        replace(NO_PAY, decisions=omitted("2-21@2021", "information_unavailable", "We collect it within two years.")),
        changed(3, entries=(*entries("302-1@2016"), Entry(text="EN3", source="G4"))),
        replace(RIGHT, headings=[(2, "Independent assurance statement")]),
        replace(RIGHT, headings=[(n, text) for n, text in enumerate(NO_STATEMENTS, start=30)]),
        replace(RIGHT, rows=[*RIGHT.rows, OutlineRow(4, "GRI 302", chapter_en="GRI 302", entries=HEADING)]),
    ],
)
def test_right_index_raises_no_alarm(index):
    assert alarms(index) == []


FAULTS = [
    ("C1", "no_organisation", replace(RIGHT, organisation=" ")),
    ("C2", "claim_of_other_edition", replace(OLD, claim="accordance")),
    ("C3", "general_missing", changed(1, entries=without("2-21@2021"))),
    ("C3", "general_missing", replace(RIGHT, rows=[replace(RIGHT.rows[0], entries=without("2-21@2021")), OutlineRow(
        4, "GRI 2", chapter_en="GRI 2", entries=(Entry(standard="2@2021"),)), *RIGHT.rows[1:]])),
    ("C4", "not_to_be_omitted", replace(changed(1, entries=without("3-1@2021")), decisions=omitted("3-1@2021"))),
    ("C5", "omission_without_reason", replace(NO_PAY, decisions=omitted("2-21@2021", ""))),
    ("C5", "omission_without_explanation", replace(NO_PAY, decisions=omitted("2-21@2021", explanation=""))),
    ("C5", "omission_without_requirement", changed(3, omission_reason="not_applicable", omission_explanation="None.")),
    ("C5", "unavailable_without_when",
     replace(NO_PAY, decisions=omitted("2-21@2021", "information_unavailable", "No data."))),
    ("C5", "omitted_and_located", replace(RIGHT, decisions=omitted("2-21@2021"))),
    ("C5", "omitted_and_located", changed(3, omission_requirement="302-1", omission_reason="not_applicable",
                                          omission_explanation="There is none.")),
    ("C4", "not_to_be_omitted", changed(1, omission_requirement="全部", omission_reason="not_applicable",
                                        omission_explanation="There is none.")),
    ("C6", "topics_unknown", replace(RIGHT, topics=None)),
    ("C6", "topic_not_material", changed(3, issues=("ENV-03-01", "SOC-01-01"))),
    ("C6", "topic_not_listed", replace(RIGHT, topics=[replace(ENERGY, issues=("ENV-03", "ENV-03-01", "ENV-03-02"))])),
    ("C6", "topic_without_management", changed(2, entries=())),
    ("C6", "topic_without_disclosure", changed(3, entries=())),
    ("C7", "no_location", changed(3, chapter="", section="", chapter_en="", section_en="", locations=(), issues=())),
    ("C7", "no_location", changed(3, section="", section_en="", locations=())),
    ("C7", "no_location", changed(3, chapter="GRI 302：能源 2016", chapter_en="GRI 302: Energy 2016", locations=(),
                                  section="能源强度", section_en="Energy intensity")),
    ("C7", "no_year", changed(3, entries=(*entries("302-1@2016"), Entry(standard="306")))),
    ("C16", "assurance_not_reported", replace(NO_ASSURANCE, headings=[(30, "独立鉴证声明")])),
    ("C16", "assurance_not_reported", replace(NO_ASSURANCE, headings=[(30, "第三方核查声明")])),
    ("C16", "assurance_elsewhere", replace(RIGHT, headings=[(30, "Independent assurance statement")])),
    ("C8", "location_is_date", changed(3, locations=("2026-02-01",))),
    ("C8", "location_is_date", changed(3, locations=("Feb-01",))),
    ("C8", "address_without_scheme", changed(3, locations=("esg.example.com.hk/2026.pdf",))),
    ("C8", "location_backwards", changed(2, locations=("P12-P10",))),
    ("C8", "page_beyond_report", changed(2, locations=("P41",))),
    ("C8", "address_without_scheme", changed(2, locations=("www.example.com/report",))),
    ("C8", "heading_elsewhere", changed(3, locations=("P13",))),
    ("C9", "title_of_another", changed(3, entries=(Entry(identity="302-1@2016", title="Energy intensity"),))),
    ("C9", "title_of_another", changed(3, entries=(Entry(text="303-3 Water recycled and reused"),))),
    ("C9", "several_titles", replace(RIGHT, rows=[*RIGHT.rows, OutlineRow(
        4, "环境", "甲", "Environment", "A", ("ENV-03-01",),
        (Entry(identity="302-1@2016", title="our energy"), Entry(identity="302-3@2016")), ("P14",)), OutlineRow(
        5, "环境", "乙", "Environment", "B", ("ENV-03",), (Entry(identity="302-1@2016", title="能耗"),), ("P14",))])),
    ("C10", "withdrawn", replace(RIGHT, day=date(2027, 4, 30))),
    ("C10", "edition_withdrawn", replace(OLD, day=date(2027, 4, 30))),
    ("C11", "source_not_named", changed(3, entries=(*entries("302-1@2016"), Entry(text="EN3")))),
    ("C12", "two_versions", replace(RIGHT, sectors=["14@1.0", "14@1.1"])),
    ("C12", "not_in_version", changed(3, entries=(*entries("302-1@2016"), Entry(sector="14.2")))),
    ("C12", "sector_topic_open", replace(RIGHT, sectors=["12@1.0"])),
    ("C13", "several_locations", replace(RIGHT, rows=[*RIGHT.rows, OutlineRow(
        4, "环境", "能源二", "Environment", "Energy 2", ("ENV-03-01",), entries("302-1@2016"), ("P20",))])),
    ("C14", "whole_standard", changed(3, entries=(Entry(standard="302@2016"),))),
    ("C15", "general_missing", changed(1, OLD, entries=entries("102-1@2016"))),
    ("C15", "topic_without_management", changed(2, OLD, entries=entries("103-1@2016", "302-1@2016"))),
    ("C15", "management_missing", replace(changed(2, OLD, entries=entries("302-1@2016")), topics=[])),
    ("C16", "not_notified", replace(RIGHT, notified=False)),
    ("C17", "text_missing", changed(3, section_en="")),
]  # fmt: skip


@pytest.mark.parametrize(("check", "text", "index"), FAULTS)
def test_planted_fault_is_found(check, text, index):
    assert (check, text) in alarms(index)


def test_finding_names_rows_and_codes():
    (found,) = [each for each in found_by(changed(3, entries=(Entry(standard="302@2016"),))) if each.check == "C14"]
    assert (found.severity, found.rows, found.codes) == ("look", (3,), ("GRI 302",))
    (found,) = [each for each in found_by(replace(RIGHT, day=date(2027, 4, 30))) if each.check == "C10"]
    assert (found.rows, found.codes, found.params["since"]) == ((3,), ("302-1",), "2027-01-01")


def test_management_anywhere_in_the_chapter_is_enough():
    moved = changed(2, entries=entries("3-3@2021"), section="总述", section_en="Overview")
    assert alarms(moved) == []


def test_sample_is_drawn_with_its_seed():
    drawn = [[each for each in found_by(replace(RIGHT, seed=seed)) if each.check == "C18"][0] for seed in "aab"]
    assert drawn[0] == drawn[1] != drawn[2] and len(drawn[0].codes) == 20 and drawn[0].severity == "note"


def test_there_are_eighteen_checks_and_each_sentence_is_used():
    assert len(CHECKS) == 18
    assert {text for _check, text, _index in FAULTS} | {"sample"} == set(SENTENCES)
