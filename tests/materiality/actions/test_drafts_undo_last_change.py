"""Undoing changes of a draft, step by step, back to where it began."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from materiality.actions.drafts import (
    add_issue,
    change_issue,
    merge_issues,
    move_issue,
    reorder_issues,
    retire_issue,
    split_issue,
    undo_last_change,
)
from materiality.models import AuditEvent, Edition, Issue, IssueMapping, Lineage
from materiality.platform.refusals import Conflict, NotAllowed
from tests.factories.drafts import make_draft_edition, new_texts, of, texts
from tests.factories.texts import reword

WHY = "Because."
ACTIONS = ("add", "add_primary", "change", "move", "merge", "split", "retire", "reorder")


def everything(edition: Edition) -> list:
    """All rows of the draft but for versions, which only grow."""
    issues = Issue.objects.filter(edition=edition).order_by("pk").values()
    return [
        [{name: value for name, value in row.items() if name != "version"} for row in issues],
        list(IssueMapping.objects.filter(issue__edition=edition).order_by("pk").values()),
        list(Lineage.objects.filter(edition=edition).order_by("pk").values()),
    ]


def change_somehow(edition: Edition, action: str, one: int, two: int) -> None:
    """One change of issues that the numbers choose; a refused one changes nothing."""
    issues = list(edition.issues.select_related("edition", "parent", "category").order_by("pk"))
    issue, other = issues[one % len(issues)], issues[two % len(issues)]
    category = edition.categories.order_by("pk")[two % 2]
    reason = {"by": None, "reason": WHY}
    if action == "add":
        add_issue(edition=edition, place=issue, texts=new_texts(f"{one}"), **reason)
    elif action == "add_primary":
        add_issue(edition=edition, place=category, texts=new_texts(f"{one}"), **reason)
    elif action == "change":
        change_issue(issue=issue, texts=texts(issue, name_en=f"{one} {two}"), change="renamed", **reason)
    elif action == "move":
        move_issue(issue=issue, primary=None if issue.is_primary else other, category=category, **reason)
    elif action == "merge":
        merge_issues(into=issue, others=[other], **reason)
    elif action == "split":
        split_issue(issue=issue, parts=[new_texts("A"), new_texts("B"), new_texts("C")], **reason)
    elif action == "retire":
        retire_issue(issue=issue, **reason)
    else:
        siblings = edition.issues.filter(parent=issue.parent, category=issue.category).order_by("-order", "-code")
        place = {"primary": issue.parent} if issue.parent else {"category": issue.category}
        reorder_issues(edition=edition, codes=list(siblings.values_list("code", flat=True)), by=None, **place)


class UndoneStepByStep(TestCase):
    @given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 40), st.integers(0, 40)), max_size=7))
    @settings(max_examples=25, deadline=None)
    def test_any_changes_undone_give_the_draft_back(self, changes):
        draft = make_draft_edition(3)
        states = [everything(draft)]
        for action, one, two in changes:
            try:
                change_somehow(draft, action, one, two)
            except NotAllowed:
                continue
            if everything(draft) != states[-1]:
                states.append(everything(draft))
        for state in reversed(states[:-1]):
            undo_last_change(edition=draft, by=None)
            assert everything(draft) == state
        with pytest.raises(NotAllowed):
            undo_last_change(edition=draft, by=None)


@pytest.mark.django_db
def test_undo_keeps_counting_versions_and_records_it(draft):
    issue = of(draft, "SOC-01-01")
    change_issue(issue=issue, texts=texts(issue, name_en="First"), by=None, version=1)
    undo_last_change(edition=draft, by=None)
    assert (of(draft, "SOC-01-01").version, of(draft, "SOC-01-01").name_en) == (3, issue.name_en)
    with pytest.raises(Conflict):
        change_issue(issue=issue, texts=texts(issue, name_en="Second"), by=None, version=2)
    event = AuditEvent.objects.get(action="undo_last_change")
    assert (event.after["undone"], event.before["SOC-01-01"]["name_en"]) == ("change_issue", "First")


@pytest.mark.django_db
def test_undo_of_what_somebody_else_followed_up_is_a_conflict(draft):
    for code in ("SOC-01-01", "SOC-01-02"):
        change_issue(issue=of(draft, code), texts=new_texts(), by=None)
    first, last = draft.changes.order_by("pk")
    with pytest.raises(Conflict):
        undo_last_change(edition=draft, by=None, change=first.pk)
    assert undo_last_change(edition=draft, by=None, change=last.pk) == last


@pytest.mark.django_db
@pytest.mark.parametrize("built_on", ["changed", "secondary"])
def test_undo_is_refused_where_an_import_went_on(built_on, draft):
    issue = add_issue(edition=draft, place=draft.categories.first(), texts=new_texts(), by=None, reason=WHY)
    if built_on == "changed":
        reword(Issue.objects.filter(pk=issue.pk), name_en="Imported")
    else:
        names = {"name_zh": "新", "name_en": "New"}
        Issue.objects.create(edition=draft, category=issue.category, parent=issue, code=f"{issue.code}-01", **names)
    with pytest.raises(NotAllowed):
        undo_last_change(edition=draft, by=None)
    assert draft.issues.filter(pk=issue.pk).exists()


@pytest.mark.django_db
def test_undo_of_a_published_edition_is_refused(draft):
    with pytest.raises(NotAllowed):
        undo_last_change(edition=draft.based_on, by=None)
