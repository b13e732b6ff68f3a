"""The audit trail: one chain, every event bound to the one before and to the row it speaks of."""

import pytest

from materiality import audit
from materiality.models import AuditEvent, Edition, User

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
    Edition.objects.filter(pk=edition.pk).update(title_en="B")
    assert audit.row_digest(edition) != before
