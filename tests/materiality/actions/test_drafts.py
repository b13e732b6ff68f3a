"""Moving, merging and splitting issues of a draft: codes, what hangs on them, lineage."""

import pytest
from django.db import IntegrityError, transaction

from materiality.actions.drafts import add_issue, merge_issues, move_issue, split_issue
from materiality.actions.library import publish_edition
from materiality.models import Category, Edition, EditionChange, Erratum, Issue, IssueMapping, Lineage
from materiality.platform.refusals import Conflict, NotAllowed
from tests.factories.cycles import small_library
from tests.factories.drafts import lineage_of, new_texts, of, texts
from tests.factories.library import make_disclosure
from tests.factories.texts import reword

pytestmark = pytest.mark.django_db
WHY = "The committee asked for it."


def test_moved_issue_takes_a_code_of_its_new_primary(draft):
    issue = move_issue(issue=of(draft, "SOC-01-01"), primary=of(draft, "ENV-01"), by=None, reason=WHY)
    stored = of(draft, "ENV-01-05")
    assert (stored, stored.category.code, stored.parent.code, stored.order) == (issue, "environment", "ENV-01", 5)
    assert lineage_of(draft) == {("moved", "SOC-01-01", "ENV-01-05")}


def test_moved_primary_takes_its_secondaries_along(draft):
    issue = of(draft, "SOC-01")
    move_issue(issue=issue, category=draft.categories.get(code="environment"), by=None, reason=WHY)
    codes = list(Issue.objects.filter(parent=issue).order_by("order").values_list("code", "category__code"))
    assert codes == [(f"ENV-02-0{number}", "environment") for number in range(1, 5)]
    assert lineage_of(draft) == {
        ("moved", old, new)
        for old, new in [("SOC-01", "ENV-02"), *((f"SOC-01-0{n}", f"ENV-02-0{n}") for n in range(1, 5))]
    }


def test_move_issue_refuses_what_makes_no_tree(draft):
    primary, secondary, other = of(draft, "SOC-01"), of(draft, "SOC-01-01"), of(draft, "ENV-01")
    below = of(draft, "ENV-01-01")
    fourth = Issue.objects.create(
        edition=draft, category=below.category, parent=below, code="ENV-01-01-01", name_en="X"
    )
    refused = [
        {"issue": primary, "primary": other},  # a primary under a primary
        {"issue": primary, "primary": primary},  # under itself
        {"issue": secondary, "primary": secondary},  # a cycle
        {"issue": secondary, "primary": fourth},  # a fourth level
        {"issue": secondary, "primary": primary},  # where it is
        {"issue": secondary, "category": other.category},  # a secondary without primary
        {"issue": primary, "category": primary.category},
        {"issue": primary},
    ]
    for move in refused:
        with pytest.raises(NotAllowed):
            move_issue(**move, by=None, reason=WHY)
    with pytest.raises(NotAllowed):
        move_issue(issue=secondary, primary=other, by=None, reason="")
    assert not EditionChange.objects.exists()


def test_merged_issue_takes_over_mappings_groups_and_ancestors(draft):
    into, other = of(draft, "SOC-01-01"), of(draft, "SOC-01-02")
    Issue.objects.filter(pk=into.pk).update(groups=["users"])
    Issue.objects.filter(pk=other.pk).update(groups=["media", "users"])
    other.mappings.all().delete()
    merged = merge_issues(into=into, others=[other], by=None, reason=WHY, texts=texts(into, name_en="Both"))
    assert (merged.groups, merged.name_en, merged.mappings.count()) == (["users", "media"], "Both", 1)
    assert not draft.issues.filter(code="SOC-01-02").exists()
    assert lineage_of(draft) == {("merged", "SOC-01-01", "SOC-01-01"), ("merged", "SOC-01-02", "SOC-01-01")}


def test_merged_primaries_put_their_secondaries_together(draft):
    merge_issues(into=of(draft, "ENV-01"), others=[of(draft, "SOC-01")], by=None, reason=WHY)
    codes = list(draft.issues.order_by("code").values_list("code", flat=True))
    assert codes == ["ENV-01", *(f"ENV-01-0{number}" for number in range(1, 9))]
    assert ("moved", "SOC-01-01", "ENV-01-05") in lineage_of(draft)


def test_issues_added_in_the_draft_merge_into_an_added_one(draft):
    first, second = (
        add_issue(edition=draft, place=of(draft, "SOC-01"), texts=new_texts(name), by=None, reason=WHY)
        for name in ("A", "B")
    )
    merge_issues(into=first, others=[second], by=None, reason=WHY)
    assert lineage_of(draft) == {("added", None, "SOC-01-05")}


def test_merge_issues_refuses_itself_nothing_and_two_levels(draft):
    into = of(draft, "SOC-01-01")
    for others in ([into], [], [of(draft, "ENV-01")], [of(draft, "SOC-01-02")] * 2):
        with pytest.raises(NotAllowed):
            merge_issues(into=into, others=others, by=None, reason=WHY)
    with pytest.raises(Conflict):
        merge_issues(into=into, others=[of(draft, "SOC-01-02")], by=None, reason=WHY, versions={"SOC-01-02": 7})
    assert draft.issues.count() == 10


