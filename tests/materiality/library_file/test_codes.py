"""Titles of ESRS matters and exchange topics resolve to codes, or to an error with the nearest title."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from materiality.library_file.catalogues import read_catalogues
from materiality.library_file.codes import MappingCodes, UnknownTitle, resolve_esrs, resolve_exchange
from tests.materiality.library_file.fixture_folder import FOLDER

ESRS = {
    "E": ("Environmental", ""),
    "E1": ("Climate change", "E"),
    "E1.2": ("Climate change mitigation", "E1"),
    "E1.3": ("Energy", "E1"),
    "E5": ("Circular economy", "E"),
    "E5.1": ("Resources inflows, including resource use", "E5"),
    "S1": ("Own workforce", "S"),
    "S1.1": ("Working conditions", "S1"),
    "S1.1.1": ("Secure employment", "S1.1"),
    "S2": ("Workers in the value chain", "S"),
    "S2.1": ("Working conditions", "S2"),
    "S2.1.1": ("Secure employment", "S2.1"),
    "S3": ("Affected communities", "S"),
    "S3.1": ("Communities’ economic, social and cultural rights", "S3"),
    "S4": ("Consumers and end-users", "S"),
    "S4.1": ("Information-related impacts for consumers and/or end-users", "S4"),
    "S4.1.1": ("Privacy", "S4.1"),
    "ESRS 2": ("General disclosures", ""),
    "GOV-1": ("The role of the administrative, management and supervisory bodies", "ESRS 2"),
}
EXCHANGE = {"E": ("环境信息披露", ""), "01": ("应对气候变化", "E"), "02": ("污染物排放", "E")}


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("E1: Climate change mitigation", "E1.2"),
        ("E5: Resources inflows, including resource use", "E5.1"),
        ("S1: Working conditions / Secure employment", "S1.1.1"),
        ("S2: Working conditions / Secure employment", "S2.1.1"),
        ("S4: Information-related impacts for consumers and/or end-users / Privacy", "S4.1.1"),
        ("S4", "S4"),
        ("ESRS 2: GOV-1", "GOV-1"),
        ("ESRS 2: The role of the administrative, management and supervisory bodies", "GOV-1"),
        ("GOV-1", "GOV-1"),
        ("S1.1.1", "S1.1.1"),
        ("S1: S1.1 / S1.1.1", "S1.1.1"),
        ("S3: Communities' economic, social and cultural rights", "S3.1"),
        (" E1：climate  CHANGE mitigation ", "E1.2"),
        ("S1: Working conditions ／ Secure employment", "S1.1.1"),
    ],
)
def test_esrs_title_accepted(title, code):
    assert resolve_esrs(title, ESRS) == code


@pytest.mark.parametrize(
    ("title", "nearest"),
    [
        ("E1: Climate change mitigations", "E1: Climate change mitigation"),
        ("S1: Secure employment", "S1: Working conditions / Secure employment"),
        ("S2: Working conditions / Secure employement", "S2: Working conditions / Secure employment"),
        ("E9: Energy", "E1: Energy"),
        ("ESRS 2: GOV-9", "ESRS 2: GOV-1"),
        ("Climate change mitigation", "E1: Climate change mitigation"),
        ("E1:", "E1"),
        ("S1: Working conditions / ", "S1: Working conditions"),
    ],
)
def test_esrs_title_unknown_names_the_nearest(title, nearest):
    with pytest.raises(UnknownTitle) as error:
        resolve_esrs(title, ESRS)
    assert (error.value.title, error.value.nearest) == (title, nearest)


def test_esrs_title_error_reads_as_a_sentence():
    with pytest.raises(UnknownTitle, match="“E9: Energy” is not in the catalogue; the nearest is “E1: Energy”"):
        resolve_esrs("E9: Energy", ESRS)


def test_esrs_title_in_empty_catalogue_has_no_nearest():
    with pytest.raises(UnknownTitle, match="“E1” is not in the catalogue$"):
        resolve_esrs("E1", {})


@given(st.text(max_size=40))
def test_esrs_title_gives_a_code_or_an_error(text):
    try:
        assert resolve_esrs(text, ESRS) in ESRS
    except UnknownTitle as error:
        assert error.title == text


@pytest.mark.parametrize(("title", "code"), [("应对气候变化", "01"), (" 污染物 排放 ", "02"), ("02", "02")])
def test_exchange_title_accepted(title, code):
    assert resolve_exchange(title, EXCHANGE) == code


@pytest.mark.parametrize(
    ("title", "nearest"), [("应对气侯变化", "应对气候变化"), ("污染排放", "污染物排放"), ("E", "应对气候变化")]
)
def test_exchange_title_unknown_names_the_nearest(title, nearest):
    with pytest.raises(UnknownTitle) as error:
        resolve_exchange(title, EXCHANGE)
    assert (error.value.title, error.value.nearest) == (title, nearest)


def test_exchange_group_heading_is_no_topic():
    with pytest.raises(UnknownTitle):
        resolve_exchange("环境信息披露", EXCHANGE)


@pytest.fixture(scope="module")
def codes():
    return MappingCodes(read_catalogues(FOLDER))


@pytest.mark.parametrize(
    ("column", "part", "code"),
    [
        ("gri_2021", "GRI 403", "GRI 403"),
        ("gri_2021", "GRI 403: Occupational Health and Safety 2018", "GRI 403"),
        ("gri_2021", "GRI 102: Climate Change", "GRI 102"),
        ("gri_2016", "GRI 102：一般披露 2016", "GRI 102"),
        ("gri_2021", "305-1 Direct (Scope 1) GHG emissions", "305-1"),
        ("gri_2021", "11.9", "11.9"),
        ("sdgs", "SDG8", "8"),
        ("sdgs", "Target 8.5", "8.5"),
        ("hkex", "KPI A1.1", "A1.1"),
        ("hkex", "A4", "D"),
        ("esrs", "S1-14", "S1-14"),
    ],
)
def test_code_is_known_as_companies_write_it(codes, column, part, code):
    assert codes.resolve(column, part)[2] == code


@pytest.mark.parametrize(
    ("column", "part", "kind"),
    [
        ("gri_2021", "GRI 403: Energy", "unknown_code"),
        ("gri_2021", "GRI 403: Occupational Health and Safety 2016", "unknown_code"),
        ("gri_2021", "14.2", "unknown_code"),
        ("gri_2016", "101-1", "foundation"),
        ("gri_2016", "GRI 101", "foundation"),
        ("gri_2016", "GRI 101: Foundation 2016", "foundation"),
        ("gri_2016", "GRI 101：基础 2016", "foundation"),
        ("gri_2016", "101 Foundation", "foundation"),
    ],
)
def test_code_that_means_nothing_is_refused(codes, column, part, kind):
    assert codes.resolve(column, part).kind == kind
