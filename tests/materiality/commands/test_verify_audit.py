"""`verify_audit`: a whole path is sound, and what was changed outside the application is named."""

from email.encoders import encode_base64
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, migrations
from django.db.migrations.executor import MigrationExecutor
from django.utils import translation

from materiality.actions.audit import renew_digests, send_anchor, take_stock
from materiality.models import AuditColumns, AuditedRow, AuditEvent, Edition, Group, Issue, Organisation, User
from materiality.platform import audit
from materiality.platform.digests import columns_digest
from materiality.platform.keys import destroy_key, ensure_installation_key
from materiality.queries.verification import lost_columns, row_findings
from tests.factories.cycles import make_cycle
from tests.factories.people import make_person
from tests.factories.texts import reword
from tests.factories.thaw import thawed

pytestmark = pytest.mark.django_db


def verify(*arguments: str) -> tuple[list[str], list[str], bool]:
    """(lines of findings, other lines, whether it passed)."""
    out, err = StringIO(), StringIO()
    with translation.override("en"):
        try:
            call_command("verify_audit", *arguments, stdout=out, stderr=err)
        except CommandError:
            return err.getvalue().splitlines(), out.getvalue().splitlines(), False
    return err.getvalue().splitlines(), out.getvalue().splitlines(), True


@pytest.fixture
def edition():
    edition = Edition.objects.create(code="a", title_zh="甲", title_en="A")
    audit.record("made", edition, by=None)
    return edition


@pytest.fixture
def around():
    """A cursor for somebody who can get past the triggers."""
    with thawed("%_no_update"), thawed("%_no_delete"), connection.cursor() as cursor:
        yield cursor


def test_verify_of_a_sound_trail_prints_its_head(edition):
    head = audit.record("again", edition, by=None).hash
    unkeyed = "Events 1–2 are older than the audit key: chained, not keyed."
    assert verify() == ([], [unkeyed, "Events: 2", f"Head of the chain: {head}", "The audit trail is sound."], True)


def test_verify_names_events_whose_audit_key_is_lost(settings, tmp_path, edition):
    settings.KEYS = tmp_path
    ensure_installation_key(audit.AUDIT_KEY)
    audit.record("again", edition, by=None)
    assert verify()[::2] == ([], True)
    for file in tmp_path.iterdir():
        destroy_key(*file.name.split("-"))
    audit.record("again", edition, by=None)
    found = [
        "1 events bear the mark of an audit key that is not at hand, so that nothing vouches for them: 2. "
        "Put the key back into YITI_KEYS.",
        "1 events lack the mark of the audit key, which all have since the first: 3.",
    ]
    assert verify()[::2] == (found, False)


def test_verify_of_an_empty_trail_passes():
    assert verify()[2]


def test_verify_finds_a_row_changed_around_the_application(edition):
    audit.record("again", edition, by=None)
    reword(Edition.objects.all(), title_en="B")
    line = f"Edition (materiality.edition {edition.pk}) was changed outside the application after event 2."
    assert verify()[::2] == ([line], False)


def test_verify_finds_a_row_deleted_around_the_application(edition):
    Edition.objects.all().delete()
    line = f"Edition (materiality.edition {edition.pk}) was deleted outside the application after event 1."
    assert verify()[::2] == ([line], False)


def test_verify_takes_a_removal_that_was_recorded(edition):
    pk = edition.pk
    edition.delete()
    edition.pk = pk
    audit.record("removed", edition, by=None)
    assert verify()[::2] == ([], True)
    Edition.objects.create(pk=pk, code="a", title_zh="甲", title_en="A")
    line = f"Edition (materiality.edition {pk}) was put back outside the application after event 2."
    assert verify()[::2] == ([line], False)


def test_verify_compares_further_rows_with_the_last_event_that_touched_them(edition):
    other = Edition.objects.create(code="b", title_zh="乙", title_en="B")
    audit.record("made", other, by=None)
    other.title_en = "C"
    other.save()
    audit.record("both", edition, by=None, touched=[other])
    assert verify()[::2] == ([], True)
    reword(Edition.objects.filter(code="b"), title_en="D")
    line = f"Edition (materiality.edition {other.pk}) was changed outside the application after event 3."
    assert verify()[::2] == ([line], False)