def test_split_issue_puts_its_parts_in_its_place(draft):
    issue = of(draft, "SOC-01-02")
    parts = split_issue(issue=issue, parts=[new_texts("A"), new_texts("B")], by=None, reason=WHY)
    assert [(part.code, part.mappings.count()) for part in parts] == [("SOC-01-05", 1), ("SOC-01-06", 1)]
    order = draft.issues.filter(parent__code="SOC-01").order_by("order").values_list("code", flat=True)
    assert list(order) == ["SOC-01-01", "SOC-01-05", "SOC-01-06", "SOC-01-03", "SOC-01-04"]
    assert lineage_of(draft) == {("split", "SOC-01-02", "SOC-01-05"), ("split", "SOC-01-02", "SOC-01-06")}


def test_split_primary_leaves_its_secondaries_to_the_first_part(draft):
    split_issue(issue=of(draft, "SOC-01"), parts=[new_texts("A"), new_texts("B")], by=None, reason=WHY)
    assert list(draft.issues.filter(code__startswith="SOC").order_by("code").values_list("code", flat=True)) == [
        "SOC-02", "SOC-02-01", "SOC-02-02", "SOC-02-03", "SOC-02-04", "SOC-03",
    ]  # fmt: skip


@pytest.mark.parametrize("names", [[], ["A"], ["A", "A"], ["A", " "]])
def test_split_issue_refuses_less_than_two_and_equal_or_nameless_parts(draft, names):
    parts = [new_texts(name, name_zh="") for name in names]
    with pytest.raises(NotAllowed):
        split_issue(issue=of(draft, "SOC-01-01"), parts=parts, by=None, reason=WHY)
    assert draft.issues.count() == 10


def test_parts_that_are_merged_again_descend_from_the_issue(draft):
    first, second = split_issue(
        issue=of(draft, "SOC-01-02"), parts=[new_texts("A"), new_texts("B")], by=None, reason=WHY
    )
    merge_issues(into=first, others=[second], by=None, reason="No")
    row = draft.lineage.get(target=first)
    assert (row.source.code, row.reason) == ("SOC-01-02", f"{WHY}\nNo")


def refused_by_the_database(change) -> bool:
    try:
        with transaction.atomic():
            change()
    except IntegrityError as error:
        return "a published edition does not change" in str(error)
    return False


@pytest.mark.parametrize("state", ["published", "superseded"])
def test_database_refuses_changes_of_a_published_edition(state, draft):
    edition = draft.based_on
    Edition.objects.filter(pk=edition.pk).update(state=state)
    issue, other = of(edition, "SOC-01-01"), of(edition, "ENV-01")
    issues, names = Issue.objects.filter(pk=issue.pk), {"name_zh": "新", "name_en": "New"}
    columns = {"edition": edition, "category": issue.category, **names}
    changes = [
        *(lambda text=text: reword(issues, **{text: "X"}) for text in ("name_zh", "name_en", "definition_en", "code")),
        lambda: issues.update(status="retired"),
        lambda: issues.update(order=7),
        lambda: issues.update(groups=["users"]),
        lambda: issues.update(parent=other, category=other.category),
        lambda: issues._raw_delete("default"),
        lambda: Issue.objects.create(code="SOC-01-09", parent=issue.parent, **columns),
        lambda: reword(Category.objects.filter(edition=edition), name_en="X"),
        lambda: Category.objects.create(edition=edition, code="new", **names),
        lambda: issue.mappings.all().delete(),
        lambda: IssueMapping.objects.create(issue=issue, disclosure=make_disclosure("305-2")),
        lambda: issue.mappings.update(disclosure=make_disclosure("305-2")),
        lambda: Edition.objects.filter(pk=edition.pk).update(state="draft"),
        lambda: reword(Edition.objects.filter(pk=edition.pk), title_en="X"),
    ]
    assert [refused_by_the_database(change) for change in changes] == [True] * len(changes)


def test_database_lets_nothing_move_from_a_draft_into_a_published_edition(draft):
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
    assert refused_by_the_database(lambda: reword(issues, name_en="Other"))
    assert refused_by_the_database(lambda: reword(issues, name_zh="Correct"))
    assert not refused_by_the_database(lambda: reword(issues, name_en="Correct", version=2))
    assert refused_by_the_database(lambda: Erratum.objects.update(old_text="X"))
    assert refused_by_the_database(lambda: Erratum.objects.all().delete())


def test_database_keeps_the_lineage_of_a_published_edition(draft):
    add_issue(edition=draft, place=of(draft, "SOC-01"), texts=new_texts(), by=None, reason="New law")
    publish_edition(edition=draft, by=None)
    rows = Lineage.objects.filter(edition=draft)
    assert refused_by_the_database(lambda: rows.update(kind="moved"))
    assert refused_by_the_database(lambda: rows.delete())
    assert not refused_by_the_database(lambda: rows.update(by=None))
