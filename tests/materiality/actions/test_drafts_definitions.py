"""Definitions of the default library come to installations that have older ones as changes of a draft."""

import pytest
from django.urls import reverse

from materiality.actions.drafts import change_issue, take_default_definitions, undo_last_change
from materiality.actions.library import start_edition_draft
from materiality.drafts.codes import texts_of
from materiality.library_file.read import shipped_library
from materiality.models import EditionChange
from materiality.platform.refusals import NotAllowed
from tests.factories.drafts import texts
from tests.factories.library import default_library
from tests.factories.people import log_in

pytestmark = pytest.mark.django_db
OLD = {"definition_zh": "公司合法处理个人信息。", "definition_en": "The company handles personal information lawfully."}


@pytest.fixture
def draft():
    """A draft of the default library in which three definitions are older, and one issue has another name."""
    default_library()
    draft = start_edition_draft(by=None)
    for code in ("TEC-02-03", "TEC-02", "SOC-01-01"):
        issue = draft.issues.get(code=code)
        change_issue(issue=issue, texts=texts(issue, **OLD), by=None)
    own = draft.issues.get(code="ENV-01-01")
    change_issue(issue=own, texts=texts(own, name_zh="我们的议题", **OLD), by=None, change="renamed", reason="Ours.")
    return draft


def test_definitions_that_are_older_are_taken_and_own_issues_left_alone(draft):
    changed = take_default_definitions(edition=draft, by=None)
    assert [issue.code for issue in changed] == ["SOC-01-01", "TEC-02", "TEC-02-03"]
    shipped = {record.code: record for record in shipped_library().issues}
    for issue in draft.issues.exclude(code="ENV-01-01"):
        assert (issue.definition_zh, issue.definition_en) == (
            shipped[issue.code].definition["zh"],
            shipped[issue.code].definition["en"],
        )
    assert texts_of(draft.issues.get(code="ENV-01-01")).definition_zh == OLD["definition_zh"]
    assert take_default_definitions(edition=draft, by=None) == []


def test_each_definition_taken_can_be_undone(draft):
    take_default_definitions(edition=draft, by=None)
    undo_last_change(edition=draft, by=None)
    assert draft.issues.get(code="TEC-02-03").definition_zh == OLD["definition_zh"]
    assert EditionChange.objects.filter(edition=draft, undone=True).count() == 1


def test_edition_in_force_is_not_changed(draft):
    with pytest.raises(NotAllowed):
        take_default_definitions(edition=draft.based_on, by=None)


def test_page_of_the_draft_takes_them_over(client, draft):
    log_in(client)
    address = reverse("draft_definitions", args=[draft.code])
    assert "3 definitions are taken over." in client.post(address, follow=True).content.decode()
    assert "No definition differs." in client.post(address, follow=True).content.decode()
    assert client.get(address).status_code == 405
