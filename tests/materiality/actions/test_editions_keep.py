"""The database keeps published editions as they are."""

import pytest
from django.db import IntegrityError, transaction

from materiality.actions.add_issue import add_issue
from materiality.actions.publish_edition import publish_edition
from materiality.models import Category, Edition, Erratum, Issue, IssueMapping, Lineage
from tests.factories.cycles import small_library
from tests.factories.drafts import make_draft_edition, new_texts, of
from tests.factories.library import make_disclosure

pytestmark = pytest.mark.django_db


def refused_by_the_database(change) -> bool:
    try:
        with transaction.atomic():
            change()
    except IntegrityError as error:
        return "a published edition does not change" in str(error)
    return False


@pytest.mark.parametrize("state", ["published", "superseded"])
def test_database_refuses_changes_of_a_published_edition(state):
    edition = make_draft_edition().based_on
    Edition.objects.filter(pk=edition.pk).update(state=state)
    issue, other = of(edition, "SOC-01-01"), of(edition, "ENV-01")
    issues, names = Issue.objects.filter(pk=issue.pk), {"name_zh": "新", "name_en": "New"}
    columns = {"edition": edition, "category": issue.category, **names}
    changes = [
        *(lambda text=text: issues.update(**{text: "X"}) for text in ("name_zh", "name_en", "definition_en", "code")),
        lambda: issues.update(status="retired"),
        lambda: issues.update(order=7),
        lambda: issues.update(groups=["users"]),
        lambda: issues.update(parent=other, category=other.category),
        lambda: issues._raw_delete("default"),
        lambda: Issue.objects.create(code="SOC-01-09", parent=issue.parent, **columns),
        lambda: Category.objects.filter(edition=edition).update(name_en="X"),
        lambda: Category.objects.create(edition=edition, code="new", **names),
        lambda: issue.mappings.all().delete(),
        lambda: IssueMapping.objects.create(issue=issue, disclosure=make_disclosure("305-2")),
        lambda: issue.mappings.update(disclosure=make_disclosure("305-2")),
        lambda: Edition.objects.filter(pk=edition.pk).update(state="draft"),
        lambda: Edition.objects.filter(pk=edition.pk).update(title_en="X"),
    ]
    assert [refused_by_the_database(change) for change in changes] == [True] * len(changes)


def test_database_lets_nothing_move_from_a_draft_into_a_published_edition():
    draft = make_draft_edition()
    issue = of(draft, "SOC-01-01")
    place = of(draft.based_on, "SOC-01")
    move = {"edition": draft.based_on, "category": place.category, "parent": place, "code": "SOC-01-09"}
    assert refused_by_the_database(lambda: Issue.objects.filter(pk=issue.pk).update(**move))


def test_database_takes_only_the_text_of_an_erratum():
    edition = small_library()
    issue = of(edition, "SOC-01-01")
    texts = {"old_text": issue.name_en, "new_text": "Correct", "reason": "Typo"}
    Erratum.objects.create(issue=issue, field="name_en", **texts)
    issues = Issue.objects.filter(pk=issue.pk)
    assert refused_by_the_database(lambda: issues.update(name_en="Other"))
    assert refused_by_the_database(lambda: issues.update(name_zh="Correct"))
    assert not refused_by_the_database(lambda: issues.update(name_en="Correct", version=2))
    assert refused_by_the_database(lambda: Erratum.objects.update(old_text="X"))
    assert refused_by_the_database(lambda: Erratum.objects.all().delete())


def test_database_keeps_the_lineage_of_a_published_edition():
    draft = make_draft_edition()
    add_issue(edition=draft, primary=of(draft, "SOC-01"), texts=new_texts(), by=None, reason="New law")
    publish_edition(edition=draft, by=None)
    rows = Lineage.objects.filter(edition=draft)
    assert refused_by_the_database(lambda: rows.update(kind="moved"))
    assert refused_by_the_database(lambda: rows.delete())
    assert not refused_by_the_database(lambda: rows.update(by=None))
