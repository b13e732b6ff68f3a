import pytest
from django.utils import translation

from materiality.models import AuditEvent
from materiality.platform.refusals import NotAllowed
from surveys.actions.profile import (
    MOST,
    move_profile_question,
    remove_profile_question,
    save_profile_question,
)
from surveys.actions.surveys import open_survey
from tests.factories.surveys import make_survey

pytestmark = pytest.mark.django_db
OPTIONS = (("一年以内", "Under a year"), ("一年以上", "A year or more"))


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def values(code="years", **changes):
    defaults = {"kind": "single", "text_zh": "您工作了多久？", "text_en": "How long?", "options": OPTIONS}
    return defaults | {"code": code} | changes


def add(survey, code="years", **changes):
    return save_profile_question(survey=survey, values=values(code, **changes), by=None)


def codes(survey):
    return list(survey.profile_questions.values_list("code", flat=True))


def test_profile_question_is_added_at_the_end_with_numbered_options():
    survey = make_survey()
    add(survey)
    row = add(survey, "place", kind="text", options=())
    assert (codes(survey), row.position, row.options) == (["years", "place"], 2, [])
    assert survey.profile_questions.get(code="years").options == [
        {"code": "1", "zh": "一年以内", "en": "Under a year"},
        {"code": "2", "zh": "一年以上", "en": "A year or more"},
    ]
    assert AuditEvent.objects.first().after["code"] == "place"


def test_profile_question_is_changed_in_its_place():
    survey = make_survey()
    row = add(survey)
    add(survey, "place")
    save_profile_question(survey=survey, values=values("tenure", kind="multiple"), question=row, by=None)
    assert codes(survey) == ["tenure", "place"]
    assert AuditEvent.objects.first().before["code"] == "years"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "already a question"),
        ({"code": "other", "options": OPTIONS[:1]}, "at least two"),
        ({"code": "other", "kind": "text"}, "no options"),
    ],
)
def test_profile_question_that_cannot_be_is_refused(changes, words):
    survey = make_survey()
    add(survey)
    with pytest.raises(NotAllowed, match=words):
        add(survey, **changes)
    assert codes(survey) == ["years"]


def test_profile_questions_beyond_the_most_are_refused():
    survey = make_survey()
    rows = [add(survey, f"q{number}") for number in range(MOST)]
    with pytest.raises(NotAllowed, match="at most 20"):
        add(survey, "one-more")
    save_profile_question(survey=survey, values=values("q0"), question=rows[0], by=None)


def test_profile_questions_move_and_stay_at_the_ends():
    survey = make_survey()
    first, _second, third = (add(survey, code) for code in "abc")
    assert move_profile_question(question=third, up=True, by=None) == ["a", "c", "b"]
    assert move_profile_question(question=first, up=True, by=None) == ["a", "c", "b"]
    assert move_profile_question(question=first, up=False, by=None) == ["c", "a", "b"]
    assert codes(survey) == ["c", "a", "b"]


def test_profile_question_is_removed():
    survey = make_survey()
    remove_profile_question(question=add(survey), by=None)
    assert codes(survey) == []
    assert AuditEvent.objects.first().before["code"] == "years"


def test_profile_questions_of_an_open_survey_are_frozen():
    survey = make_survey()
    row = add(survey)
    open_survey(survey=survey, by=None)
    for change in (
        lambda: add(survey, "more"),
        lambda: remove_profile_question(question=row, by=None),
        lambda: move_profile_question(question=row, up=True, by=None),
    ):
        with pytest.raises(NotAllowed, match="frozen"):
            change()
    assert codes(survey) == ["years"]
