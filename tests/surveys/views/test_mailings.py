"""Pages of mailings."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import translation

from surveys.actions.invitations import add_recipients, import_bounces
from surveys.actions.mailings import send_due_mails
from surveys.invitations.recipients import RecipientRow
from surveys.invitations.used_links import mark_used
from surveys.models import Mailing, Survey
from tests.factories.invitations import TEXTS, make_batch, make_mailing, make_recipient
from tests.factories.people import log_in

pytestmark = pytest.mark.django_db


def at(name: str, survey: Survey, *more: object) -> str:
    return reverse(name, args=[survey.cycle.code, survey.code, *more])


def recipients_of(survey: Survey, number: int) -> None:
    rows = [RecipientRow(f"person{n}@example.com", f"Person {n}", "users", "en") for n in range(number)]
    add_recipients(survey=survey, rows=rows, by=None)


def test_mail_is_previewed_tried_out_and_started(client: Client, survey: Survey) -> None:
    person = log_in(client)
    recipients_of(survey, 2)
    values = {"kind": "invitation", "per_minute": "60", **TEXTS}
    shown = client.post(at("new_mailing", survey), {**values, "go": "preview"})
    assert [language for language, _subject, _body in shown.context["previews"]] == ["zh-hans", "en"]
    assert "Alex Chen" in shown.context["previews"][1][2]
    assert client.post(at("new_mailing", survey), {**values, "go": "test"}).status_code == 422
    person.email = "me@example.com"
    person.save(update_fields=["email"])
    client.post(at("new_mailing", survey), {**values, "go": "test"})
    assert [message.to for message in mail.outbox] == [["me@example.com"], ["me@example.com"]]
    assert Mailing.objects.count() == 0
    started = client.post(at("new_mailing", survey), {**values, "go": "start"})
    mailing = Mailing.objects.get()
    assert started.url == at("mailing", survey, mailing.pk)
    assert (mailing.address, mailing.deliveries.count()) == ("http://testserver", 2)
    assert client.get(started.url).status_code == 200
    part = client.get(started.url, headers={"HX-Request": "true"}).content
    assert b"<html" not in part and b'hx-trigger="every 5s"' in part


@pytest.mark.parametrize("kind", ["invitation", "reminder"])
def test_prepared_texts_can_be_sent_as_they_are(client: Client, kind: str, survey: Survey) -> None:
    log_in(client)
    recipients_of(survey, 1)
    form = client.get(at("new_mailing", survey) + f"?kind={kind}").context["form"]
    shown = client.post(at("new_mailing", survey), {**form.initial, "per_minute": "60", "go": "preview"})
    assert (shown.status_code, len(shown.context["previews"])) == (200, 2)


def test_unknown_place_and_missing_link_are_said_at_their_text(client: Client, survey: Survey) -> None:
    log_in(client)
    recipients_of(survey, 1)
    texts = {**TEXTS, "body_en": "Dear {nme}"}
    shown = client.post(at("new_mailing", survey), {"kind": "invitation", "per_minute": "60", **texts, "go": "start"})
    assert shown.status_code == 422
    assert list(shown.context["form"].errors) == ["body_en"]
    assert len(shown.context["form"].errors["body_en"]) == 2


def test_mailing_is_paused_resumed_and_stopped(client: Client, survey: Survey) -> None:
    log_in(client)
    mailing = Mailing.objects.create(survey=survey, **TEXTS)
    found = []
    for step in ("pause", "resume", "stop", "resume"):
        client.post(at("steer_mailing", survey, mailing.pk, step))
        mailing.refresh_from_db()
        found.append(mailing.state)
    assert found == ["paused", "sending", "stopped", "stopped"]
    assert client.post(at("steer_mailing", survey, mailing.pk, "burn")).status_code == 404


def test_what_went_wrong_is_told_in_the_language_of_whoever_looks(client: Client, survey: Survey) -> None:
    log_in(client)
    batch = make_batch(survey, size=1, channel="mail")
    recipient = make_recipient(batch)
    mailing = make_mailing(survey)
    mailing.deliveries.create(recipient=recipient)
    mark_used(batch.pk, recipient.serial)
    with translation.override("zh-hans"):
        send_due_mails(mailing_id=mailing.pk)
    import_bounces(survey=survey, addresses=[recipient.email], by=None)
    here = [survey.cycle.code, survey.code]
    rows = {"mailing": mailing, "recipient": recipient}
    pages = [client.get(reverse(name, args=[*here, row.pk])) for name, row in rows.items()]
    assert ["Has answered" in page.content.decode() for page in pages] == [True, True]
    assert "From a list of bounces" in pages[1].content.decode()
    log_in(client, language="zh-hans")
    page = client.get(reverse("recipient", args=[*here, recipient.pk])).content.decode()
    assert ("Has answered" in page, "From a list of bounces" in page) == (False, False)
