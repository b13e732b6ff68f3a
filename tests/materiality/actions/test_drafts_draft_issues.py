"""Adding and changing issues of a draft, and two people at once."""

import pytest

from materiality.actions.drafts import add_issue, change_issue, merge_issues
from materiality.models import AuditEvent, EditionChange
from materiality.platform.refusals import Conflict, NotAllowed
from tests.factories.drafts import lineage_of, new_texts, of, texts
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db
WHY = "The committee asked for it."


def test_add_issue_takes_the_next_code_and_place(draft):
    person = make_person()
    primary = of(draft, "SOC-01")
    issue = add_issue(edition=draft, place=primary, texts=new_texts(), by=person, reason=WHY, groups=["users"])
    assert (issue.code, issue.order, issue.category, issue.groups) == ("SOC-01-05", 5, primary.category, ["users"])
    assert lineage_of(draft) == {("added", None, "SOC-01-05")}
    assert draft.lineage.get(target=issue).reason == WHY
    assert set(issue.changed) == {"name_zh", "name_en"}
    event = AuditEvent.objects.get(action="add_issue")
    assert (event.object_text, event.reason, event.after["SOC-01-05"]["name_en"]) == ("SOC-01-05", WHY, "New")


def test_add_primary_issue_goes_on_with_the_letters_of_its_category(draft):
    category = draft.categories.get(code="environment")
    issue = add_issue(edition=draft, place=category, texts=new_texts(), by=None, reason=WHY)
    assert (issue.code, issue.parent, issue.order) == ("ENV-02", None, 2)


@pytest.mark.parametrize(
    "code", ["SOC-01-02", "ENV-01-09", "SOC-1-9", "SOC-02"], ids=["taken", "other branch", "ill-formed", "primary"]
)
def test_add_issue_refuses_a_code_that_is_taken_or_out_of_place(draft, code):
    with pytest.raises(NotAllowed):
        add_issue(edition=draft, place=of(draft, "SOC-01"), texts=new_texts(), by=None, reason=WHY, code=code)
    assert not EditionChange.objects.exists()


def test_add_issue_refuses_a_code_that_was_another_issues(draft):
    issue = of(draft, "SOC-01-04")
    merge_issues(into=of(draft, "SOC-01-03"), others=[issue], by=None, reason=WHY)
    with pytest.raises(NotAllowed, match="SOC-01-04"):
        add_issue(edition=draft, place=of(draft, "SOC-01"), texts=new_texts(), by=None, reason=WHY, code=issue.code)


def test_add_issue_refuses_a_fourth_level_no_name_and_no_reason(draft):
    primary = of(draft, "SOC-01")
    third = add_issue(edition=draft, place=of(draft, "SOC-01-01"), texts=new_texts(), by=None, reason=WHY)
    assert third.code == "SOC-01-01-01"
    for changes in ({"place": third}, {"texts": new_texts("", name_zh=" ")}, {"reason": " "}):
        with pytest.raises(NotAllowed):
            add_issue(**{"edition": draft, "place": primary, "texts": new_texts(), "by": None, "reason": WHY} | changes)
    assert draft.issues.count() == 11


def test_reworded_issue_is_kept_and_needs_no_reason(draft):
    issue = of(draft, "SOC-01-01")
    changed = change_issue(issue=issue, texts=texts(issue, name_en="Issue"), by=None, version=1)
    assert (changed.version, set(changed.changed), lineage_of(draft)) == (2, {"name_en"}, set())


def test_renamed_and_redefined_issues_keep_their_reason(draft):
    issue, other = of(draft, "SOC-01-01"), of(draft, "SOC-01-02")
    change_issue(issue=issue, texts=texts(issue, name_en="X"), by=None, change="renamed", reason="Clearer")
    change_issue(issue=other, texts=texts(other, definition_en="Y"), by=None, change="redefined", reason="Wider")
    assert lineage_of(draft) == {("renamed", "SOC-01-01", "SOC-01-01")}
    assert [draft.lineage.get(target=row).reason for row in (issue, other)] == ["Clearer", "Wider"]


@pytest.mark.parametrize("change", ["renamed", "redefined"])
def test_change_issue_refuses_a_kind_without_reason_or_without_such_a_change(draft, change):
    issue = of(draft, "SOC-01-01")
    both = texts(issue, name_en="X", definition_en="Y")
    other = texts(issue, name_en="X") if change == "redefined" else texts(issue, definition_en="Y")
    for held, reason in ((both, ""), (other, WHY)):
        with pytest.raises(NotAllowed):
            change_issue(issue=issue, texts=held, by=None, change=change, reason=reason)
    assert of(draft, "SOC-01-01").version == 1


def test_second_of_two_people_is_shown_the_firsts_change(draft):
    issue = of(draft, "SOC-01-01")
    first = make_person(first_name="Li", last_name="Wei")
    change_issue(issue=issue, texts=texts(issue, name_en="First"), by=first, version=1)
    with pytest.raises(Conflict) as refusal:
        change_issue(issue=issue, texts=texts(issue, name_en="Second"), by=None, version=1)
    assert refusal.value.row.name_en == of(draft, "SOC-01-01").name_en == "First"
    assert str(first) in refusal.value.reason


def test_change_of_an_issue_that_somebody_merged_away_is_a_conflict(draft):
    issue = of(draft, "SOC-01-02")
    merge_issues(into=of(draft, "SOC-01-01"), others=[issue], by=None, reason=WHY)
    with pytest.raises(Conflict) as refusal:
        change_issue(issue=issue, texts=new_texts(), by=None, version=1)
    assert refusal.value.row is None


def test_unchanged_texts_leave_no_trace(draft):
    issue = of(draft, "SOC-01-01")
    change_issue(issue=issue, texts=texts(issue), by=None)
    assert (EditionChange.objects.count(), AuditEvent.objects.filter(action="change_issue").count()) == (0, 0)
