from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from materiality.models import AuditEvent
from materiality.platform.refusals import NotAllowed
from materiality.scoring.cube import DONT_KNOW, NOT_ASKED
from surveys.actions.responses import release_responses
from surveys.actions.surveys import close_survey, open_survey
from surveys.models import Draft, Response, Survey
from surveys.questionnaire.saving import Change
from surveys.questionnaire.screening import flag_names
from surveys.respond.answers import finish, open_answers, save, start_draft
from surveys.respond.rows import DraftInUse, groups_now, survey_now
from tests.factories.paper import make_question
from tests.factories.surveys import make_draft, make_open_survey, make_survey, make_survey_cycle

pytestmark = pytest.mark.django_db


def small_survey(**values) -> Survey:
    return make_open_survey(make_survey_cycle({"society": 2}), **values)


def start(survey: Survey, place: int = 1, **values) -> Draft:
    now = survey_now(survey.code)
    key = start_draft(survey=now, group=groups_now(now.cycle_id)[place], language="en", **values)
    return Draft.objects.get(key=key)


def test_start_draft_asks_everything_and_answers_nothing():
    survey = small_survey()
    draft = start(survey)
    assert (bytes(draft.ratings), draft.group.code, draft.language) == (bytes(4), "employees", "en")
    assert not AuditEvent.objects.filter(action__contains="draft").exists()


def test_start_draft_of_a_survey_that_is_not_open_is_refused():
    survey = make_survey(make_survey_cycle({"society": 2}))
    with pytest.raises(NotAllowed):
        start(survey)
    survey = small_survey()
    close_survey(survey=survey, by=None)
    with pytest.raises(NotAllowed):
        start(survey)
    assert Draft.objects.count() == 0


def opened(survey: Survey, **values) -> DraftInUse:
    return open_answers(make_draft(survey, **values).key, survey.code)


def given(**values) -> list[Change]:
    return [Change(name, value) for name, value in values.items()]


def test_save_twice_changes_nothing_the_second_time():
    draft = opened(small_survey())
    changes = given(r0=5, r3=DONT_KNOW)
    first = save(draft=draft, changes=changes)
    assert first.ratings == bytes([5, 0, 0, DONT_KNOW])
    assert save(draft=draft, changes=changes) == first
    assert bytes(Draft.objects.get().ratings) == first.ratings


def test_save_keeps_what_another_tab_saved_in_between():
    draft = opened(small_survey())
    save(draft=draft, changes=given(r0=5))
    assert save(draft=draft, changes=given(r1=2, comment="和")).ratings == bytes([5, 2, 0, 0])
    assert Draft.objects.get().comment == "和"


def test_save_leaves_what_is_not_asked():
    draft = opened(small_survey(), ratings=bytes([NOT_ASKED, 0, 0, 0]))
    assert save(draft=draft, changes=given(r0=5, r1=4)).ratings == bytes([NOT_ASKED, 4, 0, 0])


def test_save_of_a_finished_or_unknown_draft_does_nothing():
    draft = opened(small_survey(), ratings=bytes([4, 0, 0, 0]))
    finish(key=draft.key, language="en")
    assert save(draft=draft, changes=given(r0=5)) is None
    assert save(draft=draft._replace(key=uuid4()), changes=given(r0=5)) is None
    assert bytes(Response.objects.get().ratings) == bytes([4, 0, 0, 0])


def test_save_keeps_how_far_and_when_and_what_is_not_given():
    survey, now = make_survey(make_survey_cycle({"society": 2}), attention=True), timezone.now()
    make_question(survey)
    draft = opened(open_survey(survey=survey, by=None), attention=0)
    save(draft=draft, page=3, changes=given(comment="好", p_age="b", attention=2), now=now)
    save(draft=draft, page=2, now=now + timedelta(hours=1))
    stored = Draft.objects.get()
    assert (stored.page, stored.saved_at) == (3, now + timedelta(hours=1))
    assert (stored.comment, stored.profile, stored.attention) == ("好", {"age": "b"}, 2)


@pytest.mark.parametrize("anonymous", [False, True])
def test_finish_takes_what_was_not_saved_yet_in_the_same_transaction(anonymous):
    survey = small_survey(anonymous=anonymous)
    draft = make_draft(survey)
    assert finish(key=draft.key, language="en", changes=given(r2=4, comment="好"))
    release_responses(survey=survey, everything=True) if anonymous else None
    assert bytes(Response.objects.get().ratings) == bytes([0, 0, 4, 0])


def test_submit_draft_stores_every_column():
    survey, now = small_survey(attention=True, attention_value=2), timezone.now()
    begun = now - timedelta(hours=1)
    given = {"channel": "mail", "profile": {"age": "乙"}, "attention": 2, "notice_version": 3, "comment": "好"}
    draft = make_draft(survey, ratings=bytes([1, 5, 3, 2]), started_at=begun, **given)
    finish(key=draft.key, language="en", changes=[Change("comment", "更好")], now=now)
    stored = Response.objects.get()
    expected = Response(
        id=stored.id, survey=survey, group=draft.group, language="en", started_at=begun, submitted_at=now,
        ratings=bytes([1, 5, 3, 2]), **{**given, "comment": "更好"},
    )  # fmt: skip
    fields = [field.attname for field in Response._meta.concrete_fields]
    assert [getattr(stored, name) for name in fields] == [getattr(expected, name) for name in fields]


def test_submit_draft_stores_one_response_with_its_flags():
    survey = small_survey()
    now = timezone.now()
    draft = make_draft(survey, ratings=bytes([1, 5, 3, DONT_KNOW]), started_at=now - timedelta(seconds=3), comment="好")
    assert finish(key=draft.key, language="en", now=now) is True
    assert finish(key=draft.key, language="en", now=now) is False
    response = Response.objects.get()
    assert bytes(response.ratings) == bytes([1, 5, 3, DONT_KNOW])
    assert (response.group, response.comment, response.language) == (draft.group, "好", "en")
    assert (response.started_at, response.submitted_at) == (draft.started_at, now)
    assert flag_names(response.flags) == ["speeding"]
    assert Draft.objects.count() == 0


def test_submitted_responses_are_in_order_of_arrival():
    survey = small_survey()
    keys = [make_draft(survey, comment=str(number)).key for number in range(5)]
    for key in keys:
        finish(key=key, language="en")
    assert list(Response.objects.values_list("comment", flat=True)) == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(("minutes", "stored"), [(14, 1), (16, 0)])
def test_submit_draft_within_the_grace_counts_and_after_it_does_not(minutes, stored):
    survey = small_survey()
    closed = timezone.now()
    draft = make_draft(survey, started_at=closed - timedelta(minutes=5))
    close_survey(survey=survey, by=None, now=closed)
    with suppress(NotAllowed):
        finish(key=draft.key, language="en", now=closed + timedelta(minutes=minutes))
    assert Response.objects.count() == stored
