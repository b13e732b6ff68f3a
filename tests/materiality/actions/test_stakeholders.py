"""Writing and removing engagement records and their files."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone, translation

from materiality.actions.stakeholders import (
    add_attachment,
    load_demo_stakeholders,
    remove_attachment,
    remove_engagement,
    save_engagement,
)
from materiality.models import Attachment, AuditEvent, Engagement, StakeholderPoint
from materiality.platform.refusals import NotAllowed
from tests.factories.cycles import make_cycle, move, small_library
from tests.factories.stakeholders import PDF, engagement_values, make_engagement, stored_file

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def attach(record, contents=PDF, name="minutes.pdf", by=None):
    return add_attachment(engagement=record, path=stored_file(contents), file_name=name, by=by)


def test_save_engagement_keeps_issues_and_tells_them_by_code():
    cycle = make_cycle()
    issues = tuple(cycle.edition.issues.filter(code__in=["ENV-01-02", "SOC-01-01"]))
    record = make_engagement(cycle, issues=issues, participants=12)
    assert set(record.issues.all()) == set(issues)
    after = AuditEvent.objects.get(action="save_engagement").after
    assert (after["issues"], after["participants"]) == (["ENV-01-02", "SOC-01-01"], 12)


def test_save_engagement_records_what_changed():
    record = make_engagement(make_cycle())
    values = engagement_values(record.cycle, title_en="Second round", kind="visit")
    save_engagement(cycle=record.cycle, values=values, by=None, engagement=record)
    event = AuditEvent.objects.filter(action="save_engagement").order_by("number").last()
    assert event.before == {"kind": "meeting", "title_en": "Round table"}
    assert event.after == {"kind": "visit", "title_en": "Second round"}


def test_save_engagement_refuses_what_cannot_be():
    cycle, other = make_cycle(), make_cycle()
    small_issue = cycle.edition.issues.first()
    cycle.edition.state = "superseded"
    cycle.edition.save()
    later = make_cycle(code=small_library().code)
    wrong = [
        engagement_values(cycle, title_en=""),
        engagement_values(cycle, date=timezone.localdate() + timedelta(days=1)),
        engagement_values(cycle, group=other.groups.first()),
    ]
    for values in wrong:
        with pytest.raises(NotAllowed):
            save_engagement(cycle=cycle, values=values, by=None)
    with pytest.raises(NotAllowed, match="another edition"):
        save_engagement(cycle=later, values=engagement_values(later, issues=(small_issue,)), by=None)
    assert not Engagement.objects.exists()


def test_add_attachment_keeps_the_file_under_its_hash():
    record = make_engagement(make_cycle())
    file = attach(record, name="../minutes.exe")
    assert (file.file_name, file.content_type, file.size) == ("minutes.exe.pdf", "application/pdf", len(PDF))
    assert file.path == f"attachments/{record.pk}/{file.sha256[:2]}/{file.sha256}"
    with default_storage.open(file.path) as stream:
        assert stream.read() == PDF


def test_add_attachment_refuses_the_same_file_twice_and_a_wrong_type():
    record = make_engagement(make_cycle())
    attach(record, name="first.pdf")
    with pytest.raises(NotAllowed, match="attached already as “first.pdf”"):
        attach(record, name="second.pdf")
    with pytest.raises(NotAllowed, match="none of the types"):
        attach(record, b"MZ\x00\x00", "tool.pdf")
    assert record.attachments.count() == 1


def test_add_attachment_stops_at_twenty_files():
    record = make_engagement(make_cycle())
    for number in range(20):
        attach(record, b"note %d" % number, f"{number}.txt")
    with pytest.raises(NotAllowed, match="at most 20 files"):
        attach(record)


def test_remove_attachment_deletes_the_file_and_not_that_of_another_record(django_capture_on_commit_callbacks):
    cycle = make_cycle()
    gone, kept = (attach(make_engagement(cycle)) for _time in range(2))
    with django_capture_on_commit_callbacks(execute=True):
        remove_attachment(attachment=gone, by=None)
    assert (default_storage.exists(gone.path), default_storage.exists(kept.path)) == (False, True)
    assert list(Attachment.objects.all()) == [kept]


def test_remove_engagement_takes_its_files_along(django_capture_on_commit_callbacks):
    record = make_engagement(make_cycle())
    file = attach(record)
    with django_capture_on_commit_callbacks(execute=True):
        remove_engagement(engagement=record, by=None)
    assert (Engagement.objects.count(), default_storage.exists(file.path)) == (0, False)
    before = AuditEvent.objects.get(action="remove_engagement").before
    assert before["attachments"] == [{"file_name": "minutes.pdf", "sha256": file.sha256}]


def test_engagements_stand_still_after_the_sign_off():
    record = make_engagement(make_cycle())
    file = attach(record)
    cycle = move(record.cycle, "signed_off")
    for action in (
        lambda: save_engagement(cycle=cycle, values=engagement_values(cycle), by=None),
        lambda: attach(record, b"more", "more.txt"),
        lambda: remove_attachment(attachment=file, by=None),
        lambda: remove_engagement(engagement=record, by=None),
    ):
        with pytest.raises(NotAllowed):
            action()
    assert list(record.attachments.all()) == [file]


def test_load_demo_stakeholders_fills_every_list_of_every_group_in_both_languages(library_rows):
    cycle = make_cycle()
    number = load_demo_stakeholders(cycle=cycle, by=None)
    lists = {}
    for point in StakeholderPoint.objects.filter(group__cycle=cycle):
        assert point.text_zh and point.text_en
        lists.setdefault((point.group.code, point.kind), []).append(point)
    assert len(lists) == 18 and number == sum(map(len, lists.values()))
    assert {len(points) for points in lists.values()} <= {3, 4}
    assert all(record.issues.count() >= 2 for record in cycle.engagements.all())
