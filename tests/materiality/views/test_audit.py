"""The page of the audit trail and its file."""

import csv
from datetime import date
from io import StringIO

import pytest
from django.utils import timezone

from materiality.actions.cycles import set_method
from materiality.actions.people import erase_person
from materiality.models import AuditEvent, AuditPerson, Edition
from materiality.models.people import Role
from materiality.platform import audit
from tests.factories.cycles import make_cycle
from tests.factories.people import log_in, make_person

pytestmark = pytest.mark.django_db
READERS = {"lead", "committee", "administrator"}


def edition(code: str = "a") -> Edition:
    return Edition.objects.create(code=code, title_zh="甲", title_en="A")


def page(client, query: str = "") -> str:
    return client.get(f"/audit/{query}").content.decode()


def exported(client, query: str = "") -> list[dict]:
    text = b"".join(client.get(f"/audit/export.csv{query}").streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


def numbers(client, query: str = "") -> list[int]:
    """Numbers of the events in the file; the page must show the same ones."""
    found = [int(row["number"]) for row in exported(client, query)]
    assert [f'id="event-{number}"' in page(client, query) for number in found] == [True] * len(found)
    return found


@pytest.mark.parametrize("role", Role.values)
@pytest.mark.parametrize("address", ["/audit/", "/audit/export.csv"])
def test_audit_is_for_those_who_may_see_it(client, role, address):
    log_in(client, role)
    assert client.get(address).status_code == (200 if role in READERS else 403)
    assert ('href="/audit/"' in client.get("/").content.decode()) == (role in READERS)


def test_audit_shows_before_and_after_in_words(client):
    person = log_in(client, "lead")
    set_method(cycle=make_cycle(code="spring"), values={"min_n": 10}, by=person)
    text = page(client)
    assert f"<b>{person}</b> changed the method of cycle spring" in text
    assert '<th scope="row">Smallest number of ratings</th><td>5</td><td>10</td>' in text
    assert AuditEvent.objects.first().hash[:12] in text


def test_audit_is_filtered_by_person_action_object_and_reason(client):
    reader, other = log_in(client, "lead"), make_person()
    first, second = edition("alpha"), edition("beta")
    audit.record("open_cycle", first, by=reader, reason="Because of the review")
    audit.record("close_cycle", second, by=other, touched=[first])
    audit.record("close_cycle", other, by=None)
    reference = AuditPerson.objects.get(user=other).reference
    assert numbers(client) == [3, 2, 1]
    assert numbers(client, f"?person={reference}") == [2]
    assert numbers(client, "?action=close_cycle") == [3, 2]
    assert numbers(client, "?object_type=materiality.edition") == [2, 1]
    assert numbers(client, "?q=BETA") == [2]
    assert numbers(client, f"?object_type=materiality.edition&object_id={first.pk}") == [2, 1]
    assert numbers(client, "?q=review") == [1]
    assert numbers(client, f"?action=close_cycle&person={reference}") == [2]
    assert "No event passes the filters." in page(client, "?q=nowhere")


def test_audit_is_filtered_by_days_of_the_reader(client):
    log_in(client, "lead")
    audit.record("made", edition(), by=None)
    today = timezone.localdate()
    for query, found in [
        (f"?first_day={today}&last_day={today}", [1]),
        (f"?last_day={date(2001, 1, 1)}", []),
        (f"?first_day={date(2999, 1, 1)}", []),
    ]:
        assert numbers(client, query) == found


def test_audit_with_a_filter_that_makes_no_sense_says_so_and_shows_the_rest(client):
    log_in(client, "lead")
    audit.record("made", edition(), by=None)
    text = page(client, "?first_day=yesterday&person=nobody")
    assert "Enter a valid date." in text and 'id="event-1"' in text


def test_audit_shows_erased_people_without_their_name(client):
    administrator = log_in(client, "administrator")
    left = make_person(username="zhao.liu", first_name="Zhao Liu", is_active=False)
    audit.record("made", edition(), by=left)
    audit.record("save_person", left, by=administrator)
    assert "<b>Zhao Liu</b> made" in page(client)
    erase_person(person=left, by=administrator)
    text = page(client)
    assert "<b>erased person</b> made" in text and "Zhao" not in text and "zhao" not in text
    assert [row["person_name"] for row in exported(client)][-1] == "erased person"


def test_audit_is_paged_newest_first_with_few_queries(client, django_assert_max_num_queries):
    person = log_in(client, "lead")
    row = edition()
    for _event in range(60):
        audit.record("made", row, by=person)
    with django_assert_max_num_queries(15):
        text = page(client)
    assert ('id="event-60"' in text, 'id="event-11"' in text, 'id="event-10"' in text) == (True, True, False)
    assert 'id="event-10"' in page(client, "?page=2")
    assert len(exported(client)) == 60


def test_audit_file_cannot_be_taken_for_formulas_and_keeps_every_column(client):
    log_in(client, "lead")
    event = audit.record("made", edition(), by=None, after={"a": 1}, reason='=HYPERLINK("x")')
    (row,) = exported(client)
    assert row["reason"] == '\'=HYPERLINK("x")'
    assert (row["hash"], row["after"], row["person"]) == (event.hash, '{"a": 1}', "")


def test_audit_without_events_says_what_will_come(client):
    log_in(client, "lead")
    assert "Nothing has happened yet." in page(client)
