"""Four processes write events at once: one chain, without gap or fork, on SQLite and on PostgreSQL."""

import time

import pytest

from tests.services.installation import shell

pytestmark = pytest.mark.services

WRITERS, EVENTS = 4, 50
MAKE = "from materiality.models import Edition; Edition.objects.create(code='a', title_zh='甲', title_en='A'); print(1)"
WRITE = """
from django.db import transaction
from materiality.platform import audit
from materiality.models import Edition, User
person = User.objects.get_or_create(username="li")[0]
for number in range({events}):
    with transaction.atomic():
        edition = Edition.objects.create(code=f"{writer}-{{number}}", title_zh="甲", title_en="A")
        audit.record("made", edition, by=person, touched=[Edition.objects.get(code="a")])
"""
READ = """
import json
from materiality.models import AuditEvent, AuditedRow, AuditPerson
events = list(AuditEvent.objects.order_by("number").values_list("number", "previous_hash", "hash", "object_text"))
print(json.dumps([events, AuditedRow.objects.exclude(object_id__contains=":").count(), AuditPerson.objects.count()]))
"""
CHANGES = [
    "UPDATE materiality_auditevent SET reason = 'x'",
    "DELETE FROM materiality_auditevent",
    "TRUNCATE materiality_auditevent CASCADE",
]
TRY = """
import json
from django.db import DatabaseError, connection
from materiality.models import Edition
Edition.objects.filter(code="a").update(title={{"en": "B"}})
refused = []
for statement in {statements}:
    try:
        connection.cursor().execute(statement)
    except DatabaseError as error:
        refused.append("append-only" in str(error))
print(json.dumps(refused))
"""
# The row stays changed and not committed until somebody else is about to name it, and a little longer.
CHANGE = """
import time
from django.conf import settings
from django.db import transaction
from materiality.platform import audit
from materiality.models import Edition
with transaction.atomic():
    edition = Edition.objects.get(code="a")
    edition.title_en = "B"
    edition.save()
    audit.record("changed", edition, by=None)
    print("changed", flush=True)
    while not (settings.DATA / "naming").exists():
        time.sleep(0.02)
    time.sleep(0.5)
"""
NAME = """
import json
from django.conf import settings
from django.db import transaction
from materiality.platform import audit
from materiality.models import AuditEvent, Edition
(settings.DATA / "naming").touch()
with transaction.atomic():
    audit.record("named", Edition.objects.get(code="a"), by=None)
print(json.dumps(list(AuditEvent.objects.order_by("number").values_list("action", flat=True))))
"""


def test_row_named_while_somebody_else_changes_it_is_held_as_it_is_afterwards(installation):
    installation.python(MAKE)
    changing = installation.start_command("changing", *shell(CHANGE))
    log = installation.data / "changing.log"
    while "changed" not in log.read_text() and changing.poll() is None:
        time.sleep(0.05)
    assert installation.python(NAME) == ["changed", "named"]
    assert changing.wait(30) == 0, log.read_text()
    assert "Events: 2" in installation.manage("verify_audit").stdout


def test_four_writers_at_once_do_not_fork_the_chain(installation):
    installation.python(MAKE)
    for writer in range(WRITERS):
        code = WRITE.format(events=EVENTS, writer=writer)
        installation.start_command(f"writer-{writer}", *shell(code))
    for writer in range(WRITERS):
        log = installation.data / f"writer-{writer}.log"
        assert installation.processes[f"writer-{writer}"].wait(90) == 0, log.read_text()
    events, further, persons = installation.python(READ)
    assert [number for number, *_rest in events] == list(range(1, WRITERS * EVENTS + 1))
    assert [previous for _number, previous, *_rest in events] == ["", *(event[2] for event in events[:-1])]
    assert {text for *_rest, text in events} == {f"{w}-{n}" for w in range(WRITERS) for n in range(EVENTS)}
    assert (further, persons) == (WRITERS * EVENTS, 1)
    assert "200" in installation.manage("verify_audit", "--anchor", events[-1][2]).stdout
    _tamper(installation)


def _tamper(installation) -> None:
    """Events are append-only on this database; a row changed around the application is found."""
    statements = CHANGES if installation.environment["DATABASE_URL"] else CHANGES[:2]
    assert installation.python(TRY.format(statements=statements)) == [True] * len(statements)
    found = installation.manage("verify_audit", check=False)
    assert found.returncode != 0 and "materiality.edition 1" in found.stderr


PARTS = """
import json
from django.db import connection
from materiality.models import Edition
from materiality.platform.digests import owned_parts
edition, at_server = Edition.objects.create(code="a", title_zh="甲", title_en="A"), []
def watch(execute, sql, values, many, context):
    at_server.append(bool(getattr(context["cursor"].cursor, "name", "")))
    return execute(sql, values, many, context)
with connection.execute_wrapper(watch):
    parts = list(owned_parts([edition]))
print(json.dumps([connection.vendor, len(parts), at_server]))
"""


def test_rows_of_an_object_stay_at_the_server_while_they_are_read(installation):
    vendor, number, at_server = installation.python(PARTS)
    assert number > 0 and at_server == [vendor == "postgresql"] * number
