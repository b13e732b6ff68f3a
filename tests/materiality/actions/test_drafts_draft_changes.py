"""Retiring and reordering issues of a draft, and what holds for every change."""

import pytest
from django.utils import translation

from materiality.actions.drafts import (
    add_issue,
    change_issue,
    merge_issues,
    move_issue,
    reorder_issues,
    retire_issue,
    split_issue,
)
from materiality.models import AuditEvent, EditionChange
from materiality.platform.refusals import Conflict, NotAllowed, Unacknowledged
from tests.factories.drafts import lineage_of, make_draft_edition, new_texts, of
from tests.factories.surveys import make_open_survey

pytestmark = pytest.mark.django_db
WHY = "The committee asked for it."


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_retired_issue_stays_listed_and_ends_its_line(draft):
    retire_issue(issue=of(draft, "SOC-01-01"), by=None, reason=WHY)
    assert of(draft, "SOC-01-01").status == "retired"
    assert lineage_of(draft) == {("retired", "SOC-01-01", None)}
    with pytest.raises(NotAllowed):
        change_issue(issue=of(draft, "SOC-01-01"), texts=new_texts(), by=None)


def test_issue_added_in_the_draft_is_removed_when_retired(draft):
    issue = add_issue(edition=draft, place=of(draft, "SOC-01"), texts=new_texts(), by=None, reason=WHY)
    assert retire_issue(issue=issue, by=None, reason=WHY) is None
    assert (draft.issues.count(), lineage_of(draft)) == (10, set())


def test_retired_part_of_a_split_leaves_the_line_to_the_others(draft):
    first, _second = split_issue(
        issue=of(draft, "SOC-01-02"), parts=[new_texts("A"), new_texts("B")], by=None, reason=WHY
    )
    retire_issue(issue=first, by=None, reason=WHY)
    assert lineage_of(draft) == {("split", "SOC-01-02", "SOC-01-06")}


def test_retire_issue_refuses_a_primary_with_secondaries(draft):
    with pytest.raises(NotAllowed, match="SOC-01-01, SOC-01-02"):
        retire_issue(issue=of(draft, "SOC-01"), by=None, reason=WHY)


def test_retire_issue_of_a_live_survey_must_be_acknowledged():
    from tests.factories.cycles import make_cycle

    draft = make_draft_edition()
    survey = make_open_survey(make_cycle())
    with pytest.raises(Unacknowledged) as refusal:
        retire_issue(issue=of(draft, "SOC-01-01"), by=None, reason=WHY)
    assert survey.title in refusal.value.warnings[0]
    retire_issue(issue=of(draft, "SOC-01-01"), by=None, reason=WHY, acknowledged=True)
    assert of(draft, "SOC-01-01").status == "retired"


def test_reorder_issues_within_a_primary_and_a_category(draft):
    codes = ["SOC-01-03", "SOC-01-01", "SOC-01-02", "SOC-01-04"]
    reorder_issues(edition=draft, primary=of(draft, "SOC-01"), codes=codes, by=None)
    assert list(draft.issues.filter(parent__code="SOC-01").order_by("order").values_list("code", flat=True)) == codes
    assert {issue.version for issue in draft.issues.all()} == {1}
    reorder_issues(edition=draft, category=draft.categories.first(), codes=["ENV-01"], by=None)
    assert EditionChange.objects.count() == 1


def test_reorder_issues_refuses_a_list_that_is_not_the_one_there(draft):
    with pytest.raises(Conflict):
        reorder_issues(edition=draft, primary=of(draft, "SOC-01"), codes=["SOC-01-02", "SOC-01-01"], by=None)


def change_everything(edition, issue, other) -> list:
    """Every change, as calls."""
    return [
        lambda: add_issue(edition=edition, place=issue.parent, texts=new_texts(), by=None, reason=WHY),
        lambda: change_issue(issue=issue, texts=new_texts(), by=None),
        lambda: move_issue(issue=issue, primary=other.parent, by=None, reason=WHY),
        lambda: merge_issues(into=issue, others=[other], by=None, reason=WHY),
        lambda: split_issue(issue=issue, parts=[new_texts("A"), new_texts("B")], by=None, reason=WHY),
        lambda: retire_issue(issue=issue, by=None, reason=WHY),
        lambda: reorder_issues(edition=edition, primary=issue.parent, codes=[], by=None),
    ]


def test_every_change_of_a_published_edition_is_refused(draft):
    edition = draft.based_on
    for change in change_everything(edition, of(edition, "SOC-01-01"), of(edition, "ENV-01-01")):
        with pytest.raises(NotAllowed, match="published"):
            change()
    assert not EditionChange.objects.exists()


def test_every_change_leaves_one_event_and_one_step_to_undo(draft):
    changes = change_everything(draft, of(draft, "SOC-01-01"), of(draft, "ENV-01-01"))
    before = AuditEvent.objects.count()
    for change in changes[:4]:
        change()
    assert (AuditEvent.objects.count() - before, EditionChange.objects.count()) == (4, 4)
