from datetime import timedelta

import pytest
from django.utils import timezone

from materiality.models import AuditEvent, Group, Issue
from materiality.platform.refusals import NotAllowed
from surveys.models import GroupPlan, Notice, Survey
from surveys.questionnaire.asking import Plan
from surveys.questionnaire.screening import Rules
from tests.factories.surveys import make_survey, make_survey_cycle
from tests.factories.thaw import thawed

pytestmark = pytest.mark.django_db


def test_build_survey_asks_every_active_issue_on_both_dimensions_in_order_of_code():
    cycle = make_survey_cycle({"society": 2, "environment": 2})
    with thawed():
        Issue.objects.filter(edition=cycle.edition, code="SOCIETY-01-02").update(status="retired")
    survey = make_survey(cycle, k=7)
    assert list(survey.items.values_list("position", "issue__code", "dimension")) == [
        (0, "ENVIRONMENT-01-01", "society"),
        (1, "ENVIRONMENT-01-01", "business"),
        (2, "ENVIRONMENT-01-02", "society"),
        (3, "ENVIRONMENT-01-02", "business"),
        (4, "SOCIETY-01-01", "society"),
        (5, "SOCIETY-01-01", "business"),
    ]
    assert (survey.state, survey.k, Rules.from_json(survey.rules)) == ("draft", 7, Rules())
    assert AuditEvent.objects.get(action="build_survey").object_text == survey.code


def test_build_survey_of_primaries_asks_primaries_only():
    survey = make_survey(make_survey_cycle({"society": 2}), level=Survey.Level.PRIMARY)
    assert list(survey.items.values_list("issue__code", flat=True)) == ["SOCIETY-01", "SOCIETY-01"]


@pytest.mark.parametrize("values", [{"k": 1}, {"k": 11}, {"code": "taken"}, {"backwards": True}])
def test_build_survey_that_makes_no_sense_is_refused(values):
    cycle = make_survey_cycle()
    make_survey(cycle, code="taken")
    if values.pop("backwards", False):
        values = {"opens_at": timezone.now(), "closes_at": timezone.now() - timedelta(days=1)}
    with pytest.raises(NotAllowed):
        make_survey(cycle, **values)
    assert Survey.objects.count() == 1


def test_build_survey_without_issues_or_in_a_late_cycle_is_refused():
    cycle = make_survey_cycle()
    cycle.state = "in_review"
    with pytest.raises(NotAllowed):
        make_survey(cycle)
    cycle.state = "open"
    with thawed():
        Issue.objects.update(status="retired")
    with pytest.raises(NotAllowed):
        make_survey(cycle)


def plans_of(survey):
    rows = GroupPlan.objects.filter(survey=survey).order_by("group__code")
    return {row.group.code: (row.society, row.business, row.left_out) for row in rows}


def test_build_survey_gives_each_group_its_default_plan():
    cycle = make_survey_cycle({"society": 3}, groups=("users", "employees", "creators_partners", "investors"))
    Group.objects.filter(code="employees").update(side="internal")
    with thawed():
        Issue.objects.filter(edition=cycle.edition, code="SOCIETY-01-02").update(groups=["users"])
        Issue.objects.filter(edition=cycle.edition, code="SOCIETY-01-03").update(groups=["employees"])
    survey = make_survey(cycle, plans=None)
    assert plans_of(survey) == {
        "creators_partners": (True, True, []),
        "employees": (True, True, ["SOCIETY-01-02"]),
        "investors": (True, False, []),
        "users": (True, False, ["SOCIETY-01-03"]),
    }
    assert AuditEvent.objects.get(action="build_survey").after["plans"]["users"]["left_out"] == ["SOCIETY-01-03"]


def test_build_survey_takes_the_plans_it_is_given_and_asks_other_groups_everything():
    survey = make_survey(plans={"users": Plan(society=False, expected=40), "strangers": Plan()})
    row = GroupPlan.objects.get(survey=survey)
    assert (row.group.code, row.society, row.business, row.expected) == ("users", False, True, 40)


def test_build_survey_keeps_the_notice_as_its_first_version():
    notice = Notice.objects.get(survey=make_survey(notice_zh="隐私", notice_en="Privacy"))
    assert (notice.version, notice.text_zh, notice.text_en) == (1, "隐私", "Privacy")


@pytest.mark.parametrize(
    "values",
    [
        {"core": ["NOWHERE-01"]},
        {"split": True, "split_issues": 1, "core": ["SOCIETY-01-01", "SOCIETY-01-02"]},
        {"split": True, "split_issues": 0},
        {"attention": True, "attention_value": 6},
        {"attention": True, "attention_value": 0},
    ],
)
def test_build_survey_with_an_impossible_split_is_refused(values):
    with pytest.raises(NotAllowed):
        make_survey(make_survey_cycle({"society": 3}), **values)
