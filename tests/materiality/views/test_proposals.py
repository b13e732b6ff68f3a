"""Pages of proposals, their import and the calendar."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from materiality.models import Calendar, Proposal, SheetImport
from materiality.tables.write import table_bytes
from tests.factories.library import make_edition
from tests.factories.people import log_in
from tests.factories.proposals import issue_in_force, make_proposal
from tests.factories.uploads import upload_to

pytestmark = pytest.mark.django_db
LIST = "/library/proposals/"
COLUMNS = ("kind", "issue", "name_zh", "name_en", "text_zh", "text_en", "reason", "source")


def upload(client, *rows):
    file = SimpleUploadedFile("proposals.csv", table_bytes("csv", "proposals", COLUMNS, rows))
    return upload_to(client, f"{LIST}import/", file)


def test_proposals_say_what_to_do_where_there_are_none(client):
    log_in(client, "viewer")
    text = client.get(LIST).content.decode()
    assert "There is no suggestion yet." in text and "New suggestion" not in text


@pytest.mark.parametrize(
    ("role", "status", "number"), [("viewer", 403, 0), ("analyst", 302, 1), ("lead", 302, 1), ("committee", 302, 1)]
)
def test_new_proposal_is_made_by_those_who_may(client, role, status, number):
    issue = issue_in_force()
    log_in(client, role)
    values = {"kind": "retire", "issue": issue.pk, "reason": "Covered by law"}
    assert client.post(f"{LIST}new/", values).status_code == status
    assert Proposal.objects.filter(issue=issue, kind="retire").count() == number


def test_new_proposal_with_mistakes_comes_back_with_all_of_them(client):
    log_in(client)
    text = client.post(f"{LIST}new/", {"kind": "new"}).content.decode()
    assert "Give a reason" in text and "Name the new issue" in text


@pytest.mark.parametrize(
    ("role", "status", "state"),
    [("viewer", 403, "open"), ("analyst", 403, "open"), ("committee", 302, "declined"), ("lead", 302, "declined")],
)
def test_proposal_is_decided_by_those_who_may(client, role, status, state):
    proposal = make_proposal()
    log_in(client, role)
    values = {"state": "declined", "reason": "Too narrow", "seen": "open"}
    assert client.post(f"{LIST}{proposal.pk}/", values).status_code == status
    proposal.refresh_from_db()
    assert proposal.state == state


def test_proposal_decided_meanwhile_shows_the_first_decision(client):
    proposal = make_proposal()
    address = f"{LIST}{proposal.pk}/"
    log_in(client, "lead")
    for state in ("declined", "accepted"):
        response = client.post(address, {"state": state, "reason": f"because {state}", "seen": "open"})
    text = response.content.decode()
    assert "has decided meanwhile: Declined" in text and "because declined" in text
    proposal.refresh_from_db()
    assert proposal.state == "declined"


def test_accepted_proposal_points_to_the_draft(client):
    proposal = make_proposal()
    draft = make_edition("next", state="draft")
    log_in(client, "lead")
    client.post(f"{LIST}{proposal.pk}/", {"state": "accepted", "reason": "Good", "seen": "open"})
    assert draft.title_en in client.get(f"{LIST}{proposal.pk}/").content.decode()


def test_import_shows_the_proposals_before_it_stores_them(client):
    issue_in_force()
    log_in(client, "analyst")
    page = upload(client, ["new", "", "夜间", "Nights", "", "", "Asked for", "Meeting"]).content.decode()
    assert "Store 1 row" in page and not Proposal.objects.exists()
    client.post(reverse("sheet_confirm", args=[SheetImport.objects.get().pk]))
    assert Proposal.objects.get().origin == "import"
    client.post(reverse("sheet_undo", args=[SheetImport.objects.get().pk]))
    assert not Proposal.objects.exists()


def test_import_with_mistakes_lists_them_and_offers_nothing(client):
    log_in(client)
    page = upload(client, ["change", "XXX-1", "", "", "", "", "", ""]).content.decode()
    assert "has no active issue with this code" in page and "Store 1 row" not in page


def test_import_is_for_those_who_may_propose(client):
    log_in(client, "viewer")
    assert client.get(f"{LIST}import/").status_code == 403
    assert client.get(f"{LIST}template.csv").content.decode("utf-8-sig").strip() == ",".join(COLUMNS)
    log_in(client, "analyst")
    page = client.get(f"{LIST}import/").content.decode()
    assert "Upload and check" in page and "change or retire" in page


@pytest.mark.parametrize(("role", "status", "months"), [("analyst", 403, None), ("lead", 302, 4)])
def test_calendar_is_set_by_leads(client, role, status, months):
    log_in(client, role)
    values = {"review_months": 4, "survey_months": 1, "remind_days_before": 7}
    assert client.post("/library/calendar/", values).status_code == status
    assert Calendar.objects.values_list("review_months", flat=True).first() == months


def test_calendar_and_start_say_what_is_due(client):
    make_proposal(issue_in_force())
    log_in(client, "viewer")
    assert "Library review" in client.get("/library/calendar/").content.decode()


@pytest.mark.parametrize("number", [1, 30])
def test_proposal_pages_ask_few_queries(client, number, django_assert_max_num_queries):
    issue = issue_in_force()
    proposals = [make_proposal(issue) for _time in range(number)]
    log_in(client, "lead")
    for address in (LIST, f"{LIST}{proposals[0].pk}/", f"{LIST}new/", f"{LIST}import/", "/library/calendar/"):
        with django_assert_max_num_queries(15):
            assert client.get(address).status_code == 200
