"""Pages of invitations: links, batches, recipients, mailings."""

import csv
import io
import json
import zipfile
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from materiality.models import Job
from surveys.actions.invitations import add_recipients, create_batch
from surveys.actions.surveys import close_survey, remove_survey, set_up_elsewhere
from surveys.invitations.recipients import FOLDER, RecipientRow
from surveys.invitations.used_links import mark_used
from surveys.models import Batch, Mailing, Recipient, Survey
from surveys.respond.rows import link_now
from tests.factories.invitations import TEXTS, make_batch, token
from tests.factories.people import log_in
from tests.factories.surveys import make_open_survey, make_survey
from tests.factories.trail import told_of
from tests.factories.uploads import upload_to

pytestmark = pytest.mark.django_db
MAX_QUERIES = 15


def at(name: str, survey: Survey, *more: object) -> str:
    return reverse(name, args=[survey.cycle.code, survey.code, *more])


def recipients_of(survey: Survey, number: int) -> None:
    rows = [RecipientRow(f"person{n}@example.com", f"Person {n}", "users", "en") for n in range(number)]
    add_recipients(survey=survey, rows=rows, by=None)


def body(response) -> bytes:
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("number", [1, 30])
def test_lists_are_quick_however_long(
    client: Client, django_assert_max_num_queries, number: int, survey: Survey
) -> None:
    log_in(client)
    recipients_of(survey, number)
    for _batch in range(number):
        mark_used(make_batch(survey).pk, 0)
        Mailing.objects.create(survey=survey, **TEXTS)
    for name in ("invitations", "recipients"):
        with django_assert_max_num_queries(MAX_QUERIES):
            assert client.get(at(name, survey)).status_code == 200


@pytest.mark.parametrize("role", ["committee"])
def test_other_roles_see_neither_links_nor_recipients(client: Client, role: str, survey: Survey) -> None:
    log_in(client, role=role)
    recipients_of(survey, 1)
    batch = make_batch(survey)
    person = Recipient.objects.get()
    refused = [
        at("new_batch", survey), at("batch", survey, batch.pk), at("batch_links", survey, batch.pk, "csv"),
        at("recipients", survey), at("recipient", survey, person.pk), at("recipient_file", survey, person.pk),
        at("new_recipients", survey), at("new_mailing", survey), at("bounces", survey),
    ]  # fmt: skip
    assert [client.get(path).status_code for path in refused] == [403] * len(refused)
    assert client.get(at("invitations", survey)).status_code == 200


def test_batch_is_made_and_its_links_lead_to_the_survey(client: Client, survey: Survey) -> None:
    log_in(client)
    group = survey.cycle.groups.get(code="employees")
    made = client.post(at("new_batch", survey), {"group": group.pk, "size": "12", "label": "Staff"})
    batch = Batch.objects.get()
    assert made.url == at("batch", survey, batch.pk)
    response = client.get(at("batch_links", survey, batch.pk, "csv"))
    rows = list(csv.reader(io.StringIO(body(response).decode())))
    assert response["Content-Disposition"] == f'attachment; filename="{survey.code}-employees-{batch.pk}.csv"'
    assert [row[0] for row in rows[1:]] == [str(n) for n in range(12)]
    assert rows[1][2] == f"http://testserver/s/{survey.code}/i/{token(batch, 0)}/"
    assert client.get(rows[1][2]).status_code == 200


@pytest.mark.parametrize("size", ["0", "100000001", "many", ""])
def test_impossible_size_is_refused(client: Client, size: str, survey: Survey) -> None:
    log_in(client)
    group = survey.cycle.groups.first()
    assert client.post(at("new_batch", survey), {"group": group.pk, "size": size}).status_code == 422
    assert Batch.objects.count() == 0


def test_codes_of_a_batch_come_in_a_zip(client: Client, survey: Survey) -> None:
    log_in(client)
    batch = make_batch(survey, size=3)
    for kind, start in (("svg", b"<svg"), ("png", b"\x89PNG")):
        response = client.get(at("batch_codes", batch.survey, batch.pk, kind))
        archive = zipfile.ZipFile(io.BytesIO(body(response)))
        assert [archive.read(name)[:4] for name in archive.namelist()] == [start] * 3


def test_codes_of_a_large_batch_are_not_drawn(client: Client, survey: Survey) -> None:
    log_in(client)
    batch = make_batch(survey, size=5_001)
    assert client.get(at("batch_codes", batch.survey, batch.pk, "svg")).status_code == 404


def test_links_of_recipients_leave_in_mails_only(client: Client, survey: Survey) -> None:
    log_in(client)
    batch = make_batch(survey, channel="mail")
    assert client.get(at("batch_links", batch.survey, batch.pk, "csv")).status_code == 404
    assert client.get(at("batch_codes", batch.survey, batch.pk, "svg")).status_code == 404


