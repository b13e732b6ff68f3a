"""Cells of the outline read into codes: every accepted spelling, every refusal with what to write instead."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reports.gri
from reports.gri.codes import (
    CODE_PROBLEMS,
    INDEX_WARNINGS,
    CrosswalkRow,
    Proposal,
    catalogue_from_rows,
    code_key,
    crosswalk_from_rows,
    is_sector_code,
    parse_disclosures,
    propose,
    spell_standard,
)
from tests.reports.gri.conftest import read


def problem_of(text, catalogue, other, crosswalk=()):
    parsed = parse_disclosures(text, catalogue, other, crosswalk)
    assert len(parsed.problems) == 1
    return parsed.problems[0]


@pytest.mark.parametrize(
    "text",
    [
        "GRI 102-1",
        "GRI102-1",
        "gri 102-1",
        "102-1",
        "Disclosure 102-1",
        "GRI Disclosure 102-1",
        "G102-1",
        "102.1",
        "披露项 102-1",
        "披露项102-1",
        "GRI 披露项：102-1",
        "１０２－１",
        "ＧＲＩ　１０２－１",
        "102–1",
        "102—1",
        "102‑1",
        "102 - 1",
        "102-01",
        "GRI 102-1 (2016)",
        "GRI 102-1（2016）",
        "GRI 102-1 2016",
        "GRI 102-1: Name of the organization",
        "102-1 组织名称",
        "  102-1 ; ",
    ],
)
def test_code_accepted_in_2016(text, gri_2016, gri_2021):
    parsed = parse_disclosures(text, gri_2016, gri_2021)
    assert (parsed.codes, parsed.problems) == (["102-1"], [])


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("GRI 2-1", ["2-1"]),
        ("Disclosure 2-1", ["2-1"]),
        ("G2-1", ["2-1"]),
        ("2.1", ["2-1"]),
        ("GRI 3-3: 实质性议题的管理", ["3-3"]),
        ("GRI 303-1 (2018)", ["303-1"]),
        ("GRI 102-1 (2025)", ["102-1"]),
        ("102-10（2025）", ["102-10"]),
        ("103-4 (2025)", ["103-4"]),
        ("GRI 102-1 ~ 102-3 (2025)", ["102-1", "102-2", "102-3"]),
        ("102-1 (2025) ~ 102-3 (2025)", ["102-1", "102-2", "102-3"]),
        ("GRI 103: Energy 2025", ["103-1", "103-2", "103-3", "103-4", "103-5"]),
        ("GRI 101-1; GRI 101: Biodiversity 2024", [f"101-{number}" for number in range(1, 9)]),
        ("GRI 206: 不当竞争行为", ["206-1"]),
    ],
)
def test_code_accepted_in_2021(text, codes, gri_2016, gri_2021):
    parsed = parse_disclosures(text, gri_2021, gri_2016)
    assert (parsed.codes, parsed.problems) == (codes, [])


@pytest.mark.parametrize(
    "text",
    [
        "205-1;205-2;205-3",
        "205-1；205-2；205-3",
        "205-1, 205-2，205-3",
        "205-1、205-2\n205-3\r\n",
        "205-1 ~ 205-3",
        "205-1～205-3",
        "205-1〜205-3",
        "205-1至205-3",
        "205-1到205-3",
        "205-1 to 205-3",
        "205-1-205-3",
        "205-1 - 205-3",
        "GRI 205-1 – GRI 205-3",
        "205-1——205-3",
        "205-1~3",
        "205-1–3",
        "205–1–3",
        "205-1至3",
        "GRI 205",
        "GRI205",
        "GRI 205: Anti-corruption 2016",
        "GRI 205：反腐败 2016",
        "GRI 205 (2016)",
        "GRI 205 2016",
        "GRI 205 – Anti-corruption",
    ],
)
def test_several_codes_accepted(text, gri_2016, gri_2021):
    parsed = parse_disclosures(text, gri_2016, gri_2021)
    assert (parsed.codes, parsed.problems) == (["205-1", "205-2", "205-3"], [])


def test_codes_keep_their_order_and_stand_once(gri_2016, gri_2021):
    parsed = parse_disclosures("419-1; 205-2; GRI 205; 419-1", gri_2016, gri_2021)
    assert (parsed.codes, parsed.problems) == (["419-1", "205-2", "205-1", "205-3"], [])


@pytest.mark.parametrize("text", ["", "  ", ";；,\n"])
def test_empty_cell_has_no_codes(text, gri_2016, gri_2021):
    parsed = parse_disclosures(text, gri_2016, gri_2021)
    assert (parsed.codes, parsed.problems) == ([], [])


@pytest.mark.parametrize("text", ["11.2.1", "GRI 11.2.1", "11.02.1"])
def test_sector_topic_is_kept(text, gri_2016, gri_2021):
    parsed = parse_disclosures(text, gri_2021, gri_2016)
    assert (parsed.codes, parsed.problems) == (["11.2.1"], [])


@pytest.mark.parametrize(
    ("text", "code", "suggestions"),
    [
        ("102-60", "unknown_code", ("102-56", "102-55", "102-54")),
        ("309-1", "unknown_code", ("308-1", "307-1", "306-1")),
        ("102-1 ~ 102-60", "unknown_code", ("102-56", "102-55", "102-54")),
        ("GRI 309", "unknown_standard", ("GRI 308", "GRI 307", "GRI 306")),
        ("3021", "not_a_code", ("302-1", "402-1", "308-1")),
        ("302", "not_a_code", ("GRI 302",)),
        ("102-1a", "not_a_code", ("102-1",)),
        ("102-1-a", "not_a_code", ("102-1",)),
        ("102-1-13", "not_a_code", ("102-1 ~ 102-13",)),
        ("102-13-1", "not_a_code", ("102-1 ~ 102-13",)),
        ("１０２－１甲２", "wrong_title", ("102-1",)),
        ("第１０２－１項", "not_a_code", ("102-1",)),
        ("n/a", "not_a_code", ()),
        ("201-1 ~ 202-1", "two_standards", ()),
        ("205-3 ~ 205-1", "backwards", ()),
        ("GRI 303-1 (2016)", "wrong_year", ("303-1",)),
        ("GRI 306: Waste 2016", "wrong_year", ("GRI 306",)),
        ("GRI 302: Emissions", "wrong_title", ("GRI 302",)),
        ("102-1 not reported", "wrong_title", ("102-1",)),
    ],
)
def test_bad_part_in_2016(text, code, suggestions, gri_2016, gri_2021):
    problem = problem_of(text, gri_2016, gri_2021)
    assert (problem.value, problem.code) == (text, code)
    assert problem.suggestions == suggestions


@pytest.mark.parametrize("text", ["102-1", "GRI 102-1", "102-1 ~ 102-10", "G102-1"])
def test_reused_code_without_year_names_both_meanings(text, gri_2016, gri_2021):
    problem = problem_of(text, gri_2021, gri_2016)
    assert (problem.code, problem.suggestions) == ("year_needed", ("GRI 102-1 (2025)",))
    assert CODE_PROBLEMS[problem.code] % problem.params_in("en") == (
        f"“{text}” has two meanings: 102-1 was “Name of the organization” in GRI edition 2016 and is "
        "“Transition plan for climate change mitigation” since 2025. "
        "Write “GRI 102-1 (2025)” if you mean the new one."
    )
    assert problem.params_in("zh-hans")["old_title"] == "组织名称"
    assert problem.params_in("zh-hans")["title"] == "减缓气候变化的转型计划"


@pytest.mark.parametrize("code", [*(f"102-{n}" for n in range(1, 11)), *(f"103-{n}" for n in range(1, 6))])
def test_reused_code_needs_its_year(code, gri_2016, gri_2021):
    assert parse_disclosures(code, gri_2021, gri_2016).codes == []
    assert parse_disclosures(f"GRI {code} (2025)", gri_2021, gri_2016).codes == [code]
    assert parse_disclosures(f"GRI {code} (2024)", gri_2021, gri_2016).problems[0].code == "wrong_year"


def test_reused_standard_without_year_names_both_meanings(gri_2016, gri_2021):
    problem = problem_of("GRI 102", gri_2021, gri_2016)
    assert (problem.code, problem.suggestions) == ("year_needed", ("GRI 102 (2025)",))
    params = problem.params_in("en")
    assert (params["code"], params["old_title"], params["title"]) == (
        "GRI 102",
        "General Disclosures",
        "Climate Change",
    )


def test_new_code_of_reused_standard_names_the_old_standard(gri_2016, gri_2021):
    problem = problem_of("103-4", gri_2021, gri_2016)
    assert CODE_PROBLEMS[problem.code] % problem.params_in("en") == (
        "“103-4”: GRI 103 was “Management Approach” in edition 2016; since 2025 103-4 is “Energy intensity”. "
        "Write “GRI 103-4 (2025)” if you mean it."
    )


@pytest.mark.parametrize(
    ("text", "title", "suggestions"),
    [
        ("102-11", "Precautionary Principle or approach", ("2-23",)),
        ("102-5 (2016)", "Ownership and legal form", ("2-1",)),
        ("307-1", "Non-compliance with environmental laws and regulations", ("2-27",)),
        ("GRI 412", "Human Rights Assessment", ("3-3", "2-24")),
        ("GRI 102: General Disclosures 2016", "General Disclosures", ("2-1", "2-6", "2-7", "2-8", "2-23")),
    ],
)
def test_code_of_2016_in_2021_is_offered_its_successors(text, title, suggestions, gri_2016, gri_2021, crosswalk):
    problem = problem_of(text, gri_2021, gri_2016, crosswalk)
    assert (problem.code, problem.suggestions) == ("other_edition", suggestions)
    assert problem.params_in("en")["title"] == title


@pytest.mark.parametrize(("text", "suggestions"), [("2-27", ("307-1", "419-1")), ("102-5 (2025)", ("305-1",))])
def test_code_of_2021_in_2016_is_offered_its_predecessors(text, suggestions, gri_2016, gri_2021, crosswalk):
    problem = problem_of(text, gri_2016, gri_2021, crosswalk)
    assert (problem.code, problem.suggestions) == ("other_edition", suggestions)


def test_problems_are_all_reported_and_good_parts_kept(gri_2016, gri_2021):
    parsed = parse_disclosures("205-1; 102-99; 套话; 418-1; 102-60 ~ 102-70", gri_2016, gri_2021)
    assert parsed.codes == ["205-1", "418-1"]
    assert [(problem.value, problem.code) for problem in parsed.problems] == [
        ("102-99", "unknown_code"),
        ("套话", "not_a_code"),
        ("102-60 ~ 102-70", "unknown_code"),
    ]


@pytest.mark.parametrize("unit", ["1", "G", "GRI ", "102-1–", "–", " 2016"])
def test_endless_part_is_not_a_code(unit, gri_2016, gri_2021):
    text = f"102-1{unit * 8_000}x"
    problem = problem_of(text, gri_2016, gri_2021)
    assert (problem.value, problem.code) == (text, "not_a_code")


def test_catalogue_keeps_its_own_edition(gri_2016, gri_2021):
    assert (len(gri_2016.disclosures), len(gri_2021.disclosures)) == (148, 140)
    assert gri_2016["102-1"].title_en == "Name of the organization"
    assert gri_2021["102-1"].title_en == "Transition plan for climate change mitigation"


def test_standards_list_codes_in_natural_order(gri_2016):
    assert gri_2016.standards["403"] == tuple(f"403-{number}" for number in range(1, 11))
    assert sum(len(codes) for codes in gri_2016.standards.values()) == 148


def test_year_is_that_of_the_standard(gri_2016, gri_2021):
    assert [gri_2016.year(standard) for standard in ("102", "207", "303", "306")] == [2016, 2019, 2018, 2020]
    assert [gri_2021.year(standard) for standard in ("2", "101", "102", "303")] == [2021, 2024, 2025, 2018]
    with pytest.raises(KeyError):
        gri_2021.year("307")


def test_year_is_needed_for_reused_numbers_only(gri_2016, gri_2021):
    assert [standard for standard in gri_2021.standards if gri_2021.needs_year(standard)] == ["102", "103"]
    assert [standard for standard in gri_2016.standards if gri_2016.needs_year(standard)] == []


def test_spell_writes_the_year_where_it_is_needed(gri_2016, gri_2021):
    assert gri_2016.spell("102-1") == "102-1"
    assert gri_2021.spell("102-1") == "GRI 102-1 (2025)"
    assert gri_2021.spell("302-1") == "302-1"
    assert gri_2021.spell("11.2.1") == "11.2.1"


def test_code_key_orders_naturally():
    codes = ["102-10", "3-3", "102-9", "11.10.1", "2-10", "11.2.1", "2-2", "201-1"]
    assert sorted(codes, key=code_key) == [
        "2-2",
        "2-10",
        "3-3",
        "11.2.1",
        "11.10.1",
        "102-9",
        "102-10",
        "201-1",
    ]


@given(st.tuples(st.integers(1, 999), st.integers(1, 99)), st.tuples(st.integers(1, 999), st.integers(1, 99)))
def test_code_key_compares_as_numbers(first, second):
    assert (code_key("{}-{}".format(*first)) < code_key("{}-{}".format(*second))) == (first < second)


def test_sector_code_needs_three_parts_and_a_sector_standard():
    assert [code for code in ("11.2.1", "14.10.3", "15.1.1", "11.2", "11-2", "102-1") if is_sector_code(code)] == [
        "11.2.1",
        "14.10.3",
    ]


ROWS = read("gri_disclosures.csv")
CROSSWALK = crosswalk_from_rows(read("gri_2016_to_2021.csv"))
EDITIONS = {edition: catalogue_from_rows(edition, ROWS) for edition in ("2016", "2021")}
OTHER = {"2016": EDITIONS["2021"], "2021": EDITIONS["2016"]}
FULL_WIDTH = {ord(letter): ord(letter) + 0xFEE0 for letter in "0123456789-.()GRI"}

editions = st.sampled_from(sorted(EDITIONS))
prefixes = st.sampled_from(
    ["", "GRI ", "GRI", "gri-", "G", "Disclosure ", "GRI Disclosure ", "披露项 ", "披露项", "标准："]
)
hyphens = st.sampled_from(["-", "–", "—", "‑", ".", " - ", "－"])
range_signs = st.sampled_from(["~", " ~ ", "～", "至", " 到 ", " to ", " – ", "——", " - "])
separators = st.sampled_from([";", "；", ",", "，", "、", "\n", "; ", " \r\n"])


def parse(text, edition):
    return parse_disclosures(text, EDITIONS[edition], OTHER[edition], CROSSWALK)


@st.composite
def spelled(draw, edition, code):
    standard, number = code.split("-")
    found = EDITIONS[edition][code]
    text = draw(prefixes) + standard + draw(hyphens) + number
    if EDITIONS[edition].needs_year(standard) or draw(st.booleans()):
        text += draw(st.sampled_from([" ({})", "（{}）", " {}"])).format(found.standard_year)
    return text.translate(FULL_WIDTH) if draw(st.booleans()) else text


@settings(max_examples=300, deadline=None)
@given(st.data(), editions)
def test_code_in_any_accepted_spelling_gives_the_code(data, edition):
    code = data.draw(st.sampled_from(sorted(EDITIONS[edition].disclosures)))
    parsed = parse(data.draw(spelled(edition, code)), edition)
    assert (parsed.codes, parsed.problems) == ([code], [])


@settings(max_examples=100, deadline=None)
@given(st.data(), editions)
def test_cell_of_any_codes_gives_them_in_order(data, edition):
    known = st.sampled_from(sorted(EDITIONS[edition].disclosures))
    codes = data.draw(st.lists(known, max_size=6))
    text = "".join(data.draw(spelled(edition, code)) + data.draw(separators) for code in codes)
    parsed = parse(text, edition)
    assert (parsed.codes, parsed.problems) == (list(dict.fromkeys(codes)), [])


@settings(max_examples=200, deadline=None)
@given(st.data(), editions)
def test_range_gives_the_slice_of_the_catalogue(data, edition):
    catalogue = EDITIONS[edition]
    codes = catalogue.standards[data.draw(st.sampled_from(sorted(catalogue.standards)))]
    first = data.draw(st.integers(0, len(codes) - 1))
    last = data.draw(st.integers(first, len(codes) - 1))
    text = data.draw(spelled(edition, codes[first])) + data.draw(range_signs) + data.draw(spelled(edition, codes[last]))
    parsed = parse(text, edition)
    assert (parsed.codes, parsed.problems) == (list(codes[first : last + 1]), [])


@pytest.mark.parametrize("edition", sorted(EDITIONS))
def test_whole_standard_gives_all_its_disclosures(edition):
    catalogue = EDITIONS[edition]
    for standard, codes in catalogue.standards.items():
        found = catalogue[codes[0]]
        for title in ("", f": {found.standard_title_en}", f"：{found.standard_title_zh}"):
            parsed = parse(f"GRI {standard}{title} {found.standard_year}", edition)
            assert (parsed.codes, parsed.problems) == (list(codes), [])
        assert parse(spell_standard(standard, catalogue), edition).codes == list(codes)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=20),
        st.from_regex(r"(GRI )?[0-9]{1,3}[-–.~ ][0-9]{0,3}( ?[-~至] ?[0-9]{1,3})?( \(20(16|25)\))?", fullmatch=True),
    ),
    editions,
)
def test_any_text_gives_codes_of_the_edition_or_a_problem_that_can_be_shown(text, edition):
    parsed = parse(text, edition)
    assert set(parsed.codes) <= set(EDITIONS[edition].disclosures) | {c for c in parsed.codes if c.count(".") == 2}
    for problem in parsed.problems:
        for language in ("en", "zh-hans"):
            assert problem.value in CODE_PROBLEMS[problem.code] % problem.params_in(language)
        for suggestion in problem.suggestions:
            assert parse(suggestion, edition).problems == []
            assert parse(suggestion, edition).codes != []


@pytest.mark.parametrize("edition", sorted(EDITIONS))
def test_spelling_of_every_code_can_be_read_back(edition):
    codes = sorted(EDITIONS[edition].disclosures, key=code_key)
    cell = ";".join(EDITIONS[edition].spell(code) for code in codes)
    assert parse(cell, edition).codes == codes


def test_crosswalk_forward_lists_every_successor(crosswalk):
    assert propose("102-8", crosswalk) == [
        Proposal("2-7", "split", "employees"),
        Proposal("2-8", "split", "workers who are not employees"),
    ]


def test_crosswalk_forward_without_successor_says_where_it_went(crosswalk):
    assert [(found.to_code, found.relation) for found in propose("102-55", crosswalk)] == [("", "moved")]


def test_crosswalk_backward_lists_every_predecessor(crosswalk):
    found = propose("2-27", crosswalk, to_edition="2016")
    assert [(proposal.to_code, proposal.relation) for proposal in found] == [("307-1", "merged"), ("419-1", "merged")]


def test_crosswalk_keeps_editions_apart(crosswalk):
    """102-5 is the legal form in 2016 and scope 1 emissions in the standard of 2025."""
    assert [found.to_code for found in propose("102-5", crosswalk, "2021")] == ["2-1"]
    assert [found.to_code for found in propose("102-5", crosswalk, "2016")] == ["305-1"]


def test_crosswalk_of_unknown_code_is_empty(crosswalk):
    assert propose("999-1", crosswalk) == []
    assert propose("999-1", crosswalk, "2016") == []


def test_crosswalk_to_unknown_edition_is_refused(crosswalk):
    with pytest.raises(ValueError, match="2013"):
        propose("102-1", crosswalk, "2013")


def test_crosswalk_forward_and_backward_agree(crosswalk, gri_2016, gri_2021):
    forward = {(code, p.to_code) for code in gri_2016.disclosures for p in propose(code, crosswalk) if p.to_code}
    backward = {(p.to_code, code) for code in gri_2021.disclosures for p in propose(code, crosswalk, "2016")}
    assert forward == backward == {(row.from_code, row.to_code) for row in crosswalk if row.to_code}


def test_crosswalk_row_order_is_kept():
    rows = [CrosswalkRow("1-1", "2-2", "split", "b"), CrosswalkRow("1-1", "2-1", "split", "a")]
    assert [found.to_code for found in propose("1-1", rows)] == ["2-2", "2-1"]


def test_templates_are_exactly_those_in_use():
    sources = {path.name: path.read_text(encoding="utf-8") for path in Path(reports.gri.__file__).parent.glob("*.py")}
    for key in {*CODE_PROBLEMS, *INDEX_WARNINGS}:
        # Once where its template stands, and again where it is used.
        assert sum(source.count(f'"{key}"') for source in sources.values()) > 1, key
    refused = re.findall(r'Refused\(\s*"(\w+)"', "".join(sources.values()))
    warned = re.findall(r'IndexWarning\(\s*"(\w+)"', sources["index.py"])
    assert set(refused) <= set(CODE_PROBLEMS)
    assert set(warned) <= set(INDEX_WARNINGS)
