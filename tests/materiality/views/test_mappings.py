"""Mappings of a draft's issues, coverage and the crosswalk's proposals, as people see them."""

import csv
import io
import re
from datetime import date

import pytest

from materiality.actions.mappings import propose_mappings
from materiality.models import Crosswalk, Disclosure, IssueMapping, MappingProposal
from tests.factories.cycles import make_cycle
from tests.factories.drafts import of
from tests.factories.library import make_disclosure, map_issue
from tests.factories.people import log_in

pytestmark = pytest.mark.django_db


def superseded(code: str, by: str, day: date) -> Disclosure:
    return make_disclosure(code, standard_year=2016, kind="disclosure", withdrawn_from=day, replaced_by=by)


def codes_of(edition, code: str) -> set[str]:
    return {str(row) for row in of(edition, code).disclosures.all()}


def address(edition, code: str = "SOC-01-01", what: str = "") -> str:
    return f"/library/drafts/{edition.code}/{of(edition, code).pk}/mappings/{what}"


def test_issue_mappings_adds_and_removes_without_scripts(client, draft):
    log_in(client)
    newer = make_disclosure("102-5", standard_code="102", standard_year=2025)
    older = make_disclosure("102-5", edition="2016", standard_code="102", standard_year=2016)
    page = client.get(address(draft), {"q": "102-5"}).content.decode()
    assert "GRI 2021 102-5 (2025)" in page
    assert "GRI 2016 102-5<" in page
    sent = {"disclosure": newer.pk, "version": of(draft, "SOC-01-01").version, "q": "102-5"}
    response = client.post(address(draft, what="add/"), sent)
    assert response.url == address(draft) + "?q=102-5#add"
    assert codes_of(draft, "SOC-01-01") == {"GRI 2021 305-1", "GRI 2021 102-5"}
    assert f'value="{newer.pk}"' in client.get(address(draft)).content.decode()
    client.post(address(draft, what="remove/"), {"disclosure": newer.pk, "version": sent["version"]}, follow=True)
    assert codes_of(draft, "SOC-01-01") == {"GRI 2021 305-1", "GRI 2021 102-5"}  # the page was an older one
    client.post(address(draft, what="remove/"), {"disclosure": newer.pk, "version": of(draft, "SOC-01-01").version})
    assert codes_of(draft, "SOC-01-01") == {"GRI 2021 305-1"}
    assert older.mappings.count() == 0


def test_issue_mappings_gives_htmx_the_results_alone(client, draft):
    log_in(client)
    make_disclosure("13", "SDG", "2015", title_en="Climate action")
    page = client.get(address(draft), {"q": "climate"}, HTTP_HX_REQUEST="true").content.decode()
    assert "SDG 2015 13" in page
    assert "<h1>" not in page


def test_issue_mappings_offers_no_headings_and_what_is_mapped_no_more(client, draft):
    log_in(client)
    heading = make_disclosure("E", "CNSE", "2024", title_en="Environment")
    make_disclosure("01", "CNSE", "2024", title_en="Environment and climate", parent=heading)
    page = client.get(address(draft), {"q": "environment"}, HTTP_HX_REQUEST="true").content.decode()
    assert ("Exchanges 2024 01" in page, "Exchanges 2024 E<" in page) == (True, False)
    assert "Nothing else is found" in client.get(address(draft), {"q": "305-1"}, HTTP_HX_REQUEST="1").content.decode()


def test_issue_mappings_of_a_published_edition_leads_to_the_issue(client, draft):
    log_in(client)
    published = draft.based_on
    assert client.get(address(published)).url == f"/library/{published.code}/SOC-01-01/"
    other = make_disclosure("2-1")
    client.post(address(published, what="add/"), {"disclosure": other.pk})
    assert codes_of(published, "SOC-01-01") == {"GRI 2021 305-1"}


@pytest.mark.parametrize("path", ["add/", "remove/", "decide/"])
def test_changes_of_mappings_are_refused_to_viewers(client, draft, path):
    log_in(client, "viewer")
    assert client.get(address(draft)).status_code == 200
    assert client.post(address(draft, what=path), {"disclosure": 1}).status_code == 403


def test_coverage_shows_issues_gaps_and_filters(client, draft):
    log_in(client)
    make_disclosure("401-9", title_en="Nobody looks at it")
    page = client.get("/library/coverage/", {"framework": "GRI:2021"}).content.decode()
    assert "1 of 2" in page
    covering = re.findall(rf'href="/library/{draft.based_on.code}/([-A-Z0-9]+)/"', page)
    assert covering == [f"{primary}-0{number}" for primary in ("ENV-01", "SOC-01") for number in (1, 2, 3, 4)]
    assert page.count("No issue") == 1
    only = client.get("/library/coverage/", {"framework": "GRI:2021", "show": "gaps"}).content.decode()
    assert ("401-9" in only, "305-1" in only) == (True, False)
    found = client.get("/library/coverage/", {"framework": "GRI:2021", "q": "ENV-01-02"}).content.decode()
    assert ("305-1" in found, "401-9" in found) == (True, False)


def test_coverage_counts_a_topic_by_what_is_below_it_and_no_heading(client, draft):
    log_in(client)
    heading = make_disclosure("E", "ESRS", "2023", order=1)
    topic = make_disclosure("E1", "ESRS", "2023", parent=heading, order=2)
    below = make_disclosure("E1.1", "ESRS", "2023", parent=topic, order=3)
    make_disclosure("E2", "ESRS", "2023", parent=heading, order=4)
    map_issue(of(draft, "SOC-01-01"), below)
    query = {"framework": "ESRS:2023", "edition": draft.code}
    page = client.get("/library/coverage/", query).content.decode()
    assert "2 of 3" in page
    assert "1 issue below it" in page
    assert "Gaps only 1" in page


