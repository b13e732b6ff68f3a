import pytest
from django.utils import translation

from materiality.actions.cycles import choose_scope
from materiality.models import AuditEvent, Cycle, Group, Issue
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import scope_choices
from surveys.actions import plans
from surveys.actions.plans import GroupAsked, choose_issues, plan_groups, set_split
from surveys.actions.surveys import open_survey
from surveys.models import GroupPlan
from surveys.queries.plans import planned_groups, survey_issues
from surveys.questionnaire.asking import Plan
from tests.factories.surveys import make_survey, make_survey_cycle
from tests.factories.thaw import thawed

pytestmark = pytest.mark.django_db
CODES = [f"SOCIETY-01-0{place}" for place in range(1, 5)]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.fixture
def survey():
    return make_survey(make_survey_cycle({"society": 4}))


def plans_of(survey):
    return {each.group.code: each.plan for each in planned_groups(survey, CODES)}


def split(survey, **changes):
    defaults = {"split": True, "split_issues": 2, "core": [], "attention": False, "attention_value": 2}
    return set_split(survey=survey, values=defaults | changes, by=None)


def test_scope_is_what_drafts_ask_about_until_a_survey_is_open(survey):
    survey.core = [CODES[3]]
    survey.save(update_fields=["core"])
    choose_scope(cycle=survey.cycle, issues=CODES[:2], by=None)
    survey.refresh_from_db()
    assert ([issue.code for issue in survey_issues(survey)], survey.core) == (CODES[:2], [])
    assert survey.items.count() == 4
    cycle = Cycle.objects.get(pk=survey.cycle_id)
    assert [issue.code for _name, issues in scope_choices(cycle) for issue in issues if not issue.in_scope] == CODES[2:]
    open_survey(survey=survey, by=None)
    with pytest.raises(NotAllowed, match="has asked about these issues"):
        choose_scope(cycle=cycle, issues=CODES, by=None)


@pytest.mark.parametrize(("issues", "reason"), [([], "at least one"), (["SOCIETY-09"], "no issue SOCIETY-09")])
def test_scope_of_nothing_or_of_what_is_not_there_is_refused(survey, issues, reason):
    with pytest.raises(NotAllowed, match=reason):
        choose_scope(cycle=survey.cycle, issues=issues, by=None)


def test_planned_group_without_a_plan_is_asked_everything(survey):
    Group.objects.create(cycle=survey.cycle, code="late", name_zh="新", name_en="Late", target=7)
    late = planned_groups(survey, CODES)[0]
    assert (late.group.code, late.stored, late.plan, late.issues) == ("late", False, Plan(), CODES)
    assert (late.expected, late.each, late.questions) == (7, 4, 8)


def test_planned_group_that_comes_after_the_opening_gets_parts_of_the_usual_size(survey):
    split(survey)
    survey.refresh_from_db()
    survey = open_survey(survey=survey, by=None)
    Group.objects.create(cycle=survey.cycle, code="late", name_zh="新", name_en="Late", target=7)
    assert [(each.group.code, each.each) for each in planned_groups(survey, CODES)] == [
        ("late", 2),
        ("users", 4),
        ("employees", 4),
    ]


def test_plan_groups_stores_dimensions_and_expected_and_keeps_issues(survey):
    users = survey.cycle.groups.get(code="users")
    choose_issues(survey=survey, group=users, issues=[CODES[0]], by=None)
    plan_groups(survey=survey, plans={"users": GroupAsked(True, False, 40)}, by=None)
    assert plans_of(survey)["users"] == Plan(True, False, tuple(CODES[1:]), 40)
    event = AuditEvent.objects.first()
    assert (event.action, list(event.after), event.before["users"]["business"]) == ("plan_groups", ["users"], True)


def test_plan_groups_of_an_open_survey_changes_expected_numbers_alone(survey):
    survey = open_survey(survey=survey, by=None)
    plan_groups(survey=survey, plans={"users": GroupAsked(True, True, 90)}, by=None)
    assert plans_of(survey)["users"] == Plan(expected=90)
    with pytest.raises(NotAllowed, match="frozen"):
        plan_groups(survey=survey, plans={"users": GroupAsked(True, False, 90)}, by=None)