def test_verify_finds_an_event_that_was_changed(edition, around):
    audit.record("again", edition, by=None)
    around.execute("UPDATE materiality_auditevent SET reason = 'x' WHERE number = 1")
    assert verify()[::2] == (["Event 1 was changed: its contents do not give its hash."], False)


def test_verify_finds_events_that_are_missing(edition, around):
    for _event in range(4):
        audit.record("again", edition, by=None)
    around.execute("DELETE FROM materiality_auditevent WHERE number IN (2, 3)")
    assert verify()[::2] == (["Events 2 to 3 are missing."], False)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE materiality_auditedrow SET row_digest = 'x'",
        "DELETE FROM materiality_auditedrow",
        "UPDATE materiality_auditedrow SET event_id = 1",
    ],
)
def test_verify_finds_further_rows_that_were_changed(edition, around, statement):
    other = Edition.objects.create(code="b", title_zh="乙", title_en="B")
    audit.record("both", edition, by=None, touched=[other])
    around.execute(statement)
    line = "Event 2 was changed: its list of further rows is not the one it was written with."
    assert line in verify()[0]


def test_verify_finds_a_trail_that_was_cut_off_by_its_anchor(edition, around):
    head = audit.record("again", edition, by=None).hash
    assert verify("--anchor", head)[::2] == ([], True)
    around.execute("DELETE FROM materiality_auditevent WHERE number = 2")
    assert verify("--anchor", head)[::2] == ([f"The hash {head} does not stand in the chain."], False)


def test_upgrade_that_drops_a_column_finds_forgeries_before_and_digests_anew_after(edition):
    before = MigrationExecutor(connection).loader.project_state()
    after = before.clone()
    migrations.RemoveField("edition", "note").state_forwards("materiality", after)
    migrations.DeleteModel("Reminder").state_forwards("materiality", after)
    lost = lost_columns(before.apps, after.apps)
    assert lost == {"materiality.edition": {"note"}}
    assert list(row_findings(before.apps, lost)) == []
    reword(Edition.objects.all(), title_en="B")
    assert [each.kind for each in row_findings(before.apps, lost)] == ["row_changed"]
    assert renew_digests(labels=lost) == 1
    assert verify()[::2] == ([], True)
    assert AuditEvent.objects.first().action == "upgrade"


def test_rows_whose_columns_are_gone_are_digested_anew(edition):
    columns = AuditColumns.objects.create(object_type="materiality.edition", names="id,gone")
    _append(edition, row_digest=columns_digest(["id", "gone"], [edition.pk, "x"]), columns=columns)
    assert any("cannot be compared" in line for line in verify()[1])
    renew_digests(labels=["materiality.edition"])
    assert not any("cannot be compared" in line for line in verify()[1])


def test_stock_is_taken_once_of_a_trail_that_named_single_rows_only(edition, around):
    around.execute("DELETE FROM materiality_auditedrow")  # as an older version left it
    around.execute("UPDATE materiality_auditevent SET touched_digest = ''")
    event = AuditEvent.objects.get()
    around.execute("UPDATE materiality_auditevent SET hash = %s", [audit.event_hash(event)])
    make_cycle(code="spring")
    around.execute("DELETE FROM materiality_auditedrow")
    parts = take_stock()
    assert (parts > 5, take_stock(), AuditEvent.objects.first().action) == (True, 0, "upgrade")
    Group.objects.first().delete()
    assert any("Stakeholder group (materiality.group) of Cycle" in line for line in verify()[0])


def test_stock_takes_the_organisation_that_an_older_version_made_without_an_event(edition, around):
    Organisation.objects.create(pk=1)
    audit.record("add_person", make_person("lead"), by=None)
    around.execute("DELETE FROM materiality_auditedrow WHERE object_type = 'materiality.factor'")
    assert any("no event about" in line for line in verify()[0])
    take_stock()
    assert not any("no event about" in line for line in verify()[0])
    Organisation.objects.update(name={"en": "Another"})
    assert any("materiality.organisation" in line for line in verify()[0])


