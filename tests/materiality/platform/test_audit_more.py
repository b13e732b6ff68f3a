"""The audit trail: one chain, every event bound to the one before and to the row it speaks of."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from materiality.models import AuditedRow, AuditEvent, Edition, User
from materiality.platform import audit
from materiality.platform.digests import owned_parts
from tests.factories.texts import reword

pytestmark = pytest.mark.django_db


def test_events_form_one_chain():
    edition = Edition.objects.create(code="a", title_zh="甲", title_en="A")
    analyst = User.objects.create(username="li")
    first = audit.record("made", edition, by=analyst, after={"code": "a"}, reason="because")
    second = audit.record("changed", edition, by=analyst)
    assert (first.number, second.number) == (1, 2)
    assert second.previous_hash == first.hash == audit.event_hash(AuditEvent.objects.get(number=1))
    assert first.person == second.person


def test_event_hash_changes_with_every_part():
    edition = Edition.objects.create(code="a", title_zh="甲", title_en="A")
    event = audit.record("made", edition, by=None, after={"code": "a"})
    hashes = {event.hash}
    for field, value in {"action": "x", "reason": "x", "after": {"code": "b"}, "object_id": "9", "number": 7}.items():
        changed = AuditEvent.objects.get(pk=event.pk)
        setattr(changed, field, value)
        hashes.add(audit.event_hash(changed))
    assert len(hashes) == 6


def test_row_digest_follows_the_row():
    edition = Edition.objects.create(code="a", title_zh="甲", title_en="A")
    before = audit.row_digest(edition)
    assert audit.record("made", edition, by=None).row_digest == before
    reword(Edition.objects.filter(pk=edition.pk), title_en="B")
    assert audit.row_digest(edition) != before


@pytest.mark.django_db(transaction=True)
def test_event_is_refused_outside_the_transaction_of_its_action():
    edition = Edition.objects.create(code="a", title_zh="甲", title_en="A")
    with pytest.raises(RuntimeError, match="transaction of its action"):
        audit.record("made", edition, by=None)


@pytest.mark.parametrize("table", [AuditEvent, AuditedRow])
@pytest.mark.parametrize("statement", ["UPDATE {} SET object_id = 'x'", "DELETE FROM {}"])
def test_event_can_neither_be_changed_nor_deleted(table, statement):
    edition = Edition.objects.create(code="a", title_zh="甲", title_en="A")
    audit.record("made", edition, by=None, touched=[edition])
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table._meta.db_table))
    assert table.objects.filter(object_id=str(edition.pk)).exists()


def test_event_binds_the_further_rows_of_its_action():
    first, second = (Edition.objects.create(code=code, title_zh="甲", title_en="A") for code in "ab")
    event = audit.record("made", first, by=None, touched=[second])
    rows = list(event.touched.values_list("object_type", "object_id", "row_digest"))
    # Beside the row itself stand the parts that belong to either edition.
    assert ("materiality.edition", str(second.pk), audit.row_digest(second)) in rows
    assert {owner for _type, owner, _digest in rows if ":" in owner} == {
        f"materiality.edition:{each.pk}" for each in (first, second)
    }
    assert event.touched_digest == audit.touched_digest(rows) != ""


def test_event_about_a_person_holds_no_name():
    person = User.objects.create(username="li", first_name="李明")
    event = audit.record("save_person", person, by=person)
    assert (event.object_text, event.object_id) == ("", str(person.pk))
    names = event.columns.names.split(",")
    # They are in the digest, with what keeps it from being guessed.
    assert {"first_name", "password", "digest_salt"} <= set(names) and "last_login" not in names


@pytest.mark.parametrize("value", [1e22, -0.0, 3.0, 1e-7, 0.1, 2**53 + 2.0])
def test_event_hash_stays_whatever_way_a_database_writes_numbers(value):
    edition = Edition.objects.create(code="a", title_zh="甲", title_en="A")
    audit.record("made", edition, by=None, after={"value": value})
    event = AuditEvent.objects.get()
    assert (event.after["value"], event.hash) == (value, audit.event_hash(event))


def test_digests_kept_last_are_looked_up_in_the_index_part_by_part():
    editions = [Edition.objects.create(code=code, title_zh="甲", title_en="A") for code in "ab"]
    for _time in range(3):
        audit.record("made", editions[0], by=None, touched=editions[1:])
    parts = list(owned_parts(editions))
    with CaptureQueriesContext(connection) as seen:
        found = audit._last_digests(parts)
    assert found == {(part.model._meta.label_lower, part.owner): part.digest for part in parts}
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {seen[0]['sql']}")
            steps = [step for *_ids, step in cursor.fetchall()]
        # Neither reads all that was kept of a part, nor sorts it.
        assert len(seen) == 1 and not [step for step in steps if "SCAN materi" in step or "B-TREE" in step]
