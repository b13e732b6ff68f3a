"""Categories of a draft: what can be done with them, and what follows."""

import pytest

from materiality.actions.categories import (
    add_category,
    merge_category,
    name_category,
    order_category,
    retire_category,
)
from materiality.actions.drafts import undo_last_change
from materiality.actions.library import publish_edition
from materiality.models import AuditEvent, Category, Edition
from materiality.platform.refusals import NotAllowed
from tests.factories.drafts import lineage_of

pytestmark = pytest.mark.django_db


def codes(draft: Edition) -> list[tuple[str, int]]:
    return [(row.code, row.mark) for row in draft.categories.filter(status="active")]


def test_added_category_is_the_last_one_and_moves_with_its_mark(draft):
    row = add_category(edition=draft, code="governance", name={"zh": "治理", "en": "Governance"}, by=None)
    assert codes(draft) == [("environment", 1), ("society", 2), ("governance", 3)]
    order_category(category=row, up=True, by=None)
    assert codes(draft) == [("environment", 1), ("governance", 2), ("society", 3)]
    name_category(category=row, name={"en": "Conduct"}, by=None)
    row.refresh_from_db()
    assert row.name.texts == {"zh": "治理", "en": "Conduct"}
    actions = ["add_category", "order_categories", "name_category"]
    assert list(AuditEvent.objects.order_by("number").values_list("action", flat=True))[-3:] == actions


@pytest.mark.parametrize(("code", "name"), [("society", {"en": "X"}), ("own", {}), ("no code", {"en": "X"})])
def test_category_of_a_taken_or_bad_code_or_without_name_is_refused(draft, code, name):
    with pytest.raises(NotAllowed):
        add_category(edition=draft, code=code, name=name, by=None)


def test_merged_category_is_retired_and_its_issues_move_with_their_codes(draft):
    environment, society = draft.categories.all()
    merge_category(category=environment, into=society, by=None, reason="One chapter")
    assert codes(draft) == [("society", 2)]
    assert set(draft.issues.values_list("category__code", flat=True)) == {"society"}
    assert ("moved", "ENV-01-01", "ENV-01-01") in lineage_of(draft)
    publish_edition(edition=draft, by=None, acknowledged="Known")
    with pytest.raises(NotAllowed):
        name_category(category=society, name={"en": "X"}, by=None)


def test_merge_can_be_undone(draft):
    environment, society = draft.categories.all()
    merge_category(category=environment, into=society, by=None, reason="One chapter")
    undo_last_change(edition=draft, by=None)
    assert draft.issues.filter(category=environment).exists()


def test_category_with_active_issues_is_not_retired(draft):
    with pytest.raises(NotAllowed, match="ENV-01"):
        retire_category(category=draft.categories.first(), by=None)
    empty = add_category(edition=draft, code="own", name={"en": "Own"}, by=None)
    assert retire_category(category=empty, by=None).status == Category.Status.RETIRED
