"""Pages of editions: list, start, publish, discard, errata, comparison."""

import csv
import io
import json
import re

import pytest

from materiality.actions.drafts import change_issue, merge_issues
from materiality.models import Edition, Erratum, Proposal
from tests.factories.cycles import make_cycle, small_library
from tests.factories.drafts import of, texts
from tests.factories.library import make_edition
from tests.factories.people import log_in
from tests.factories.surveys import make_open_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(draft):
    issue = of(draft, "SOC-01-04")
    change_issue(issue=issue, texts=texts(issue, name_zh="隐私<b>", name_en="Privacy"), by=None)
    merge_issues(into=of(draft, "SOC-01-01"), others=[of(draft, "SOC-01-02")], by=None, reason="One thing")
    return draft


@pytest.mark.parametrize(("number", "queries"), [(1, 8), (30, 8)])
def test_editions_are_a_few_queries(client, number, queries, django_assert_max_num_queries):
    for _place in range(number):
        make_edition(state="superseded")
    log_in(client)
    with django_assert_max_num_queries(queries):
        page = client.get("/library/editions/").content.decode()
    assert page.count('<th scope="row">') == number


def test_editions_offer_what_the_role_may_do(client, draft):
    offers = {}
    for role in ("viewer", "analyst", "lead"):
        log_in(client, role)
        page = client.get("/library/editions/").content.decode()
        offers[role] = ("Work on the draft" in page, "/discard/" in page, "/publish/" in page)
    assert offers == {"viewer": (False, False, False), "analyst": (True, True, False), "lead": (True, True, True)}


def test_empty_library_says_how_to_load_one(client):
    log_in(client)
    assert "python manage.py load_library" in client.get("/library/editions/").content.decode()


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("committee", 403), ("analyst", 302)])
def test_start_draft_is_for_those_who_may(client, role, status):
    small_library()
    log_in(client, role)
    values = {"code": "autumn", "title_zh": "秋季", "title_en": "Autumn", "note": "Half-yearly"}
    assert client.post("/library/editions/start/", values).status_code == status
    assert Edition.objects.filter(code="autumn", note="Half-yearly").exists() == (status == 302)


def test_start_draft_with_a_taken_code_comes_back_with_the_reason(client):
    edition = small_library()
    log_in(client)
    values = {"code": edition.code, "title_zh": "秋季", "title_en": "Autumn"}
    assert "already an edition with the code" in client.post("/library/editions/start/", values).content.decode()


@pytest.mark.parametrize(("role", "status"), [("analyst", 403), ("committee", 403), ("lead", 302)])
def test_publish_is_for_leads(client, draft, role, status):
    log_in(client, role)
    assert client.post(f"/library/editions/{draft.code}/publish/").status_code == status
    draft.refresh_from_db()
    assert draft.state == ("published" if status == 302 else "draft")


def test_publish_page_names_what_is_unfinished_and_asks_why(client, draft, django_assert_max_num_queries):
    issue = of(draft, "SOC-01-03")
    change_issue(issue=issue, texts=texts(issue, name_en=""), by=None)
    Proposal.objects.create(kind="new", name_zh="新", name_en="Drinking water")
    make_cycle()
    log_in(client, "lead")
    address = f"/library/editions/{draft.code}/publish/"
    with django_assert_max_num_queries(15):
        page = client.get(address).content.decode()
    for text in ("1 suggestion is not decided yet.", "Drinking water", "1 issue lacks a translation.", "SOC-01-03"):
        assert text in page
    assert "This field is required." in client.post(address).content.decode()
    assert client.post(address, {"acknowledged": "Follows in May"}).status_code == 302


def test_discard_asks_and_then_deletes(client, draft):
    log_in(client)
    address = f"/library/editions/{draft.code}/discard/"
    assert "its 2 changes" in client.get(address).content.decode()
    assert client.post(address, {"reason": "Too early"}).status_code == 302
    assert not Edition.objects.filter(pk=draft.pk).exists()
    assert client.get(address).status_code == 404


def errata_values(issue, **changes) -> dict:
    return {**vars(texts(issue)), "reason": "Typo", "version": issue.version, **changes}


@pytest.mark.parametrize(("role", "status", "corrected"), [("viewer", 403, 0), ("analyst", 302, 2)])
def test_errata_correct_every_text_that_differs(client, role, status, corrected):
    edition = small_library()
    issue = of(edition, "SOC-01-01")
    log_in(client, role)
    address = f"/library/errata/{edition.code}/SOC-01-01/"
    values = errata_values(issue, name_zh="正确", name_en="Right")
    assert client.post(address, values).status_code == status
    assert Erratum.objects.count() == corrected
    page = client.get(address).content.decode()
    assert ("<ins>Right</ins>" in page, '<form method="post" data-guard' in page) == (role == "analyst",) * 2


def test_errata_while_a_survey_is_open_say_so(client):
    edition = small_library()
    make_open_survey(make_cycle())
    log_in(client)
    page = client.get(f"/library/errata/{edition.code}/SOC-01-01/").content.decode()
    assert "is open on this edition" in page and "Correct the spelling" not in page


def test_errata_that_somebody_corrected_meanwhile_are_not_overwritten(client):
    edition = small_library()
    issue = of(edition, "SOC-01-01")
    log_in(client)
    address = f"/library/errata/{edition.code}/SOC-01-01/"
    client.post(address, errata_values(issue, name_en="First"))
    page = client.post(address, errata_values(issue, name_en="Second")).content.decode()
    assert "was corrected meanwhile" in page and 'value="Second"' in page
    assert of(edition, "SOC-01-01").name_en == "First"
    assert "No text was changed." in client.post(address, errata_values(of(edition, "SOC-01-01"))).content.decode()


