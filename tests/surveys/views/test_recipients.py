"""Pages of recipients: lists, one of them, bounces, purge, unsubscription."""

import csv
import io
import json

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from surveys.actions.add_recipients import add_recipients
from surveys.actions.close_survey import close_survey
from surveys.kept_lists import FOLDER
from surveys.models import Recipient, Survey
from surveys.recipient_rows import RecipientRow
from surveys.used_links import mark_used
from tests.factories.invitations import token
from tests.factories.people import log_in
from tests.factories.surveys import make_open_survey, make_survey

pytestmark = pytest.mark.django_db


def at(name: str, survey: Survey, *more: object) -> str:
    return reverse(name, args=[survey.cycle.code, survey.code, *more])


def recipients_of(survey: Survey, number: int) -> None:
    rows = [RecipientRow(f"person{n}@example.com", f"Person {n}", "users", "en") for n in range(number)]
    add_recipients(survey=survey, rows=rows, by=None)


def list_file(*rows: list[str]) -> SimpleUploadedFile:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["email", "name", "group", "language"], *rows])
    return SimpleUploadedFile("list.csv", text.getvalue().encode())


def test_list_is_shown_and_stored_only_when_confirmed(client: Client) -> None:
    log_in(client)
    survey = make_open_survey()
    file = list_file(["a@example.com", "A", "users", "en"], ["b@example.com", "", "employees", ""])
    shown = client.post(at("new_recipients", survey), {"file": file})
    assert (shown.status_code, Recipient.objects.count()) == (200, 0)
    assert client.post(at("new_recipients", survey), {"list": shown.context["kept"]}).url == at("recipients", survey)
    assert sorted(survey.recipients.values_list("email", flat=True)) == ["a@example.com", "b@example.com"]
    assert default_storage.listdir(FOLDER)[1] == []
    client.post(at("new_recipients", survey), {"list": shown.context["kept"]})
    assert survey.recipients.count() == 2


def test_list_with_a_bad_cell_stores_nothing_and_says_which(client: Client) -> None:
    log_in(client)
    survey = make_open_survey()
    file = list_file(["a@example.com\nBcc: x@example.com", "A", "users", "en"], ["b@example.com", "", "users", ""])
    shown = client.post(at("new_recipients", survey), {"file": file})
    assert (shown.status_code, [cell.cell for cell in shown.context["bad"]]) == (422, ["A2"])
    assert "kept" not in shown.context


def test_list_of_another_survey_is_not_confirmed(client: Client) -> None:
    log_in(client)
    one, other = make_open_survey(), make_open_survey()
    shown = client.post(at("new_recipients", one), {"file": list_file(["a@example.com", "", "users", "en"])})
    client.post(at("new_recipients", other), {"list": shown.context["kept"]})
    client.post(at("new_recipients", one), {"list": "forged"})
    assert Recipient.objects.count() == 0


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ("", [0, 1, 2]),
        ("?answered=yes", [1]),
        ("?answered=no&state=active", [0]),
        ("?state=bounced", [2]),
        ("?group=employees", []),
        ("?group=x&state=y&answered=z&page=99", []),
    ],
)
def test_recipients_are_filtered(client: Client, filters: str, expected: list[int]) -> None:
    log_in(client)
    survey = make_open_survey()
    recipients_of(survey, 3)
    first = Recipient.objects.order_by("pk").first()
    mark_used(first.batch_id, 1)
    Recipient.objects.filter(serial=2).update(state="bounced")
    page = client.get(at("recipients", survey) + filters).context["page"]
    assert [row.recipient.serial for row in page] == expected


def test_recipient_is_handed_out_and_erased(client: Client) -> None:
    log_in(client)
    survey = make_open_survey()
    recipients_of(survey, 2)
    person = Recipient.objects.order_by("pk").first()
    assert client.get(at("recipient", survey, person.pk)).status_code == 200
    stored = json.loads(client.get(at("recipient_file", survey, person.pk)).content)
    assert stored["recipient"]["email"] == person.email
    client.post(at("erase_recipient", survey, person.pk))
    assert Recipient.objects.count() == 2
    client.post(at("erase_recipient", survey, person.pk), {"sure": "1"})
    assert Recipient.objects.count() == 1


def test_bounces_are_taken_from_file_and_text(client: Client) -> None:
    log_in(client)
    survey = make_open_survey()
    recipients_of(survey, 3)
    file = SimpleUploadedFile("bounces.csv", b"address\nperson0@example.com\n")
    client.post(at("bounces", survey), {"file": file, "text": "<person2@example.com> 550"})
    assert list(survey.recipients.filter(state="bounced").values_list("serial", flat=True)) == [0, 2]
    assert client.post(at("bounces", survey), {"text": ""}).status_code == 422


def test_purge_takes_a_tick_and_a_closed_survey(client: Client) -> None:
    log_in(client)
    survey = make_open_survey()
    recipients_of(survey, 2)
    client.post(at("purge_recipients", survey), {"sure": "1"})
    assert Recipient.objects.count() == 2
    close_survey(survey=survey, by=None)
    client.post(at("purge_recipients", survey))
    assert Recipient.objects.count() == 2
    client.post(at("purge_recipients", survey), {"sure": "1"})
    assert Recipient.objects.count() == 0


def test_unsubscribe_takes_a_post(client: Client) -> None:
    survey = make_open_survey()
    recipients_of(survey, 1)
    person = Recipient.objects.get()
    path = reverse("unsubscribe", args=[survey.code, token(person.batch, person.serial)])
    assert client.get(path).status_code == 200
    person.refresh_from_db()
    assert person.state == "active"
    one_click = Client(enforce_csrf_checks=True)
    assert one_click.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    person.refresh_from_db()
    assert person.state == "unsubscribed"


def test_unsubscribe_by_a_forged_link_says_nothing(client: Client) -> None:
    survey = make_survey()
    assert client.post(reverse("unsubscribe", args=[survey.code, "a" * 24])).status_code == 404
