"""Staff pages of profile questions."""

import pytest

from surveys.models import ProfileQuestion
from tests.factories.survey_pages import page, url
from tests.factories.surveys import make_survey, make_survey_cycle

pytestmark = pytest.mark.django_db


QUESTION = {"code": "years", "kind": "single", "text_zh": "多久？", "text_en": "How long?"}
OPTIONS = {"options_zh": "短\n\n 长 ", "options_en": "Short\nLong"}


def test_profile_question_is_added_changed_moved_and_removed(staff):
    survey = make_survey()
    staff.post(url("new_profile_question", survey), QUESTION | OPTIONS)
    staff.post(url("new_profile_question", survey), {**QUESTION, "code": "city", "kind": "text"} | OPTIONS)
    first, second = ProfileQuestion.objects.all()
    assert [option["zh"] for option in first.options] == ["短", "长"]
    assert (second.code, second.options) == ("city", [])
    staff.post(url("move_profile_question", survey, second.pk), {"go": "up"})
    text = page(staff, "survey", survey)
    assert text.index('">city<') < text.index('">years<')
    assert 'value="How long?"' in page(staff, "profile_question", survey, first.pk)
    staff.post(url("profile_question", survey, first.pk), {**QUESTION, "text_en": "Since when?"} | OPTIONS)
    staff.post(url("remove_profile_question", survey, second.pk))
    assert list(ProfileQuestion.objects.values_list("code", "text__en")) == [("years", "Since when?")]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"options_en": "Short"}, "options_en", "2 options in the first language and 1 here"),
        ({"options_zh": "短", "options_en": "Short"}, "options_zh", "at least two"),
        ({"options_zh": "短\n短"}, "options_zh", "appears twice"),
        ({"options_en": "Short\n" + "x" * 201}, "options_en", "200 characters"),
        ({"code": "no blanks"}, "code", "digits and hyphens"),
        ({"kind": "odd"}, "kind", "odd"),
        ({"text_zh": ""}, "text_zh", "required"),
    ],
)
def test_profile_question_that_cannot_be_says_why(staff, changes, field, words):
    response = staff.post(url("new_profile_question", make_survey()), QUESTION | OPTIONS | changes)
    assert words in response.context["form"].errors[field][0]
    assert not ProfileQuestion.objects.exists()


def test_profile_question_of_another_survey_is_not_found(staff):
    survey, other = make_survey(), make_survey()
    staff.post(url("new_profile_question", other), QUESTION | OPTIONS)
    pk = ProfileQuestion.objects.get().pk
    assert staff.get(url("profile_question", survey, pk)).status_code == 404
    assert staff.post(url("remove_profile_question", survey, pk)).status_code == 404


def test_profile_questions_of_an_anonymous_survey_warn_of_small_groups(staff):
    cycle = make_survey_cycle()
    cycle.groups.filter(code="users").update(target=9)
    cycle.groups.filter(code="employees").update(target=10)
    survey, named = make_survey(cycle, anonymous=True), make_survey(cycle)
    for each in (survey, named):
        staff.post(url("new_profile_question", each), QUESTION | OPTIONS)
    text = page(staff, "survey", survey)
    assert "answered in 2 ways" in text
    assert "Users: 9 responses are expected, on average 4.5 for each of the 2 ways." in text
    assert "Employees: 10" not in text
    assert "give people away" not in page(staff, "survey", named)
    assert "its profile questions could give people away" in page(staff, "survey", survey)
    assert "its profile questions could give people away" not in page(staff, "survey", named)
