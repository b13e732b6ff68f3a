"""Which issues rest on which groups, and what a wider plan would buy."""

import pytest

from surveys.queries.plans import issue_bases, planned_groups, survey_issues, wider_plans
from surveys.questionnaire.asking import Plan
from tests.factories.surveys import make_survey, make_survey_cycle

pytestmark = pytest.mark.django_db
CODES = [f"SOCIETY-01-{n:02}" for n in range(1, 5)]


def asked(plans):
    survey = make_survey(make_survey_cycle({"society": 4}, ("users", "employees", "media")), plans=plans)
    codes = [issue.code for issue in survey_issues(survey)]
    return planned_groups(survey, codes), sorted(codes)


def test_bases_name_the_groups_of_every_issue_and_dimension():
    groups, codes = asked({"users": Plan(left_out=(CODES[0],)), "media": Plan(business=False)})
    found = [
        (each.dimension, [group.code for group in each.groups], each.issues) for each in issue_bases(groups, codes)
    ]
    assert found == [
        ("society", ["employees", "media"], CODES[:1]),
        ("society", ["users", "employees", "media"], CODES[1:]),
        ("business", ["employees"], CODES[:1]),
        ("business", ["users", "employees"], CODES[1:]),
    ]


def test_wider_plans_say_what_they_cost_and_complete():
    groups, codes = asked({"users": Plan(left_out=(CODES[0],)), "media": Plan(business=False)})
    found = {each.planned.group.code: (each.missing, each.whole, each.ratings) for each in wider_plans(groups, codes)}
    # Users miss one issue; on business it misses the media as well. The media miss business.
    assert found == {"users": (2, 1, 2), "media": (4, 3, 4)}


def test_a_plan_that_asks_everything_has_one_base_for_each_dimension():
    groups, codes = asked({})
    assert [len(each.groups) for each in issue_bases(groups, codes)] == [3, 3]
    assert wider_plans(groups, codes) == []