def test_comparison_marks_words_in_both_languages(client, draft, django_assert_max_num_queries):
    make_cycle()
    log_in(client, "viewer")
    with django_assert_max_num_queries(15):
        page = client.get("/library/compare/").content.decode()
    assert "<del>议题 SOC-01-04</del><ins>隐私&lt;b&gt;</ins>" in page
    assert "<ins>Privacy</ins>" in page
    assert "SOC-01-02 Issue SOC-01-02" in page and "One thing" in page
    renamed = client.get("/library/compare/", {"kind": "renamed"}).content.decode()
    assert (renamed.count('<article class="difference">'), page.count('<article class="difference">')) == (1, 2)
    orders = {
        sort: client.get("/library/compare/", {"sort": sort}).content.decode() for sort in ("kind", "-code", "name")
    }
    assert {sort: re.findall(r'<header><span class="code">(.*?)<', each) for sort, each in orders.items()} == {
        "kind": ["SOC-01-01", "SOC-01-04"],
        "-code": ["SOC-01-04", "SOC-01-01"],
        "name": ["SOC-01-01", "SOC-01-04"],
    }


def codes_of(page: str) -> list[str]:
    return re.findall(r'id="i-([^"]+)"', page)


def test_draft_is_shown_in_the_order_chosen_and_moved_by_hand_in_its_own(client, draft):
    log_in(client, "lead")
    pages = {
        order: client.get(f"/library/drafts/{draft.code}/?sort={order}").content.decode() for order in ("", "name")
    }
    assert ("/reorder/" in pages[""], "/reorder/" in pages["name"]) == (True, False)
    names = {issue.code: issue.name_en for issue in draft.issues.all()}
    below = [code for code in codes_of(pages["name"]) if code.startswith("SOC-01-")]
    assert sorted(below) == sorted(code for code in codes_of(pages[""]) if code.startswith("SOC-01-"))
    assert below == sorted(below, key=names.__getitem__)
    changed = client.get(f"/library/drafts/{draft.code}/?sort=changed").content.decode()
    assert {code for code in codes_of(changed) if code.startswith("SOC-01-")}.issuperset(["SOC-01-01", "SOC-01-04"])
    assert next(code for code in codes_of(changed) if code.startswith("SOC-01-")) in ("SOC-01-01", "SOC-01-04")


def test_comparison_is_paged_and_can_be_printed_whole(client):
    edition = small_library(40)
    other = make_edition("other", "draft", based_on=None)
    log_in(client)
    query = {"a": edition.code, "b": other.code}
    counts = [
        client.get("/library/compare/", query | more).content.decode().count('<article class="difference">')
        for more in ({}, {"page": 2}, {"all": 1})
    ]
    assert counts == [50, 32, 82]


@pytest.mark.parametrize("query", [{}, {"a": "no", "b": "such"}])
def test_comparison_of_one_edition_says_why_there_is_none(client, query):
    small_library()
    log_in(client)
    assert "There is only one edition yet" in client.get("/library/compare/", query).content.decode()


def test_comparison_is_exported(client, draft):
    log_in(client, "viewer")
    query = {"a": draft.based_on.code, "b": draft.code}
    held = json.loads(client.get("/library/compare/export.json", query).content)
    assert held["counts"] == {"merged": 1, "renamed": 1}
    rows = list(
        csv.DictReader(io.StringIO(client.get("/library/compare/export.csv", query).content.decode("utf-8-sig")))
    )
    assert [(row["code"], row["ancestors"], row["name_en_new"]) for row in rows] == [
        ("SOC-01-01", "SOC-01-01 0.5; SOC-01-02 0.5", "Issue SOC-01-01"),
        ("SOC-01-04", "SOC-01-04 1", "Privacy"),
    ]
    assert client.get("/library/compare/export.xlsx", query).content[:2] == b"PK"
    assert client.get("/library/compare/export.pdf", query).status_code == 404
    for wrong in ({"a": "typo"}, {"b": "typo"}, {"a": draft.code}):
        assert client.get("/library/compare/export.json", query | wrong).status_code == 404


def test_choosing_one_edition_to_compare_leaves_the_other(client, draft):
    make_edition("third", "superseded")
    log_in(client, "viewer")
    page = client.get("/library/compare/").content.decode()
    assert f"?a={draft.based_on.code}&amp;b=third" in page and f"?a=third&amp;b={draft.code}" in page


def test_corrected_issue_is_marked_on_its_page(client):
    edition = small_library()
    log_in(client)
    address = f"/library/{edition.code}/SOC-01-01/"
    assert "spelling was corrected" not in client.get(address).content.decode()
    issue = of(edition, "SOC-01-01")
    client.post(f"/library/errata/{edition.code}/SOC-01-01/", errata_values(issue, name_en="Right", name_zh="正确"))
    assert "The spelling was corrected 2 times." in client.get(address).content.decode()


def test_library_stands_in_the_order_of_the_edition(client, draft):
    draft.issues.filter(code="SOC-01-04").update(order=0)
    log_in(client)
    page = client.get("/library/", {"edition": draft.code, "category": "society"}).content.decode()
    assert page.index("SOC-01-04</td>") < page.index("SOC-01-01</td>")
