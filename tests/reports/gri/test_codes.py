"""Cells of the outline read into codes: every accepted spelling, every refusal with what to write instead."""

import pytest

from reports.gri.codes import parse_disclosures
from reports.gri.problems import CODE_PROBLEMS


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