def test_plan_groups_moves_no_part_that_was_fixed_at_opening(survey):
    split(survey)
    survey.refresh_from_db()
    survey = open_survey(survey=survey, by=None)
    fixed = dict(GroupPlan.objects.values_list("group__code", "issues_each"))
    plan_groups(survey=survey, plans={"users": GroupAsked(True, True, 100_000)}, by=None)
    assert dict(GroupPlan.objects.values_list("group__code", "issues_each")) == fixed == {"users": 4, "employees": 4}


def test_plan_groups_of_an_unknown_group_is_refused(survey):
    with pytest.raises(NotAllowed, match="no group “nobody”"):
        plan_groups(survey=survey, plans={"nobody": GroupAsked(True, True, 0)}, by=None)


def test_choose_issues_by_the_library_leaves_out_what_a_group_cannot_rate(survey):
    with thawed():
        Issue.objects.filter(code=CODES[1]).update(groups=["users"])
        Issue.objects.filter(code=CODES[2]).update(groups=["employees"])
    users, employees = (survey.cycle.groups.get(code=code) for code in ("users", "employees"))
    choose_issues(survey=survey, group=users, issues=None, by=None)
    choose_issues(survey=survey, group=employees, issues=None, by=None)
    assert (plans_of(survey)["users"].left_out, plans_of(survey)["employees"].left_out) == ((CODES[2],), (CODES[1],))


def test_choose_issues_that_cannot_be_is_refused(survey):
    users, stranger = survey.cycle.groups.get(code="users"), make_survey_cycle().groups.first()
    with pytest.raises(NotAllowed, match="does not ask about NOWHERE"):
        choose_issues(survey=survey, group=users, issues=["NOWHERE"], by=None)
    with pytest.raises(NotAllowed, match="no group"):
        choose_issues(survey=survey, group=stranger, issues=[], by=None)
    open_survey(survey=survey, by=None)
    with pytest.raises(NotAllowed, match="frozen"):
        choose_issues(survey=survey, group=users, issues=[], by=None)
    assert not GroupPlan.objects.exists()


def test_set_split_keeps_the_core_in_the_order_of_the_survey(survey):
    stored = split(survey, core=[CODES[2], CODES[0]], attention=True, attention_value=5)
    assert (stored.split, stored.split_issues, stored.core) == (True, 2, [CODES[0], CODES[2]])
    assert (stored.attention, stored.attention_value) == (True, 5)
    assert AuditEvent.objects.first().after["core"] == [CODES[0], CODES[2]]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"core": CODES[:3]}, "core holds 3 issues"),
        ({"core": ["NOWHERE"]}, "does not ask about NOWHERE"),
        ({"split_issues": 0}, "at least one issue"),
        ({"attention": True, "attention_value": 6}, "asks for 6"),
    ],
)
def test_set_split_that_is_impossible_is_refused(survey, changes, words):
    with pytest.raises(NotAllowed, match=words):
        split(survey, **changes)
    survey.refresh_from_db()
    assert not survey.split


def test_set_split_of_an_open_survey_is_refused(survey):
    with pytest.raises(NotAllowed, match="frozen"):
        split(open_survey(survey=survey, by=None))


def test_asked_issues_stand_in_the_order_of_their_first_items(survey):
    last = survey.items.count()
    for place, item in enumerate(survey.items.filter(issue__code=CODES[0])):
        item.position = last + place
        item.save()
    assert [issue.code for issue in survey_issues(survey)] == [*CODES[1:], CODES[0]]


def test_drafts_that_follow_a_scope_are_locked_without_their_cycle():
    """On PostgreSQL a lock of the rows that are joined would wait for whoever works on the cycle."""
    survey = make_survey()
    query = plans._locked_drafts(survey.cycle).query
    assert (query.select_for_update, query.select_for_update_of) == (True, ("self",))