def test_void_takes_a_reason_and_a_tick(client: Client, survey: Survey) -> None:
    log_in(client)
    batch = make_batch(survey)
    old = token(batch)
    path = at("void_batch", batch.survey, batch.pk)
    assert client.post(path, {"reason": "lost"}).status_code == 422
    assert link_now(old, batch.survey.code) is not None
    assert client.post(path, {"reason": "lost", "sure": "on"}).status_code == 302
    assert link_now(old, batch.survey.code) is None
    assert client.get(at("batch", batch.survey, batch.pk)).status_code == 200


@pytest.mark.parametrize("languages", [["zh", "en"], ["ko"]])
def test_open_link_comes_as_code_and_sheet(client: Client, languages: list[str]) -> None:
    log_in(client)
    survey = make_open_survey(languages=languages)
    assert client.get(at("survey_qr", survey, "svg")).content.startswith(b"<svg")
    assert client.get(at("survey_qr", survey, "png") + "?download=1").content.startswith(b"\x89PNG")
    assert client.get(at("survey_qr", survey, "gif")).status_code == 404
    assert client.get(at("survey_poster", survey)).content.startswith(b"%PDF")


def test_removed_draft_takes_its_batches_along_and_the_audit_trail_knows() -> None:
    survey = make_survey()
    told_of(survey.cycle, survey.cycle.edition)
    create_batch(survey=survey, group=survey.cycle.groups.first(), size=5, by=None)
    remove_survey(survey=survey, by=None)
    assert Batch.objects.count() == 0
    call_command("verify_audit", stdout=io.StringIO())


def test_mailings_are_paged_and_sorted_apart_from_batches(client: Client, survey: Survey) -> None:
    log_in(client)
    for _each in range(2):
        make_batch(survey)
    rows = Mailing.objects.bulk_create(Mailing(survey=survey, **TEXTS) for _ in range(51))
    first, second = (client.get(at("invitations", survey) + f"?mailings-page={n}").context for n in (1, 2))
    assert [row.mailing.pk for row in second["mailings"].page] == [rows[0].pk]
    assert (len(first["mailings"].page), second["batches"].page.number) == (50, 1)
    assert 'href="?mailings-page=2#mailings"' in client.get(at("invitations", survey)).content.decode()
    found = client.get(at("invitations", survey) + "?mailings-sort=-mailing").context
    assert [row.mailing.pk for row in found["mailings"].page][:2] == [rows[0].pk, rows[1].pk]
    assert [row.batch.pk for row in found["batches"].page] == sorted(survey.batches.values_list("pk", flat=True))[::-1]


def test_batches_and_mailings_are_narrowed_by_the_address(client: Client, survey: Survey) -> None:
    log_in(client)
    users, employees = survey.cycle.groups.all()
    batches = [make_batch(survey, each, size) for each, size in ((users, 3), (employees, 9), (users, 5))]
    Mailing.objects.bulk_create(Mailing(survey=survey, kind=kind, **TEXTS) for kind in Mailing.Kind.values)
    context = client.get(at("invitations", survey) + "?group=users&batches-sort=links&kind=reminder").context
    assert [row.batch.pk for row in context["batches"].page] == [batches[2].pk, batches[0].pk]
    assert [row.mailing.kind for row in context["mailings"].page] == ["reminder"]
    text = client.get(at("invitations", survey) + "?kind=invitation&state=stopped").content.decode()
    assert "No mailing passes the filters." in text


def list_file(*rows: list[str]) -> SimpleUploadedFile:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["email", "name", "group", "language"], *rows])
    return SimpleUploadedFile("list.csv", text.getvalue().encode())


def kept() -> set[str]:
    return set(default_storage.listdir(FOLDER)[1]) if default_storage.exists(FOLDER) else set()


def confirming(shown) -> str:
    return shown.redirect_chain[-1][0]


def test_list_is_shown_and_stored_only_when_confirmed(client: Client, survey: Survey) -> None:
    log_in(client)
    file = list_file(["a@example.com", "A", "users", "en"], ["b@example.com", "", "employees", ""])
    shown = upload_to(client, at("new_recipients", survey), file)
    assert (shown.status_code, Recipient.objects.count()) == (200, 0)
    assert client.post(confirming(shown)).url == at("recipients", survey)
    assert sorted(survey.recipients.values_list("email", flat=True)) == ["a@example.com", "b@example.com"]
    assert client.post(confirming(shown)).url == at("new_recipients", survey)
    assert survey.recipients.count() == 2


def test_list_leaves_no_address_in_the_job_and_no_file_behind(
    client: Client, django_capture_on_commit_callbacks, survey
) -> None:
    log_in(client)
    before = kept()
    with django_capture_on_commit_callbacks(execute=True):
        shown = upload_to(client, at("new_recipients", survey), list_file(["a@example.com", "A", "users", "en"]))
    assert len(kept() - before) == 1
    told = Job.objects.values_list("inputs", "result", "error", "progress_text").get()
    assert "a@example.com" not in str(told)
    client.post(confirming(shown))
    assert kept() == before


