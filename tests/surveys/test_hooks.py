"""What is due next, from editions and surveys."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from materiality.actions.cycles import close_cycle
from materiality.actions.proposals import set_calendar
from materiality.actions.review import begin_review, sign_off
from materiality.models import AuditEvent, Cycle, Edition
from materiality.platform.digests import value_digest
from materiality.platform.hooks import standings
from materiality.platform.refusals import NotAllowed
from materiality.queries.proposals import what_is_due
from materiality.queries.review import snapshot
from surveys.actions.surveys import close_survey
from surveys.models import Survey
from tests.factories.library import make_edition
from tests.factories.responses import at, make_response
from tests.factories.review import make_scored_cycle
from tests.factories.surveys import make_open_survey, make_survey, make_survey_cycle

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 6, 20)


def publish(code: str, moment: datetime, state: str = "published") -> None:
    make_edition(code, state="draft")
    Edition.objects.filter(code=code).update(published_at=moment, state=state)


def kinds(today: date = TODAY) -> dict:
    return {due.kind: (due.due_on, due.days, due.near) for due in what_is_due(today)}


def test_nothing_is_due_before_a_first_edition():
    make_edition("first", state="draft")
    assert what_is_due(TODAY) == []


def test_review_is_due_from_the_newest_edition_and_a_first_survey_from_the_oldest():
    publish("a", datetime(2025, 7, 1, 12, tzinfo=SHANGHAI), "superseded")
    # Still the 1st in Shanghai, which is the 31st of December in UTC.
    publish("b", datetime(2026, 1, 1, 1, tzinfo=SHANGHAI))
    assert kinds() == {"survey": (date(2025, 9, 1), -292, True), "review": (date(2026, 7, 1), 11, True)}
    assert [due.kind for due in what_is_due(TODAY)] == ["survey", "review"]


def test_survey_is_due_from_the_last_opening_and_drafts_do_not_count():
    publish("a", datetime(2026, 1, 1, 12, tzinfo=SHANGHAI))
    opened = make_survey(make_survey_cycle())
    planned = datetime(2026, 5, 31, 9, tzinfo=SHANGHAI)
    Survey.objects.filter(pk=opened.pk).update(
        state="open", opens_at=planned, opened_at=datetime(2026, 5, 1, tzinfo=SHANGHAI)
    )
    draft = make_survey(make_survey_cycle())
    Survey.objects.filter(pk=draft.pk).update(opens_at=datetime(2026, 6, 15, tzinfo=SHANGHAI))
    assert kinds()["survey"] == (date(2026, 7, 31), 41, False)


def test_calendar_changes_when_something_is_due_and_is_recorded():
    publish("a", datetime(2026, 1, 10, 12, tzinfo=SHANGHAI))
    set_calendar(review_months=3, survey_months=1, remind_days_before=7, by=None)
    assert kinds()["review"][0] == date(2026, 4, 10)
    event = AuditEvent.objects.get(action="set_calendar")
    assert event.before == {"review_months": 6, "survey_months": 2, "remind_days_before": 14}


@pytest.mark.parametrize("values", [(0, 2, 14), (6, 0, 14), (6, 2, -1), (6, 1, 28)])
def test_calendar_refuses_what_makes_no_sense(values):
    names = ("review_months", "survey_months", "remind_days_before")
    with pytest.raises(NotAllowed):
        set_calendar(**dict(zip(names, values, strict=True)), by=None)


FAR = at("2190-01-01T00:00")


def told(cycle):
    """(done, words) of this app's steps, of a cycle that is read anew."""
    with translation.override("en"):
        found = {step.key: standing for step, standing in standings(Cycle.objects.get(pk=cycle.pk))}
    return [(found[key].done, found[key].words) for key in ("survey", "responses")]


def test_steps_of_an_empty_cycle_are_not_done():
    assert told(make_survey_cycle()) == [(False, ""), (False, "")]


def test_steps_follow_the_survey_and_its_responses():
    survey = make_survey()
    assert told(survey.cycle) == [(False, "draft"), (False, "")]
    survey = make_open_survey(survey.cycle, closes_at=FAR)
    assert told(survey.cycle) == [(True, "open until 2190-01-01"), (False, "")]
    make_response(survey, flags=1)
    assert told(survey.cycle)[1] == (False, "0 valid")
    make_response(survey)
    assert told(survey.cycle)[1] == (True, "1 valid")
    close_survey(survey=survey, by=None, now=at("2026-05-01T00:30"))
    assert told(survey.cycle)[0] == (True, "closed 2026-05-01")


def standing_of(cycle) -> dict:
    """Key of a step → where it stands, of a cycle that is read anew."""
    with translation.override("en"):
        return {step.key: standing for step, standing in standings(Cycle.objects.get(pk=cycle.pk))}


def test_progress_of_a_closed_survey_without_answers_is_not_done():
    survey = make_open_survey()
    close_survey(survey=survey, by=None)
    assert not standing_of(survey.cycle)["progress"].done
    make_response(survey)
    assert standing_of(survey.cycle)["progress"].done


def test_matrix_and_signature_are_as_far_behind_as_the_scores_and_what_was_signed_is_not_confirmed_anew():
    cycle = make_scored_cycle()
    Cycle.objects.filter(pk=cycle.pk).update(confirmed={"groups": "of before"})
    assert standing_of(cycle)["groups"].stale == "changed since it was confirmed"
    begin_review(cycle=cycle, by=None)
    run = cycle.runs.get()
    sign_off(run=run, sha256=value_digest(snapshot(run)), by=None)
    found = standing_of(cycle)
    assert [found[key].finished for key in ("scope", "groups", "method", "scores", "matrix", "review")] == [True] * 6
    make_response(cycle.surveys.get(), group=cycle.groups.first())
    found = standing_of(cycle)
    assert [found[key].stale for key in ("groups", "scores", "matrix", "review")] == [
        "",
        *["1 valid response came after run 1."] * 3,
    ]


def test_step_of_a_survey_that_waits_for_its_date():
    opens = timezone.now() + timedelta(days=3)
    survey = make_open_survey(opens_at=opens, zone="UTC")
    assert told(survey.cycle)[0] == (True, f"opens {opens.date().isoformat()}")


def test_cycle_stays_open_while_its_survey_is(survey):
    with pytest.raises(NotAllowed) as refusal, translation.override("en"):
        close_cycle(cycle=survey.cycle, by=None)
    with translation.override("en"):
        assert refusal.value.reason == f"The survey {survey.title} is still open. Close it first."
    close_survey(survey=survey, by=None)
    Cycle.objects.filter(pk=survey.cycle_id).update(method={"min_n": 5})
    assert close_cycle(cycle=survey.cycle, by=None).state == Cycle.State.CLOSED
