"""Upgrade of an installation whose texts stand in two columns each: rows, kept changes, audit trail."""

import pytest

from tests.services.installation import Installation

pytestmark = pytest.mark.services

BEFORE = (("reports", "0004_publication_on_cycle"), ("surveys", "0023_chunks"))
BEFORE += (("materiality", "0020_reported_figures"),)
# Rows of then, one of them with an event that digests its columns of then.
FILL = """
import json
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from materiality.models import AuditColumns, AuditEvent
from materiality.platform.audit import event_hash
from materiality.platform.digests import columns_digest
loader = MigrationExecutor(connection).loader
then = loader.project_state(("materiality", "0020_reported_figures")).apps.get_model
edition = then("materiality", "Edition").objects.create(code="a", title_zh="甲", title_en="A")
category = then("materiality", "Category").objects.create(edition=edition, code="own", name_zh="", name_en="Own")
texts = {"name_zh": "题", "name_en": "Issue", "definition_zh": "义", "definition_en": ""}
then("materiality", "Issue").objects.create(edition=edition, category=category, code="OWN-01", **texts)
row = {"id": 1, "code": "OWN-01", **texts}
change = then("materiality", "EditionChange").objects
change.create(edition=edition, action="x", before={"issue": {"1": row}}, after={"mapping": {}})
names = [field.attname for field in edition._meta.concrete_fields]
values = list(type(edition).objects.values_list(*names).get())
columns = AuditColumns.objects.create(object_type="materiality.edition", names=",".join(names))
event = AuditEvent(number=1, previous_hash="", at=timezone.now(), action="old", columns=columns)
event.object_type, event.object_id = "materiality.edition", str(edition.pk)
event.row_digest = columns_digest(names, values)
event.hash = event_hash(event)
event.save()
print(json.dumps(len(names)))
"""
READ = """
import json
from materiality.models import AuditEvent, Category, Edition, EditionChange, Issue
issue, edition = Issue.objects.get(), Edition.objects.get()
print(json.dumps([
    [edition.title.texts, edition.languages, Category.objects.get().name.texts],
    [issue.name.texts, issue.definition.texts, EditionChange.objects.get().before["issue"]["1"]],
    list(AuditEvent.objects.order_by("number").values_list("action", flat=True)),
]))
"""
FORGE = """
import json
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("UPDATE materiality_edition SET title_en = 'B'")
print(json.dumps(True))
"""


@pytest.fixture
def old(tmp_path):
    made = Installation(tmp_path)
    for app, name in BEFORE:
        made.manage("migrate", app, name, "--verbosity", "0")
    made.python(FILL)
    yield made
    made.stop()


def test_upgrade_keeps_texts_and_renews_digests_that_were_sound(old):
    old.manage("migrate", "--verbosity", "0")
    texts = {"zh": "题", "en": "Issue"}
    kept = {"id": 1, "code": "OWN-01", "name": texts, "definition": {"zh": "义"}}
    assert old.python(READ) == [
        [{"zh": "甲", "en": "A"}, ["zh", "en"], {"en": "Own"}],
        [texts, {"zh": "义"}, kept],
        ["old", "upgrade"],
    ]
    assert old.manage("verify_audit", check=False).returncode == 0


def test_upgrade_stops_where_a_row_was_changed_around_the_application(old):
    old.python(FORGE)
    assert old.manage("migrate", "--verbosity", "0", check=False).returncode == 1