def test_coverage_is_sorted_by_its_heads_and_leaves_headings_out_then(client, draft):
    log_in(client)
    heading = make_disclosure("E", "ESRS", "2023", order=1, title_en="Environment")
    for place, title in enumerate(("Water", "Air"), 2):
        below = make_disclosure(f"E{place}", "ESRS", "2023", parent=heading, order=place, title_en=title)
    map_issue(of(draft, "SOC-01-01"), below)
    query = {"framework": "ESRS:2023", "edition": draft.code}
    orders = {}
    for sort in ("code", "-code", "title", "issues"):
        page = client.get("/library/coverage/", query | {"sort": sort}).content.decode()
        orders[sort] = re.findall(r"Environment|Water|Air", page.partition("<tbody>")[2].partition("</tbody>")[0])
    assert orders == {
        "code": ["Environment", "Water", "Air"],
        "-code": ["Air", "Water"],
        "title": ["Air", "Water"],
        "issues": ["Air", "Water"],
    }


def test_coverage_export_holds_every_line_and_marks_gaps(client, draft):
    log_in(client)
    make_disclosure("401-9")
    contents = client.get("/library/coverage/export.csv", {"framework": "GRI:2021"}).content.decode("utf-8-sig")
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(contents))}
    assert {code: row["gap"] for code, row in rows.items()} == {"305-1": "", "401-9": "yes"}
    assert rows["305-1"]["issues"] == "8"


@pytest.mark.parametrize(("day", "warned"), [(date(2026, 12, 31), False), (date(2027, 1, 1), True)])
def test_coverage_warns_of_newer_standards_by_the_day_of_publication(client, draft, day, warned):
    log_in(client)
    make_cycle(period_start=date(2026, 1, 1), period_end=date(2026, 12, 31), published_on=day)
    old = superseded("305-2", "102-6 (2025)", date(2027, 1, 1))
    make_disclosure(
        "GRI 102", standard_code="102", standard_year=2025, kind="standard", title_en="Climate Change",
        effective_from=date(2027, 1, 1),
    )  # fmt: skip
    map_issue(of(draft, "SOC-01-01"), old)
    page = client.get("/library/coverage/", {"framework": "GRI:2021", "edition": draft.code}).content.decode()
    assert ("GRI 102: Climate Change 2025" in page) is warned
    assert ("replaces 305-2." in page) is warned


@pytest.fixture
def proposed(draft):
    source, issue = make_disclosure("102-8", edition="2016"), of(draft, "SOC-01-01")
    for code in ("2-7", "2-8"):
        Crosswalk.objects.create(source=source, target=make_disclosure(code), relation="split", note_en="doubt: both")
    IssueMapping.objects.create(issue=issue, disclosure=source)
    return draft


def test_mapping_proposals_are_confirmed_and_dismissed(client, proposed):
    log_in(client)
    listed = f"/library/drafts/{proposed.code}/mappings/"
    assert "Nothing is proposed yet" in client.get(listed).content.decode()
    client.post(f"{listed}propose/")
    page = client.get(listed).content.decode()
    for words in ("GRI 2016 102-8", "GRI 2021 2-7", "split", "doubt: both", "Confirm all"):
        assert words in page
    first, second = MappingProposal.objects.order_by("pk")
    decide = address(proposed, what="decide/")
    client.post(decide, {"proposals": str(first.pk), "state": "confirmed"})
    assert "GRI 2021 2-7" in codes_of(proposed, "SOC-01-01")
    again = client.post(decide, {"proposals": f"{first.pk},{second.pk}", "state": "confirmed"}, follow=True)
    assert "Somebody else has decided" in again.content.decode()
    client.post(decide, {"proposals": str(second.pk), "state": "dismissed"})
    assert codes_of(proposed, "SOC-01-01") == {"GRI 2021 305-1", "GRI 2016 102-8", "GRI 2021 2-7"}
    assert client.get(listed, {"sort": "number"}).status_code == 200
    assert "All proposals are decided." in client.get(listed).content.decode()


def test_pages_of_mappings_take_few_queries(client, proposed, django_assert_max_num_queries):
    log_in(client)
    propose_mappings(edition=proposed, by=None)
    make_cycle()
    paths = (address(proposed), f"/library/drafts/{proposed.code}/mappings/", "/library/coverage/")
    for path in paths:
        with django_assert_max_num_queries(15):
            assert client.get(path).status_code == 200


def test_cycle_page_names_newer_standards_that_concern_its_issues(client, draft, django_assert_max_num_queries):
    log_in(client)
    map_issue(of(draft.based_on, "SOC-01-01"), superseded("304-1", "101-5 (2024)", date(2026, 1, 1)))
    named = {"kind": "standard", "title_en": "Biodiversity", "effective_from": date(2026, 1, 1)}
    make_disclosure("GRI 101", standard_code="101", standard_year=2024, **named)
    cycle = make_cycle(period_start=date(2026, 1, 1), period_end=date(2026, 12, 31))
    with django_assert_max_num_queries(15):
        page = client.get(f"/cycles/{cycle.code}/").content.decode()
    assert "GRI 101: Biodiversity 2024 (from 2026-01-01) replaces 304-1." in page
    assert "GRI 102" not in page
