"""Properties of reading codes, over the whole catalogues."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.gri.catalogue import catalogue_from_rows, code_key
from reports.gri.codes import parse_disclosures
from reports.gri.crosswalk import crosswalk_from_rows
from reports.gri.nearest import spell_standard
from reports.gri.problems import CODE_PROBLEMS
from tests.reports.gri.conftest import read

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
