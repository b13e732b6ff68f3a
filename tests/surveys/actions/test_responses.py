import pytest
from django.db.models import Count

from materiality.models import AuditEvent
from surveys.actions.responses import mix_responses
from surveys.models import AnonymousAnswer, AnonymousComment, Draft, Response, Survey
from tests.factories.anonymous import anonymous_survey, finish, stored_order
from tests.factories.surveys import make_draft, make_open_survey, make_survey_cycle


@pytest.mark.django_db
def test_mix_waits_for_ten_and_then_takes_all():
    survey = anonymous_survey()
    for number in range(9):
        finish(survey, number)
    unfinished = make_draft(survey)
    assert (mix_responses(survey=survey), Response.objects.count()) == (0, 0)
    for number in range(9, 12):
        finish(survey, number)
    assert mix_responses(survey=survey) == 12
    assert list(Draft.objects.all()) == [unfinished]
    assert len({bytes(ratings) for ratings in Response.objects.values_list("ratings", flat=True)}) == 12


@pytest.mark.django_db
def test_mixed_responses_tell_neither_time_nor_order_nor_comment():
    survey = anonymous_survey()
    for number in range(20):
        finish(survey, number, comment=f"comment {number}" if number % 2 else "")
    mix_responses(survey=survey)
    responses = list(Response.objects.all())
    told = ("started_at", "submitted_at", "comment", "token", "channel", "language", "notice_version", "attention")
    assert set(Response.objects.values_list(*told)) == {(None, None, "", "", "", "", None, None)}
    assert {str(response.profile) for response in responses} == {"{}"}
    assert {response.id.version for response in responses} == {4}
    stored = [bytes(ratings)[0] - 1 + 5 * (bytes(ratings)[1] - 1) for ratings in stored_order("ratings")]
    # One order in 20! is the order of arrival.
    assert stored != list(range(20)) and sorted(stored) == list(range(20))
    assert set(AnonymousComment.objects.values_list("text", flat=True)) == {f"comment {n}" for n in range(1, 20, 2)}
    assert not AuditEvent.objects.exclude(action__in=["build_survey", "open_survey"]).exists()


@pytest.mark.django_db
def test_mixed_profile_answers_stand_apart_one_row_per_option():
    survey = anonymous_survey()
    for number in range(10):
        finish(survey, number, profile={"site": "north", "roles": ["a", "b"] if number else [], "note": ""})
    mix_responses(survey=survey)
    answers = AnonymousAnswer.objects.values_list("question", "answer").annotate(n=Count("pk")).order_by("answer")
    assert list(answers) == [("roles", "a", 9), ("roles", "b", 9), ("site", "north", 10)]


@pytest.mark.django_db
def test_each_lot_is_written_among_all_that_came_before():
    survey = anonymous_survey()
    lots = []
    for lot in range(4):
        for number in range(25 * lot, 25 * lot + 25):
            finish(survey, number, ratings=bytes([1 + lot, 0, 0, 0]))
        mix_responses(survey=survey)
        lots.append([bytes(ratings)[0] for ratings in stored_order("ratings")])
    # One order in 100! / 25!⁴ (about 10⁵⁷) keeps the lots together.
    assert [sorted(set(stored)) for stored in lots] == [[1], [1, 2], [1, 2, 3], [1, 2, 3, 4]]
    assert lots[-1] != sorted(lots[-1]) and lots[-1] != sorted(lots[-1], reverse=True)


@pytest.mark.django_db
def test_mix_waits_for_a_twentieth_of_what_is_stored():
    survey = anonymous_survey()
    for number in range(11 * 20):
        finish(survey, number)
    assert mix_responses(survey=survey) == 220
    for number in range(10):
        finish(survey, number)
    assert (mix_responses(survey=survey), survey.responses.count()) == (0, 220)
    finish(survey, 11)
    assert (mix_responses(survey=survey), survey.responses.count()) == (11, 231)


@pytest.mark.django_db
def test_mix_of_a_survey_with_names_is_not_possible():
    survey = make_open_survey(make_survey_cycle({"society": 2}))
    with pytest.raises(Survey.DoesNotExist):
        mix_responses(survey=survey, everything=True)