def test_stock_says_what_was_forged_before_it_was_taken(edition, around, caplog):
    person = make_person("lead")
    audit.record("add_person", person, by=None)
    # As an older version left it, which knew of no second factors.
    around.execute("DELETE FROM materiality_auditedrow WHERE object_type = 'materiality.factor'")
    User.objects.filter(pk=person.pk).update(role="administrator")
    take_stock()
    assert (AuditEvent.objects.first().after["altered"], len(caplog.messages)) == (2, 2)
    assert all("materiality.user" in message for message in caplog.messages)


def test_verify_takes_the_anchors_of_mails(edition, around, mailoutbox, tmp_path):
    make_person("lead", email="li@example.org")
    assert (send_anchor(), send_anchor(), len(mailoutbox)) == (1, 0, 1)
    mail = tmp_path / "anchor.eml"
    # As mail servers encode it: no line is as it was written.
    mailoutbox[0].attach("note.txt", "备忘", "text/plain")
    message = mailoutbox[0].message()
    del message.get_payload(0)["Content-Transfer-Encoding"]
    encode_base64(message.get_payload(0))
    mail.write_bytes(message.as_bytes())
    assert b"yiti-anchor" not in mail.read_bytes()
    assert verify("--anchor-file", str(mail))[::2] == ([], True)
    # The whole chain made anew, each hash right.
    first = AuditEvent.objects.get(number=1)
    first.reason = "x"
    first.hash = audit.event_hash(first)
    second = AuditEvent.objects.get(number=2)
    second.previous_hash = first.hash
    around.execute("UPDATE materiality_auditevent SET reason = 'x', hash = %s WHERE number = 1", [first.hash])
    around.execute(
        "UPDATE materiality_auditevent SET previous_hash = %s, hash = %s WHERE number = 2",
        [first.hash, audit.event_hash(second)],
    )
    assert verify()[::2] == ([], True)
    found = verify("--anchor-file", str(mail))[0]
    assert [line.partition(":")[0] for line in found] == ["Event 1 has another hash than the anchor says"]
    mail.write_text("nothing")
    with translation.override("en"), pytest.raises(CommandError, match="no anchor"):
        call_command("verify_audit", "--anchor-file", str(mail))


def test_verify_compares_by_the_columns_of_then(edition):
    # As after an upgrade: the table had no `note` yet.
    columns = AuditColumns.objects.create(object_type="materiality.edition", names="id,code,title")
    _append(
        edition,
        row_digest=columns_digest(["id", "code", "title"], [edition.pk, "a", {"en": "A", "zh": "甲"}]),
        columns=columns,
    )
    Edition.objects.update(note="new")
    assert verify()[::2] == ([], True)
    reword(Edition.objects.all(), title_en="B")
    assert len(verify()[0]) == 1


def test_verify_names_rows_whose_columns_were_dropped_and_passes(edition):
    columns = AuditColumns.objects.create(object_type="materiality.edition", names="id,gone")
    _append(edition, row_digest=columns_digest(["id", "gone"], [edition.pk, "x"]), columns=columns)
    assert verify()[::2] == ([], True)


def _append(row, **columns) -> None:
    last = AuditEvent.objects.first()
    event = AuditEvent(number=last.number + 1, previous_hash=last.hash, at=last.at, action="old")
    event.object_type, event.object_id = row._meta.label_lower, str(row.pk)
    for name, value in columns.items():
        setattr(event, name, value)
    event.hash = audit.event_hash(event)
    event.save()


@pytest.mark.parametrize(("model", "word"), [(Issue, "Issue"), (Group, "Stakeholder group"), (Edition, "Edition")])
def test_verify_knows_the_rows_that_loading_and_opening_made(model, word):
    call_command("load_library", stdout=StringIO())
    make_cycle(code="spring")
    call_command("load_demo", "--responses", "0", stdout=StringIO())
    assert verify()[::2] == ([], True)
    column = "title_en" if model is Edition else "name_en"
    pk = AuditedRow.objects.filter(object_type=model._meta.label_lower, rows=None).values_list(
        "object_id", flat=True
    ).last() or (Edition.objects.last().pk)
    with thawed():
        reword(model.objects.filter(pk=pk), **{column: "Changed"})
    # The row, and where it lies in the part of an owner, that part.
    found = verify()[0]
    assert found and all(line.startswith(f"{word} (") for line in found)
    assert f" {pk}) was changed outside the application" in found[0]
