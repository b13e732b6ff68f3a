"""Upgrade of an installation from before keys lay outside the database, by way of one whose texts stand in two columns
each: rows, links, kept changes, audit trail, and the tables themselves, which are those of a new installation.
"""

import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.services.installation import Installation

pytestmark = pytest.mark.services

OLD = [("surveys", "0011_surveys_say_it_once")]
BEFORE = [("reports", "0004_publication_on_cycle"), ("surveys", "0023_chunks")]
BEFORE += [("materiality", "0020_reported_figures")]
# Step by step, as an installation of then has come, and not by the one that makes all tables at once.
MIGRATE = """
import json
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
executor = MigrationExecutor(connection)
executor.loader = MigrationLoader(connection, replace_migrations=False)
executor.migrate(TARGETS)
print(json.dumps(True))
"""
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
issues = then("materiality", "Issue").objects
issue = issues.create(edition=edition, category=category, code="OWN-01", **texts)
row = {"id": issue.pk, "code": "OWN-01", **texts}
change = then("materiality", "EditionChange").objects
change.create(edition=edition, action="x", before={"issue": {str(issue.pk): row}}, after={"mapping": {}})
names = [field.attname for field in edition._meta.concrete_fields]
values = list(type(edition).objects.values_list(*names).get(pk=edition.pk))
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
issue, edition = Issue.objects.get(code="OWN-01"), Edition.objects.get(code="a")
print(json.dumps([
    [edition.title.texts, edition.languages, Category.objects.get(code="own").name.texts],
    [issue.name.texts, issue.definition.texts, EditionChange.objects.get().before["issue"][str(issue.pk)]],
    list(AuditEvent.objects.order_by("number").values_list("action", flat=True)),
]))
"""
FORGE = """
import json
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("UPDATE materiality_edition SET title_en = 'B' WHERE code = 'a'")
print(json.dumps(True))
"""
SECRET = b"a secret of a batch, as it lay open in the table."[:32]
# By the models of then, in the tables of then.
FILL_OLD = """
import json
from datetime import date
from uuid import uuid4
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from surveys.questionnaire.tokens import token_of
then = MigrationExecutor(connection).loader.project_state(OLD).apps.get_model
titles, names = {"title_zh": "年", "title_en": "Year"}, {"name_zh": "名", "name_en": "Name"}
edition = then("materiality", "Edition").objects.create(code="e", **titles)
category = then("materiality", "Category").objects.create(edition=edition, code="c", order=1, **names)
issues = [
    then("materiality", "Issue").objects.create(edition=edition, category=category, code=f"C-{n}", **names)
    for n in range(3)
]
period = {"period_start": date(2026, 1, 1), "period_end": date(2026, 12, 31)}
cycle = then("materiality", "Cycle").objects.create(code="y", edition=edition, state="open", **titles, **period)
group = then("materiality", "Group").objects.create(cycle=cycle, code="users", order=1, **names)
survey = then("surveys", "Survey").objects.create(
    cycle=cycle, code="s", anonymous=True, state="open", opened_at=timezone.now(), **titles
)
for position, (issue, dimension) in enumerate((issue, each) for issue in issues for each in ("society", "business")):
    then("surveys", "Item").objects.create(survey=survey, position=position, issue=issue, dimension=dimension)
batch = then("surveys", "Batch").objects.create(survey=survey, group=group, size=10, secret=SECRET)
common = {"survey": survey, "group": group, "language": "en", "started_at": timezone.now()}
then("surveys", "Draft").objects.create(
    key=uuid4(), batch=batch, serial=3, ratings=bytes([1, 2, 3, 4, 5, 0]), comment="Begun before", **common
)
print(json.dumps(token_of(SECRET, batch.pk, 3)))
"""
READ_OPENED = """
import json
from django.db import connection
from surveys.invitations.links import secret_of
from surveys.models import Batch, Draft, SealedDraft
from surveys.respond.answers import open_answers
found = open_answers(TOKEN, "s")
connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
print(json.dumps([
    list(found.ratings), found.comment, secret_of(Batch.objects.get().salt).decode(), Draft.objects.count(),
    SealedDraft.objects.count(),
]))
"""


@dataclass(frozen=True)
class Upgraded:
    """The installation after its upgrade, a link of before, and how an upgrade ended where a row had been forged."""

    made: Installation
    token: str
    forged: int


@pytest.fixture(scope="module")
def upgraded() -> Iterator[Upgraded]:
    with tempfile.TemporaryDirectory(prefix="yiti-") as folder:
        made = Installation(Path(folder))
        try:
            made.python(f"TARGETS = {OLD!r}\n{MIGRATE}")
            token = made.python(f"OLD, SECRET = {OLD!r}, {SECRET!r}\n{FILL_OLD}")
            made.python(f"TARGETS = {BEFORE!r}\n{MIGRATE}")
            made.python(FILL)
            kept, tables = made.data / "kept", made.data / "yiti.sqlite3"
            shutil.copy(tables, kept)
            made.python(FORGE)
            forged = made.manage("migrate", "--verbosity", "0", check=False).returncode
            shutil.copy(kept, tables)
            made.manage("migrate", "--verbosity", "0")
            yield Upgraded(made, token, forged)
        finally:
            made.stop()


def test_upgrade_keeps_texts_and_renews_digests_that_were_sound(upgraded):
    texts = {"zh": "题", "en": "Issue"}
    kept = {"id": 4, "code": "OWN-01", "name": texts, "definition": {"zh": "义"}}
    assert upgraded.made.python(READ) == [
        [{"zh": "甲", "en": "A"}, ["zh", "en"], {"en": "Own"}],
        [texts, {"zh": "义"}, kept],
        ["old", "upgrade"],
    ]
    # What was filled in has no event, and these rows should have.
    verified = upgraded.made.manage("verify_audit", check=False).stderr.splitlines()
    rows = ("Edition 1 (materiality.edition)", "Cycle 1 (materiality.cycle)", "Survey 1 (surveys.survey)")
    assert verified[:-1] == [f"There is no event about {row}." for row in rows] and "3 findings" in verified[-1]


def test_upgrade_stops_where_a_row_was_changed_around_the_application(upgraded):
    assert upgraded.forged == 1


def test_links_and_answers_of_before_keys_lay_outside_go_on_after_the_upgrade(upgraded):
    found = upgraded.made.python(f"TOKEN = {upgraded.token!r}\n{READ_OPENED}")
    assert found == [[1, 2, 3, 4, 5, 0], "Begun before", SECRET.decode(), 0, 1]
    # Neither lies open anywhere in the file, deleted pages included.
    stored = (upgraded.made.data / "yiti.sqlite3").read_bytes()
    assert SECRET not in stored and b"Begun before" not in stored


def test_upgraded_tables_are_those_of_a_new_installation(upgraded, sqlite_tables):
    assert definitions(upgraded.made.data / "yiti.sqlite3") == definitions(sqlite_tables)


def definitions(path: Path) -> dict[tuple[str, str], list[str]]:
    """By kind and name what a database has; of a table its columns and constraints in whatever order they lie."""
    with closing(sqlite3.connect(path)) as tables:
        found = tables.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE sql <> '' AND name <> 'sqlite_sequence'"
        )
        return {(kind, name): _parts(sql) if kind == "table" else [sql] for kind, name, sql in found}


def _parts(sql: str) -> list[str]:
    inside = sql[sql.index("(") + 1 : sql.rindex(")")]
    return sorted(re.split(r', (?="\w+" \w|CONSTRAINT )', inside))