def test_list_is_read_by_a_worker_alone(client: Client, monkeypatch: pytest.MonkeyPatch, survey: Survey) -> None:
    log_in(client)
    opened: list[int] = []
    monkeypatch.setattr("surveys.actions.invitations.read_recipients", lambda *_, **__: opened.append(1))
    file = list_file(["a@example.com", "A", "users", "en"])
    waiting = client.post(at("new_recipients", survey), {"file": file}).url
    assert (opened, waiting) == ([], reverse("job", args=[Job.objects.get().pk]) + "?follow")
    Job.objects.update(created_at=timezone.now() - timedelta(seconds=6))
    assert "No worker is running" in client.get(waiting).content.decode()


def test_list_with_a_bad_cell_stores_nothing_and_says_which(client: Client, survey: Survey) -> None:
    log_in(client)
    file = list_file(["a@example.com\nBcc: x@example.com", "A", "users", "en"], ["b@example.com", "", "users", ""])
    shown = upload_to(client, at("new_recipients", survey), file)
    assert (shown.status_code, [cell.cell for cell in shown.context["bad"]]) == (422, ["A2"])
    assert "Store these recipients" not in shown.content.decode()


@pytest.mark.parametrize(
    ("contents", "said"),
    [(b"PK\x03\x04 no workbook", "cannot be read as one"), (b"email,group\n", "no recipient below it")],
)
def test_list_that_cannot_be_read_says_so(client: Client, contents: bytes, said: str, survey: Survey) -> None:
    log_in(client)
    shown = upload_to(client, at("new_recipients", survey), SimpleUploadedFile("a.csv", contents))
    assert shown.status_code == 422 and said in shown.content.decode()


def test_list_of_another_survey_is_not_confirmed(client: Client, survey: Survey) -> None:
    log_in(client)
    one, other = survey, make_open_survey()
    shown = upload_to(client, at("new_recipients", one), list_file(["a@example.com", "", "users", "en"]))
    client.post(at("confirm_recipients", other, confirming(shown).split("/")[-2]))
    client.post(at("confirm_recipients", one, uuid4()))
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
def test_recipients_are_filtered(client: Client, filters: str, expected: list[int], survey: Survey) -> None:
    log_in(client)
    recipients_of(survey, 3)
    first = Recipient.objects.order_by("pk").first()
    mark_used(first.batch_id, 1)
    Recipient.objects.filter(serial=2).update(state="bounced")
    page = client.get(at("recipients", survey) + filters).context["listing"].rows
    assert [recipient.serial for recipient, _answered in page] == expected


def test_recipient_is_handed_out_and_erased(client: Client, survey: Survey) -> None:
    log_in(client)
    recipients_of(survey, 2)
    person = Recipient.objects.order_by("pk").first()
    assert client.get(at("recipient", survey, person.pk)).status_code == 200
    stored = json.loads(client.get(at("recipient_file", survey, person.pk)).content)
    assert stored["recipient"]["email"] == person.email
    client.post(at("erase_recipient", survey, person.pk))
    assert Recipient.objects.count() == 2
    client.post(at("erase_recipient", survey, person.pk), {"sure": "1"})
    assert Recipient.objects.count() == 1


def test_bounces_are_taken_from_file_and_text(client: Client, survey: Survey) -> None:
    log_in(client)
    recipients_of(survey, 3)
    file = SimpleUploadedFile("bounces.csv", b"address\nperson0@example.com\n")
    client.post(at("bounces", survey), {"file": file, "text": "<person2@example.com> 550"})
    assert list(survey.recipients.filter(state="bounced").values_list("serial", flat=True)) == [0, 2]
    assert client.post(at("bounces", survey), {"text": ""}).status_code == 422


def test_purge_takes_a_tick_and_a_closed_survey(client: Client, survey: Survey) -> None:
    log_in(client)
    recipients_of(survey, 2)
    client.post(at("purge_recipients", survey), {"sure": "1"})
    assert Recipient.objects.count() == 2
    close_survey(survey=survey, by=None)
    client.post(at("purge_recipients", survey))
    assert Recipient.objects.count() == 2
    client.post(at("purge_recipients", survey), {"sure": "1"})
    assert Recipient.objects.count() == 0


def test_unsubscribe_takes_a_post(client: Client, survey: Survey) -> None:
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


def test_survey_answered_elsewhere_shows_no_address(client: Client) -> None:
    log_in(client)
    now = timezone.now()
    draft = make_survey(opens_at=now - timedelta(days=60), closes_at=now - timedelta(days=30))
    survey = set_up_elsewhere(survey=draft, by=None)
    page = client.get(at("invitations", survey)).content.decode()
    assert f"/s/{survey.code}" not in page
    assert at("new_import", survey) in page
    for address in (at("survey_poster", survey), at("survey_qr", survey, "svg")):
        assert client.get(address).status_code == 404
