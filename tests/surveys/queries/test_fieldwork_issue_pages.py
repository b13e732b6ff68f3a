"""How many pages of issues a group has is what its respondents are shown."""

import pytest

from surveys.models import Draft
from surveys.queries.fieldwork import issue_pages
from surveys.queries.questionnaire import questionnaire_of
from surveys.questionnaire.asking import Plan
from tests.factories.respondent import RespondentClient
from tests.factories.surveys import make_open_survey, make_survey_cycle

pytestmark = pytest.mark.django_db
SIZES = {"environment": 16, "society": 14}
ENVIRONMENT = tuple(f"ENVIRONMENT-01-{place:02}" for place in range(1, 17))
SOCIETY = tuple(f"SOCIETY-01-{place:02}" for place in range(1, 10))
SPLIT = {"split": True, "split_issues": 12}


@pytest.mark.parametrize(
    ("values", "users", "expected"),
    [
        ({}, Plan(), (5, 5)),
        ({}, Plan(left_out=ENVIRONMENT), (3, 5)),
        ({}, Plan(left_out=ENVIRONMENT[:7]), (4, 5)),
        ({"attention": True}, Plan(society=False), (5, 5)),
        (SPLIT, Plan(expected=10_000), (2, 5)),
        (SPLIT | {"core": list(ENVIRONMENT[:12])}, Plan(expected=10_000), (2, 5)),
        (SPLIT, Plan(left_out=ENVIRONMENT + SOCIETY, expected=10_000), (1, 5)),
    ],
)
def test_pages_of_a_group_are_those_shown(values, users, expected):
    survey = make_open_survey(make_survey_cycle(SIZES), plans={"users": users}, **values)
    groups = list(survey.cycle.groups.all())
    found = issue_pages(survey, groups)
    assert (found["users"], found["employees"]) == expected
    for group in groups:
        RespondentClient(survey).begin(group.code)
        draft = Draft.objects.get(group=group)
        shown = questionnaire_of(survey.pk, survey.opened_at).sheets(draft.key.bytes, bytes(draft.ratings))
        assert len(shown) == found[group.code]
