"""Cells of codes as indexes print them: every piece right, said, or held back; never a wrong reading in silence."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reports.gri
from reports.gri.notes import NOTES, note_params
from reports.gri.reading import STATES, Context, read_cell
from reports.gri.standards import EDITIONS, read_standards
from reports.outline.outline import numbers_in
from tests.repository.tree import ROOT

GRI = read_standards(ROOT / "fixtures")
LATE = date(2027, 4, 30)


def read(cell: str, edition: str = "2021", day: date = LATE, **around):
    return read_cell(cell, Context(GRI, edition, day, **around))


def only(cell: str, edition: str = "2021", day: date = LATE, **around):
    (reading,) = read(cell, edition, day, **around)
    return reading


def codes(cell: str, edition: str = "2021", day: date = LATE) -> list[str]:
    readings = read(cell, edition, day)
    assert [reading.state for reading in readings if not reading.is_stored] == []
    return [code for reading in readings for code in reading.codes]


def newest(*numbers: str) -> list[str]:
    return [GRI.by_code[number][-1].identity for number in numbers]


LIKE_CODES = r"((GRI )?[0-9]{1,3}[-–.~ \n][0-9]{0,3}[;, a]?( \(20(16|25)\))?){1,4}"
TWO = newest("302-1", "302-3")


@pytest.mark.parametrize(
    "cell",
    [
        *("302-1;302-3", "302-1；302-3", "302-1, 302-3", "302-1，302-3", "302-1、302-3", "302-1/302-3", "302-1 302-3"),
        *("302-1 and 302-3", "302-1和302-3", "302-1 和 302-3", "302-1及302-3", "302-1 以及 302-3", "302-1 e 302-3"),
        *("302-1 & 302-3", "302-1\n302-3", "302-1\r\n302-3\r\n", "302-1\t302-3", "302-1 | 302-3", "302-1.302-3"),
        *("302-\n1;302-3", "302\n-1\n302-3", "302-1\n- 302-3", "- 302-1\n- 302-3", "• 302-1\n• 302-3"),
        *("GRI 302-1; GRI 302-3", "GRI302-1;GRI302-3", "GRI-302-1, GRI-302-3", "gri 302-1,gri 302-3"),
        *(
            "Disclosure 302-1, Disclosure 302-3",
            "GRI Disclosure 302-1 302-3",
            "披露项 302-1、披露项302-3",
            "G302-1 G302-3",
        ),
        *("３０２－１；３０２－３", "302–1; 302–3", "302—1；302—3", "302‑1; 302‑3", "302 - 1; 302 - 3", "302−1;302−3"),
        *("302.1; 302.3", "302-01; 302-03", " ;302-1;; 302-3; ", "302-1;\n\n302-3;", "\ufeff302-1\u200b;302-3"),
        *("302-1 (2016); 302-3（2016）", "302-1 2016, 302-3 2016", "GRI 302-1: 2016; 302-3"),
        "302-1 Energy consumption within the organization; 302-3 Energy intensity",
        "302-1: Energy consumption within the organisation, 302-3: Energy Intensity.",
        "302-1 Energy consumption\nwithin the organization\n302-3 Energy\nintensity",
        "GRI 302-1 Energy consumption within the organization GRI 302-3 Energy intensity",
        "302-1 组织内部的能源消耗量；302-3 能源强度",
        "302-1组织内部的能源消耗量\n302-3能源强度",
        "GRI 302: Energy 2016: 302-1, 302-3",
        "GRI 302: Energy 2016\n302-1\n302-3",
        "GRI 302：能源 2016\n302-1 组织内部的能源消耗量\n302-3",
        "GRI 302 (302-1, 302-3)",
        "能源\n302-1\n302-3",
        "302-1* 302-3**",
        "302-1¹; 302-3②",
        "302-1 (GRI 302: Energy 2016); 302-3",
        "302-1 (partially); 302-3 [1]",
    ],
)
def test_codes_are_found_between_all_that_separates(cell):
    assert codes(cell) == TWO
    assert codes(cell, "2016") == TWO


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("102-2 Activities, brands, products, and services, 102-3 Location of headquarters", ["102-2", "102-3"]),
        ("102-16 Values, principles, standards, and norms of behaviour; 102-17", ["102-16", "102-17"]),
        ("102-2 活动、品牌、产品和服务、102-3 总部位置", ["102-2", "102-3"]),
        ("413-1 Operations with local community engagement, impact assessments, and development programs", ["413-1"]),
        ("303-1 组织与水（作为共有资源）的相互影响；305-1 直接（范围一）温室气体排放", ["303-1", "305-1"]),
        ("305-1 Direct (Scope 1) GHG emissions\n305-2 Energy indirect (Scope 2) GHG emissions", ["305-1", "305-2"]),
        ("404-2 Programmes for upgrading employee skills and transition assistance programmes", ["404-2"]),
        ("414-1 使用社会评价维度筛选的新供应商", ["414-1"]),
        ("Direct (Scope 1) GHG emissions 305-1", ["305-1"]),
    ],
)
def test_title_may_hold_what_else_separates(cell, wanted):
    readings = read(cell, "2016")
    assert [reading.codes[0].partition("@")[0] for reading in readings] == wanted
    assert all(reading.state == "taken" for reading in readings)
    assert all(reading.remark == "" for reading in readings)


@pytest.mark.parametrize(
    "cell",
    ["403-1 ~ 403-10", "403-1～403-10", "403-1〜10", "403-1至403-10", "403-1到10", "403-1 to 403-10",
     "403-1–10", "403-1—403-10", "403-1 - 403-10", "403-1-403-10", "GRI 403-1 – GRI 403-10", "403-1 ~\n403-10",
     "GRI 403: Occupational Health and Safety 2018\n403-1 to 403-10", "403-1 (2018) ~ 403-10"],
)  # fmt: skip
def test_range_is_the_slice_of_one_standard(cell):
    reading = only(cell)
    assert (reading.state, reading.codes) == ("taken", tuple(f"403-{number}@2018" for number in range(1, 11)))


@pytest.mark.parametrize("cell", ["-", "—", "–", "/", "//", "N/A", "n/a", "NA", "不适用", " / ", "无", "－"])
def test_sign_for_none_is_none(cell):
    reading = only(cell)
    assert (reading.state, reading.codes, reading.note) == ("taken", (), "none")
    assert read("") == []


@pytest.mark.parametrize(
    ("cell", "edition", "standard"),
    [
        ("GRI 302", "2021", "302@2016"),
        ("GRI 302: Energy", "2016", "302@2016"),
        ("GRI 403", "2021", "403@2018"),
        ("GRI 403", "2016", "403"),
        ("GRI 303", "2016", "303"),
        ("GRI 303: Water 2016", "2016", "303@2016"),
        ("GRI 303: Water", "2016", "303@2016"),
        ("GRI 303：水资源与污水", "2016", "303@2018"),
        ("GRI 306 (2020)", "2016", "306@2020"),
        ("GRI 101: Foundation 2016", "2016", "101@2016"),
        ("GRI 101", "2016", "101@2016"),
        ("GRI 101: Biodiversity 2024", "2021", "101@2024"),
        ("GRI 102: Climate Change 2025", "2021", "102@2025"),
        ("GRI 1: Foundation 2021", "2021", "1@2021"),
        ("GRI 2: General Disclosures 2021", "2021", "2@2021"),
        ("GRI 12: Coal Sector 2022", "2021", "12@2022"),
        ("GRI 206: Anti-competitive Behaviour 2016", "2021", "206@2016"),
    ],
)
def test_whole_standard_stays_a_standard(cell, edition, standard):
    reading = only(cell, edition)
    assert (reading.state, reading.standard, reading.codes) == ("taken", standard, ())


def test_standards_and_codes_stand_beside_one_another():
    readings = read("GRI 205; 302-1; GRI 305")
    assert [(r.standard, r.codes) for r in readings] == [("205@2016", ()), ("", ("302-1@2016",)), ("305@2016", ())]


@pytest.mark.parametrize(
    ("cell", "requirement"),
    [
        ("2-8-a", "a"), ("2-8a, b and c", "a, b and c"), ("302-4 a", "a"), ("2-8 (a)", "a"), ("404-1.a", "a"),
        ("2-1-a-ii", "a-ii"), ("2-9-a、c", "a、c"), ("302-4 a Reduction of energy consumption", "a"), ("2-8", ""),
    ],
)  # fmt: skip
def test_letters_after_a_code_are_its_requirement(cell, requirement):
    reading = only(cell)
    assert (reading.state, reading.requirement, len(reading.codes)) == ("taken", requirement, 1)


@pytest.mark.parametrize(
    ("cell", "sector"), [("12.1", "12.1"), ("12.3.4", "12.3.4"), ("GRI 11.2.1", "11.2.1"), ("14.2", "14.2")]
)
def test_sector_topics_and_references_are_known(cell, sector):
    assert (only(cell).state, only(cell).sector, only(cell).codes) == ("taken", sector, ())
    assert (only(cell, "2016").state, only(cell, "2016").note) == ("refused", "sector_edition")


@pytest.mark.parametrize(
    ("cell", "edition", "day", "identity"),
    [
        ("303-3", "2021", LATE, "303-3@2018"),
        ("303-3", "2016", LATE, "303-3@2018"),
        ("303-3", "2016", date(2019, 5, 1), "303-3@2016"),
        ("303-3 Water recycled and reused", "2016", LATE, "303-3@2016"),
        ("303-3 水循环与再利用", "2016", LATE, "303-3@2016"),
        ("303-3 Water withdrawal", "2016", date(2019, 5, 1), "303-3@2018"),
        ("303-3 (2016)", "2016", LATE, "303-3@2016"),
        ("GRI 303: Water 2016: 303-3", "2016", LATE, "303-3@2016"),
        ("GRI 303：水资源\n303-3", "2016", LATE, "303-3@2016"),
        ("306-3", "2021", LATE, "306-3@2020"),
        ("306-3 Significant spills", "2021", LATE, "306-3@2016"),
        ("306-3 重大泄漏", "2016", LATE, "306-3@2016"),
        ("306-1", "2016", date(2022, 5, 1), "306-1@2020"),
        ("306-1 Water discharge by quality and destination", "2016", LATE, "306-1@2016"),
        ("403-2", "2016", date(2020, 5, 1), "403-2@2016"),
        ("102-1 (2025)", "2021", LATE, "102-1@2025"),
        ("GRI 102: Climate Change 2025\n102-5", "2021", LATE, "102-5@2025"),
        ("102-1", "2016", LATE, "102-1@2016"),
        ("101-1", "2021", LATE, "101-1@2024"),
        ("2-1 Name of the organization", "2021", LATE, "2-1@2021"),
    ],
)  # fmt: skip
def test_code_of_two_years_is_told_apart(cell, edition, day, identity):
    reading = only(cell, edition, day)
    assert (reading.state, reading.codes) == ("taken", (identity,))


def test_sector_reference_beside_it_says_which_spills():
    assert [r.codes for r in read("11.8.2 306-3")] == [(), ("306-3@2016",)]


def test_row_around_decides():
    assert only("303-3", "2016", headings=("GRI 303: Water 2016",)).codes == ("303-3@2016",)
    assert only("303-3", "2016", headings=("水资源",)).codes == ("303-3@2016",)
    assert only("303-3", "2016", titles=("水循环与再利用",)).codes == ("303-3@2016",)
    assert only("103-3", "2016", titles=("经营位置",)).note == "other_title"
    assert [r.state for r in read("103-3; 103-1", "2016", titles=("经营位置",))] == ["taken", "taken"]
    assert only("205-1", titles=("公司治理",)).codes == ("205-1@2016",)


@pytest.mark.parametrize(
    ("cell", "edition", "note"),
    [
        ("103-3 Location of operations", "2016", "other_title"),
        ("205-1 能源强度", "2021", "other_title"),
        ("GRI 303: Energy", "2021", "other_title"),
        ("303-3 Water recycled and reused", "2021", "old_title"),
        ("102-1", "2021", "year_needed"),
        ("GRI 102", "2021", "year_needed"),
        ("103-4", "2021", "year_needed"),
        ("102-1 ~ 102-10", "2021", "year_needed"),
        ("102-1 Name of the organization", "2021", "year_needed_title"),
        ("103-1 Energy policies and commitments", "2021", "year_needed_title"),
        ("302-1 (2018)", "2021", "wrong_year"),
        ("302-1 (2022)", "2021", "wrong_year"),
        ("GRI 303 2021", "2021", "wrong_year"),
        ("303-3 Water withdrawal (2016)", "2021", "title_of_year"),
        ("GRI 303: Water and Effluents 2016", "2021", "title_of_year"),
        ("GRI 303: Water and Effluents 2016", "2016", "title_of_year"),
        ("GRI 303: Water 2018", "2016", "title_of_year"),
        ("2.1", "2021", "lost_zero"),
        ("2.3", "2021", "lost_zero"),
        ("403-1\n0", "2021", "broken_number"),
        ("30\n2-1", "2021", "broken_number"),
        ("102-1-13", "2016", "chain"),
        ("205-1 and 2", "2021", "number_beside"),
        ("302-1 0", "2021", "number_beside"),
        ("403-1 to -10", "2021", "number_beside"),
        ("102-40 - 44", "2016", "number_beside"),
        ("GRI 302 1", "2021", "number_beside"),
        ("302", "2021", "standard_number"),
        ("组织详细情况", "2021", "title_alone"),
        ("302-1 not reported", "2021", "says_not"),
        ("302-1 未披露", "2021", "says_not"),
        ("302-1 不适用", "2021", "says_not"),
        ("Pages 2-3", "2021", "words_before"),
        ("页码：2-3", "2021", "words_before"),
        ("见 302-1", "2021", "words_before"),
        ("第302-1项", "2021", "words_before"),
    ],
)
def test_doubt_is_held_back(cell, edition, note):
    reading = only(cell, edition)
    assert (reading.state, reading.note, reading.codes) == ("doubtful", note, ())


@pytest.mark.parametrize(
    ("cell", "states"),
    [
        ("205-1, 2, 3", ["taken", "doubtful", "doubtful"]),
        ("205-1/2", ["taken", "doubtful"]),
        ("GRI 3: 2-3", ["doubtful", "doubtful"]),
        ("GRI 305: 1-7", ["doubtful", "refused"]),
        ("302-1 except 302-3", ["doubtful", "doubtful"]),
        ("205-1; 套话; 418-1", ["taken", "refused", "taken"]),
        ("306-1; 306-5", ["doubtful", "doubtful"]),
    ],
)
def test_each_piece_stands_for_itself(cell, states):
    day = date(2021, 6, 1) if cell.startswith("306") else LATE
    edition = "2016" if cell.startswith("306") else "2021"
    assert [reading.state for reading in read(cell, edition, day)] == states


def test_doubt_offers_what_it_can_be():
    assert only("2.1").offers == ("2-1@2021", "2-10@2021")
    assert only("102-1").offers == ("102-1@2016", "102-1@2025")
    assert read("205-1, 2")[1].offers == ("205-2@2016",)


@pytest.mark.parametrize(
    ("cell", "edition", "note"),
    [
        *((cell, "2021", "older") for cell in ("G4-EN3", "G4-18", "MM10", "EN3", "LA12")),
        *((cell, "2021", "unknown_sector") for cell in ("12.99.99", "12.99", "15.1", "11.2.99")),
        *((cell, "2021", "unknown_code") for cell in ("302-9", "309-1", "1-1", "2-31", "SDG 8.5", "302-1 ~ 302-60")),
        *((cell, "2021", "other_edition") for cell in ("102-11", "307-1", "GRI 412", "GRI 101: Foundation 2016")),
        *((cell, "2016", "other_edition") for cell in ("2-1", "3-3", "GRI 2", "102-1 (2025)", "101-1")),
        *((cell, "2021", "not_a_code") for cell in ("套话", "E1-6", "S1-14", "TC-SI-130a.1", "A1.2", "P2-3", "P28")),
        *((cell, "2021", "not_a_code") for cell in ("2016-12-31", "2026-02-01", "302-1302-2", "3021")),
        ("GRI 309", "2021", "unknown_standard"),
        ("201-1 ~ 202-1", "2021", "two_standards"),
        ("205-3 ~ 205-1", "2021", "backwards"),
    ],
)
def test_what_is_no_code_is_refused_without_a_guess(cell, edition, note):
    reading = only(cell, edition)
    assert (reading.state, reading.note, reading.codes, reading.offers) == ("refused", note, (), ())


def test_successor_that_is_known_is_named():
    assert only("307-1").params["successors"] == "2-27"
    assert only("102-54").params["successors"] == ""


def test_lost_zero_is_decided_by_neighbours_or_title():
    assert only("2.1", after=numbers_in("2.2", GRI)).codes == ("2-1@2021",)
    assert only("2.1", before=numbers_in("2.9", GRI), after=numbers_in("2.11", GRI)).codes == ("2-10@2021",)
    assert only("2.3", before=numbers_in("2-29", GRI)).codes == ("2-30@2021",)
    assert only("2.1", titles=("最高管治机构的提名和遴选",)).codes == ("2-10@2021",)
    assert [r.codes for r in read("2.1; 2.2")] == [("2-1@2021",), ("2-2@2021",)]


def test_what_was_repaired_is_said():
    assert [(r.state, r.note) for r in read("2-\n26; 302.1; 302-03")] == [
        ("repaired", "broken"), ("repaired", "dot"), ("repaired", "zeros"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "edition", "meant"),
    [
        ("302-1 Energy consumption within the organization 2021", "2021", ("302-1@2016",)),
        ("403-9 (2016) 工伤", "2021", ("403-9@2018",)),
        ("2-1 Organizational details 2016", "2021", ("2-1@2021",)),
        ("102-1 Name of the organization 2021", "2016", ("102-1@2016",)),
        ("GRI 302: Energy 2021", "2021", "302@2016"),
    ],
)
def test_title_decides_where_the_year_was_never_one_of_the_code(cell, edition, meant):
    reading = only(cell, edition=edition)
    assert (reading.state, reading.note, reading.codes or reading.standard) == ("repaired", "year_by_title", meant)


def test_title_of_a_year_that_the_edition_does_not_have_offers_no_other():
    reading = only("102-1 Name of the organization 2021")
    assert (reading.state, reading.note, reading.offers) == ("refused", "other_edition", ())
    assert reading.params["successors"] == "2-1"


def test_piece_is_shown_as_printed():
    readings = read("GRI 302-1（2016） 能源；２－１ Organizational details , 套话")
    assert [r.text for r in readings] == ["GRI 302-1（2016） 能源", "２－１ Organizational details , 套话"]
    assert (readings[1].title, readings[1].remark) == ("Organizational details", "套话")


def test_text_beside_a_code_that_is_no_title_is_kept_as_a_note():
    reading = only("302-1 our own words")
    assert (reading.state, reading.note, reading.remark) == ("taken", "remark", "our own words")


def test_every_note_has_its_sentence_with_all_it_says():
    source = (Path(reports.gri.__file__).parent / "reading.py").read_text("utf-8")
    own = [key for key in NOTES if not key.startswith("was_") and key not in ("dot", "broken", "zeros")]
    assert all(f'"{key}"' in source for key in own)
    cells = [
        "102-1",
        "103-3 Location of operations",
        "303-3 Water recycled and reused",
        "2.1",
        "307-1",
        "306-3",
        "302-1 x",
    ]
    for edition in EDITIONS:
        for reading in (r for cell in cells for r in read(cell, edition) if r.note):
            for chinese in (True, False):
                said = NOTES[reading.note] % note_params(reading.params, chinese=chinese)
                assert said and not re.search(r"%\(|“”", said)


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(
        st.text(max_size=40), st.from_regex(r"((GRI )?[0-9]{1,3}[-–.~ \n][0-9]{0,3}[;, a]?( \(20(16|25)\))?){1,4}")
    ),
    st.sampled_from(EDITIONS),
)
def test_any_text_is_read_into_identities_that_there_are(cell, edition):
    for reading in read(cell, edition):
        assert reading.state in STATES and set(reading.codes) <= set(GRI.disclosures)
        assert all(edition in GRI.disclosures[code].editions for code in reading.codes)
        assert reading.is_stored or reading.note in NOTES
        assert not reading.standard or reading.standard.partition("@")[0] in GRI.by_number


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(GRI.disclosures)), st.sampled_from(EDITIONS), st.booleans())
def test_spelled_code_is_read_back(identity, edition, whole):
    disclosure = GRI.disclosures[identity]
    if edition in disclosure.editions:
        assert codes(GRI.spell(identity, edition), edition) == [identity]
        title = disclosure.title_zh if whole else disclosure.title_en
        assert codes(f"{GRI.spell(identity, edition)} {title}", edition) == [identity]


@pytest.mark.parametrize("unit", ["1", "G", "GRI ", "102-1–", "–", " 2016", "a,", "(", "2-1-"])
def test_endless_cell_is_read_in_no_time(unit):
    assert read(f"302-1{unit * 4_000}x")


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("2-1 bis 2-5", ["2-1", "2-2", "2-3", "2-4", "2-5"]),
        ("201-1 y 201-2", ["201-1", "201-2"]),
        ("201-1 und 201-2; 201-3 et 201-4", ["201-1", "201-2", "201-3", "201-4"]),
        ("302-1 e 302-3", ["302-1", "302-3"]),
    ],
)
def test_words_of_other_languages_join_codes(cell, wanted):
    readings = read(cell)
    found = [code.partition("@")[0] for reading in readings for code in reading.codes]
    assert found == wanted and all(not reading.remark and not reading.requirement for reading in readings)


@pytest.mark.parametrize(
    "cell",
    ["2-3 a 2-5", "11.1.1 – 11.1.4", "2-1…2-5", "2-1→2-5", "207-4 保密限制", "2-21（信息不可得）", "207-4 Confidential",
     "2-21 nicht berichtet"],
)  # fmt: skip
def test_what_could_be_a_range_or_an_omission_is_never_taken(cell):
    assert not any(reading.is_stored for reading in read(cell))


def test_number_with_the_title_of_its_standard_is_the_standard():
    standards = [
        only(cell).standard for cell in ("302 能源", "302: Energy 2016", "306 Waste", "306 Effluents and Waste")
    ]
    assert standards == ["302@2016", "302@2016", "306@2020", "306@2016"]
    assert only("302 Emissions").state == "refused" and only("Not applicable").note == "none"
