"""Mailings against a real mail server: accepted, refused, put off, stalled, dropped, interrupted."""

import logging
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from surveys.actions.mailings import CLAIM_LOST, send_due_mails, start_mailing, steer_mailing
from surveys.invitations.mail import MOST_TRIES
from surveys.invitations.used_links import mark_used
from surveys.models import Delivery, Mailing, Recipient
from tests.factories.invitations import TEXTS, make_batch, make_recipient, token
from tests.factories.mail_server import mail_server, point_nowhere, seconds_of, silent_server

pytestmark = pytest.mark.django_db
ADDRESS = "https://survey.example.com"


@pytest.fixture(autouse=True)
def english():
    """Sentences are read in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def batch(survey):
    """A batch of mail with three recipients: a, b and c."""
    made = make_batch(survey, size=3, channel="mail")
    for name in "abc":
        make_recipient(made, email=f"{name}@example.com", name=name.upper())
    return made


@pytest.fixture
def server(settings):
    with mail_server(settings) as running:
        yield running


def start(batch, **values) -> Mailing:
    values = {"kind": "invitation", "per_minute": 600, **TEXTS, **values}
    return start_mailing(survey=batch.survey, values=values, address=ADDRESS, by=None)


def states(mailing: Mailing) -> list[str]:
    return list(mailing.deliveries.order_by("pk").values_list("state", flat=True))


def let_time_pass(mailing: Mailing) -> None:
    """As if all that waits had waited long enough."""
    past = timezone.now() - CLAIM_LOST - timedelta(seconds=1)
    Delivery.objects.filter(mailing=mailing, next_try_at__isnull=False).update(next_try_at=past)
    Mailing.objects.filter(pk=mailing.pk, claimed_at__isnull=False).update(claimed_at=past)


def test_mails_reach_every_recipient_with_their_own_link(batch, server) -> None:
    mailing = start(batch)
    assert send_due_mails(mailing_id=mailing.pk) == 3
    assert server.addresses == ["a@example.com", "b@example.com", "c@example.com"]
    start_of_link = f"{ADDRESS}/s/{batch.survey.code}/i/"
    for serial, (_address, message) in enumerate(server.mails):
        link = f"{start_of_link}{token(batch, serial)}/"
        assert message["List-Unsubscribe"].strip() == f"<{link}unsubscribe/>"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message.get_content().splitlines()[1] == link
    mailing.refresh_from_db()
    assert (mailing.state, states(mailing)) == ("sent", ["sent"] * 3)
    assert (mailing.claim, mailing.claimed_at) == ("", None)


def test_mail_is_in_the_language_of_its_recipient(batch, server) -> None:
    Recipient.objects.filter(email="b@example.com").update(language="zh-hans")
    send_due_mails(mailing_id=start(batch).pk)
    title = batch.survey.title_zh
    assert [message["Subject"] for _address, message in server.mails][:2] == [
        f"Invitation: {batch.survey.title_en}",
        f"邀请：{title}",
    ]


def test_rate_is_a_sixth_of_a_minute_for_each_run(batch, server) -> None:
    mailing = start(batch, per_minute=6)
    assert [send_due_mails(mailing_id=mailing.pk) for _run in range(4)] == [1, 1, 1, 0]


def test_rate_below_a_run_is_kept(batch, server) -> None:
    mailing = start(batch, per_minute=1)
    assert [send_due_mails(mailing_id=mailing.pk) for _run in range(3)] == [1, 0, 0]
    mailing.deliveries.filter(state="sent").update(sent_at=timezone.now() - timedelta(seconds=61))
    assert send_due_mails(mailing_id=mailing.pk) == 1


@pytest.mark.parametrize("code", [450, 451, 452])
def test_passing_error_is_tried_again_later(batch, server, code: int) -> None:
    server.at_recipient = lambda address, times: f"{code} later" if address[0] == "b" and not times else "250 OK"
    mailing = start(batch)
    send_due_mails(mailing_id=mailing.pk)
    assert states(mailing) == ["sent", "waiting", "sent"]
    assert send_due_mails(mailing_id=mailing.pk) == 0
    let_time_pass(mailing)
    send_due_mails(mailing_id=mailing.pk)
    assert states(mailing) == ["sent"] * 3
    assert server.addresses == ["a@example.com", "c@example.com", "b@example.com"]


def test_passing_error_fails_after_six_tries_with_growing_delay(batch, server) -> None:
    server.at_recipient = lambda address, _times: "451 busy" if address[0] == "b" else "250 OK"
    mailing = start(batch)
    waits = []
    for _try in range(MOST_TRIES):
        send_due_mails(mailing_id=mailing.pk)
        delivery = mailing.deliveries.get(recipient__email="b@example.com")
        waits.append(delivery.next_try_at)
        let_time_pass(mailing)
    assert (delivery.state, delivery.tries, delivery.problem) == ("failed", MOST_TRIES, "451 busy")
    assert server.asked["b@example.com"] == MOST_TRIES
    gaps = [later - earlier for earlier, later in zip(waits[:4], waits[1:5], strict=True)]
    assert gaps == sorted(gaps)
    mailing.refresh_from_db()
    assert mailing.state == "sent"


@pytest.mark.parametrize("code", [550, 553])
def test_permanent_error_fails_with_the_words_of_the_server(batch, server, code: int) -> None:
    server.at_recipient = lambda address, _times: f"{code} no such user" if address[0] == "b" else "250 OK"
    mailing = start(batch)
    send_due_mails(mailing_id=mailing.pk)
    assert states(mailing) == ["sent", "failed", "sent"]
    assert mailing.deliveries.get(state="failed").problem == f"{code} no such user"
    assert Recipient.objects.get(email="b@example.com").state == "bounced"
    assert server.addresses == ["a@example.com", "c@example.com"]


def test_mail_that_is_refused_for_its_contents_leaves_the_address_alone(batch, server) -> None:
    server.at_data = lambda address, _times: "554 looks like spam" if address[0] == "b" else "250 OK"
    mailing = start(batch)
    send_due_mails(mailing_id=mailing.pk)
    assert states(mailing) == ["sent", "failed", "sent"]
    assert Recipient.objects.get(email="b@example.com").state == "active"


def test_stalled_server_holds_no_worker_and_nothing_is_lost_or_doubled(batch, settings) -> None:
    mailing = start(batch)
    with silent_server(settings):
        assert seconds_of(lambda: send_due_mails(mailing_id=mailing.pk)) < 3
        assert states(mailing) == ["waiting"] * 3
        assert seconds_of(lambda: send_due_mails(mailing_id=mailing.pk)) < 0.2
    mailing.refresh_from_db()
    assert (mailing.state, mailing.claim, mailing.problem != "") == ("sending", "", True)
    let_time_pass(mailing)
    with mail_server(settings) as server:
        send_due_mails(mailing_id=mailing.pk)
        assert sorted(server.addresses) == ["a@example.com", "b@example.com", "c@example.com"]
    assert list(mailing.deliveries.order_by("pk").values_list("tries", flat=True)) == [2, 1, 1]


def test_refused_connection_waits_for_the_server(batch, settings) -> None:
    mailing = start(batch)
    point_nowhere(settings)
    assert send_due_mails(mailing_id=mailing.pk) == 1
    assert states(mailing) == ["waiting"] * 3
    assert send_due_mails(mailing_id=mailing.pk) == 0


def test_connection_dropped_in_the_middle_doubles_nothing(batch, server) -> None:
    server.at_recipient = lambda address, times: "drop" if address[0] == "b" and not times else "250 OK"
    mailing = start(batch)
    send_due_mails(mailing_id=mailing.pk)
    assert states(mailing) == ["sent", "waiting", "waiting"]
    let_time_pass(mailing)
    send_due_mails(mailing_id=mailing.pk)
    assert server.addresses == ["a@example.com", "b@example.com", "c@example.com"]


def test_server_that_closes_with_421_is_left_alone(batch, server) -> None:
    server.at_recipient = lambda address, times: "421 too many mails" if address[0] == "b" and not times else "250 OK"
    mailing = start(batch)
    send_due_mails(mailing_id=mailing.pk)
    assert states(mailing) == ["sent", "waiting", "waiting"]
    assert send_due_mails(mailing_id=mailing.pk) == 0


def test_delivery_of_a_worker_that_died_is_sent_again_and_said(batch, server) -> None:
    mailing = start(batch)
    mailing.deliveries.filter(recipient__email="a@example.com").update(state="sending", tries=1)
    Mailing.objects.filter(pk=mailing.pk).update(claim="dead", claimed_at=timezone.now())
    assert send_due_mails(mailing_id=mailing.pk) == 0
    let_time_pass(mailing)
    assert send_due_mails(mailing_id=mailing.pk) == 3
    first = mailing.deliveries.order_by("pk").first()
    assert (first.state, first.tries, "interrupted" in first.problem) == ("sent", 2, True)
    assert len(server.mails) == 3


def test_mail_sent_once_more_has_the_same_message_id(batch, server) -> None:
    mailing = start(batch)
    send_due_mails(mailing_id=mailing.pk)
    mailing.deliveries.update(state="waiting")
    Mailing.objects.filter(pk=mailing.pk).update(state="sending")
    send_due_mails(mailing_id=mailing.pk)
    ids = [message["Message-ID"] for _address, message in server.mails]
    assert ids[:3] == ids[3:]
    assert len(set(ids)) == 3


def test_who_answered_unsubscribed_or_bounced_meanwhile_is_left_out(batch, server) -> None:
    mailing = start(batch)
    mark_used(batch.pk, 0)
    Recipient.objects.filter(email="b@example.com").update(state="unsubscribed")
    Recipient.objects.filter(email="c@example.com").update(state="bounced")
    send_due_mails(mailing_id=mailing.pk)
    assert states(mailing) == ["left_out"] * 3
    assert server.mails == []


def test_paused_mailing_sends_nothing_until_it_goes_on(batch, server) -> None:
    mailing = steer_mailing(mailing=start(batch), step="pause", by=None)
    assert send_due_mails(mailing_id=mailing.pk) == 0
    steer_mailing(mailing=mailing, step="resume", by=None)
    assert send_due_mails(mailing_id=mailing.pk) == 3


def test_stored_address_with_a_line_break_injects_nothing(batch, server) -> None:
    Recipient.objects.filter(email="b@example.com").update(email="b@example.com\nBcc: eve@example.com")
    mailing = start(batch)
    send_due_mails(mailing_id=mailing.pk)
    assert states(mailing) == ["sent", "failed", "sent"]
    assert server.addresses == ["a@example.com", "c@example.com"]


def test_name_with_a_line_break_stays_in_the_body(batch, server) -> None:
    Recipient.objects.filter(email="a@example.com").update(name="A\r\nBcc: eve@example.com")
    send_due_mails(mailing_id=start(batch, subject_en="For {name}").pk)
    message = server.mails[0][1]
    assert (message["Bcc"], message["Subject"]) == (None, "For A Bcc: eve@example.com")


def test_logs_name_neither_addresses_nor_links(batch, server, caplog) -> None:
    server.at_recipient = lambda address, _times: f"550 unknown {address}"
    with caplog.at_level(logging.DEBUG):
        send_due_mails(mailing_id=start(batch).pk)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("surveys")]
    assert len(ours) == 3
    assert [line for line in ours if "example.com" in line or "/i/" in line] == []
