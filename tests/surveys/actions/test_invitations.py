"""Recipients: added, unsubscribed, bounced, erased, purged."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from materiality.models import AuditEvent
from materiality.platform.refusals import NotAllowed
from surveys.actions.invitations import add_recipients, erase_recipient, import_bounces, purge_recipients
from surveys.actions.mailings import start_mailing
from surveys.actions.surveys import close_survey
from surveys.invitations.mail import addresses_in
from surveys.invitations.recipients import RecipientRow
from surveys.invitations.used_links import is_used, mark_used
from surveys.models import Batch, Delivery, Mailing, Recipient, Response, SealedDraft, Survey
from surveys.queries.mailings import audience
from surveys.queries.responses import stored_about
from surveys.respond.answers import unsubscribe
from surveys.respond.rows import link_now
from tests.factories.invitations import TEXTS, token
from tests.factories.responses import make_response
from tests.factories.surveys import make_draft, make_open_survey

pytestmark = pytest.mark.django_db
ROWS = [
    RecipientRow("a@example.com", "A", "users", "en"),
    RecipientRow("b@example.com", "B", "employees", "zh-hans"),
    RecipientRow("c@example.com", "C", "users", "en"),
]


@pytest.fixture(autouse=True)
def english():
    """Sentences are read in English."""
    with translation.override("en"):
        yield


def with_recipients(**values) -> Survey:
    survey = make_open_survey(**values)
    add_recipients(survey=survey, rows=ROWS, by=None)
    return survey


def recipient(survey: Survey, name: str = "a") -> Recipient:
    return survey.recipients.get(email=f"{name}@example.com")


def link_of(person: Recipient):
    return link_now(token(person.batch, person.serial), person.survey.code)


def mailing_to(survey: Survey, kind: str = "invitation") -> Mailing:
    return start_mailing(
        survey=survey, values={"kind": kind, "per_minute": 60, **TEXTS}, address="https://x.org", by=None
    )


def names(survey: Survey, kind: str) -> str:
    found = survey.recipients.filter(pk__in=audience(survey, kind)).order_by("pk")
    return "".join(sorted(each.email[0] for each in found))


def test_add_recipients_makes_a_batch_per_group() -> None:
    survey = with_recipients()
    sizes = Batch.objects.order_by("pk").values_list("group__code", "size", "channel")
    assert list(sizes) == [("users", 2, "mail"), ("employees", 1, "mail")]
    assert [(row.email[0], row.serial, row.group.code) for row in survey.recipients.order_by("email")] == [
        ("a", 0, "users"),
        ("b", 0, "employees"),
        ("c", 1, "users"),
    ]
    assert link_of(recipient(survey, "c")).group_code == "users"


def test_add_recipients_stores_all_or_nothing(survey) -> None:
    with pytest.raises(NotAllowed):
        add_recipients(survey=survey, rows=[*ROWS, RecipientRow("d@example.com", "", "nobody", "en")], by=None)
    assert (Batch.objects.count(), Recipient.objects.count()) == (0, 0)


def test_address_comes_once_in_a_survey() -> None:
    survey = with_recipients()
    with pytest.raises(NotAllowed):
        add_recipients(survey=survey, rows=ROWS[:1], by=None)
    with pytest.raises(NotAllowed):
        add_recipients(survey=make_open_survey(), rows=[ROWS[0], ROWS[0]], by=None)
    assert Recipient.objects.count() == 3


def test_address_is_the_same_in_capital_letters(survey) -> None:
    spelt = [RecipientRow("A@Example.COM", "A", "users", "en"), RecipientRow("a@example.com", "A", "employees", "en")]
    with pytest.raises(NotAllowed):
        add_recipients(survey=survey, rows=spelt, by=None)
    add_recipients(survey=survey, rows=spelt[:1], by=None)
    assert survey.recipients.get().email == "a@example.com"
    for row in spelt:
        with pytest.raises(NotAllowed):
            add_recipients(survey=survey, rows=[row], by=None)
    assert import_bounces(survey=survey, addresses=["a@example.com"], by=None) == (1, 0)


def test_who_unsubscribed_is_known_in_capital_letters(survey) -> None:
    unsubscribe(link=link_of(recipient(with_recipients())))
    later = survey
    assert add_recipients(survey=later, rows=[RecipientRow("A@EXAMPLE.com", "A", "users", "en")], by=None) == 0
    assert later.recipients.get().state == "unsubscribed"


def test_audit_trail_holds_no_address() -> None:
    survey = with_recipients()
    import_bounces(survey=survey, addresses=["b@example.com"], by=None)
    erase_recipient(recipient=recipient(survey), by=None)
    purge_recipients(survey=close_survey(survey=survey, by=None), by=None)
    events = [str(vars(event)) for event in AuditEvent.objects.all()]
    assert [event for event in events if "example.com" in event] == []
    assert AuditEvent.objects.filter(action__in=["add_recipients", "import_bounces", "erase_recipient"]).count() == 3


def test_reminder_goes_to_those_who_have_not_answered_and_take_mail() -> None:
    survey = with_recipients()
    mark_used(recipient(survey, "a").batch_id, recipient(survey, "a").serial)
    unsubscribe(link=link_of(recipient(survey, "b")))
    assert names(survey, "reminder") == "c"


def test_nobody_is_invited_twice() -> None:
    survey = with_recipients()
    first = mailing_to(survey)
    assert names(survey, "invitation") == ""
    with pytest.raises(NotAllowed):
        mailing_to(survey)
    add_recipients(survey=survey, rows=[RecipientRow("d@example.com", "", "users", "en")], by=None)
    assert names(survey, "invitation") == "d"
    first.deliveries.filter(recipient__email="a@example.com").update(state="sent")
    Mailing.objects.update(state="stopped")
    assert names(survey, "invitation") == "bcd"


@pytest.mark.parametrize(
    ("text", "value"),
    [("body_en", "no link"), ("body_zh", "{link} {nme}"), ("subject_en", "a\nb"), ("subject_zh", ""), ("body_en", " ")],
)
def test_mailing_with_an_impossible_text_is_refused(text: str, value: str) -> None:
    survey = with_recipients()
    with pytest.raises(NotAllowed):
        start_mailing(
            survey=survey, values={"kind": "invitation", "per_minute": 60, **TEXTS, text: value}, address="", by=None
        )
    assert Mailing.objects.count() == 0


def test_unsubscribed_address_is_known_in_every_later_list() -> None:
    survey = with_recipients()
    assert unsubscribe(link=link_of(recipient(survey))) is True
    assert unsubscribe(link=link_of(recipient(survey))) is True
    purge_recipients(survey=close_survey(survey=survey, by=None), by=None)
    later = make_open_survey()
    assert add_recipients(survey=later, rows=ROWS, by=None) == 2
    assert {row.email[0]: row.state for row in later.recipients.all()} == {
        "a": "unsubscribed",
        "b": "active",
        "c": "active",
    }


def test_unsubscribed_recipient_can_still_answer() -> None:
    survey = with_recipients()
    unsubscribe(link=link_of(recipient(survey)))
    assert link_of(recipient(survey)).used is False


def test_bounces_are_marked_and_strangers_counted() -> None:
    survey = with_recipients()
    pasted = "Undelivered: <A@example.com>;\n550 x@example.com, 'b@example.com' a@example.com."
    assert addresses_in(pasted) == ["a@example.com", "x@example.com", "b@example.com"]
    assert import_bounces(survey=survey, addresses=addresses_in(pasted), by=None) == (2, 1)
    assert names(survey, "reminder") == "c"


def test_erase_recipient_takes_the_answers_where_not_anonymous() -> None:
    survey = with_recipients()
    person = recipient(survey)
    make_response(survey, token=f"{person.batch_id}-{person.serial}")
    kept = make_response(survey, token=f"{person.batch_id}-{person.serial + 1}")
    mailing_to(survey)
    assert stored_about(person)["answers"][0]["ratings"] != {}
    assert erase_recipient(recipient=person, by=None) is True
    assert list(Response.objects.values_list("pk", flat=True)) == [kept.pk]
    assert survey.recipients.count() == 2
    assert Delivery.objects.count() == 2


def test_erase_recipient_of_an_anonymous_survey_takes_what_is_not_finished() -> None:
    survey = with_recipients(anonymous=True)
    person, other = recipient(survey), recipient(survey, "c")
    make_draft(survey, batch=person.batch, serial=person.serial, group=person.group)
    begun = stored_about(person)["answers_begun"]
    assert sorted(begun) == ["begun_on", "saved_at"]
    assert stored_about(person)["answers_cannot_be_found"] is True
    assert erase_recipient(recipient=person, by=None) is True
    assert erase_recipient(recipient=other, by=None) is False
    assert SealedDraft.objects.count() == 0


def test_purge_takes_addresses_and_deliveries_and_leaves_what_is_used() -> None:
    survey = with_recipients()
    person = recipient(survey)
    mark_used(person.batch_id, person.serial)
    mailing_to(survey)
    with pytest.raises(NotAllowed):
        purge_recipients(survey=survey, by=None)
    closed = close_survey(survey=survey, by=None)
    assert purge_recipients(survey=closed, by=None) == 3
    assert purge_recipients(survey=closed, by=None) == 0
    assert (Recipient.objects.count(), Delivery.objects.count(), Batch.objects.count()) == (0, 0, 2)
    assert is_used(person.batch_id, person.serial)
    assert Mailing.objects.get().state == "stopped"
    assert AuditEvent.objects.filter(action="purge_recipients").count() == 1


def test_purge_by_command() -> None:
    survey = with_recipients()
    with pytest.raises(CommandError, match="closed"):
        call_command("purge_recipients", survey.code)
    close_survey(survey=survey, by=None)
    stream = io.StringIO()
    call_command("purge_recipients", survey.code, stdout=stream)
    assert stream.getvalue() == f"3 recipients of {survey.code} deleted\n"
    with pytest.raises(CommandError, match=f"There are: {survey.code}"):
        call_command("purge_recipients", "nowhere")
