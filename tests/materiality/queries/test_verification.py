"""Files that a check of the trail finds altered, and those that it cannot judge."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from materiality.actions.stakeholders import add_attachment
from materiality.models import Attachment
from materiality.queries.verification import altered_files, attachment_findings, is_remark
from tests.factories.cycles import make_cycle
from tests.factories.stakeholders import PDF, make_engagement, stored_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def attached():
    path = stored_file(PDF)
    return add_attachment(engagement=make_engagement(make_cycle()), path=path, file_name="minutes.pdf", by=None)


def test_file_that_is_gone_is_found(attached):
    default_storage.delete(attached.path)
    assert [finding.kind for finding in attachment_findings()] == ["file"]


def test_file_that_was_removed_with_its_row_meanwhile_is_none(attached):
    default_storage.delete(attached.path)
    Attachment.objects.all().delete()
    assert list(altered_files([(attached, attached.path)])) == []


def test_file_that_cannot_be_read_is_told_as_such_and_the_next_is_looked_at(attached):
    loop = Path(default_storage.path("loop"))
    loop.symlink_to(loop)
    found = list(altered_files([(attached, loop.name), (attached, "nowhere")]))
    loop.unlink()
    assert [(finding.kind, is_remark(finding)) for finding in found] == [("unread", False), ("file", False)]
