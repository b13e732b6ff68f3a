"""Figures of large surveys are kept, shown as they were counted, and renewed in the background."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from materiality import jobs
from materiality.models import Cycle, Job
from materiality.steps import standings
from surveys.actions.close_survey import close_survey
from surveys.fieldwork_count import count_fieldwork
from surveys.fieldwork_figures import figures_of, is_stale, keep_figures, renew_figures, request_count
from surveys.models import Response, Survey
from surveys.queries.fieldwork import kinds_of, valid_number
from surveys.queries.kept_figures import MOST_COUNTED, kept_kinds, large_surveys
from surveys.questionnaire.arrival import arrival_ids
from tests.factories.people import log_in
from tests.factories.responses import make_response
from tests.factories.surveys import make_draft, make_open_survey, make_survey_cycle

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def anew(survey: Survey) -> Survey:
    return Survey.objects.select_related("cycle").get(pk=survey.pk)


@pytest.fixture
def large():
    """A survey with one response more than is counted on view."""
    survey = make_open_survey(make_survey_cycle({"environment": 1}))
    group = survey.cycle.groups.first()
    ids = arrival_ids(MOST_COUNTED + 1)
    rows = [Response(id=pk, survey=survey, group=group, channel="link", ratings=b"\x03\x04") for pk in ids]
    Response.objects.bulk_create(rows, batch_size=2000)
    return anew(survey)


@pytest.fixture
def kept():
    """A survey whose kept figures know one of its two responses."""
    survey = make_open_survey()
    make_response(survey)
    keep_figures(survey, count_fieldwork(survey), timezone.now())
    make_response(survey)
    return anew(survey)


def submitted(figures: dict) -> int:
    return sum(number for *_kind, number in figures["kinds"])


def counting_jobs() -> int:
    return Job.objects.filter(kind="count_fieldwork").count()


def test_large_survey_is_counted_at_once_and_kept(large, client):
    small = make_open_survey(large.cycle)
    make_response(small)
    make_draft(small)
    assert large_surveys([large.pk, small.pk]) == {large.pk}
    with translation.override("en"):
        told = [standing.words for _step, standing in standings(Cycle.objects.get(pk=large.cycle_id))]
    assert f"{MOST_COUNTED + 2:,} valid" in told
    assert counting_jobs() == 1
    figures, counted_at = figures_of(large)
    assert (submitted(figures), counted_at) == (MOST_COUNTED + 1, anew(large).figures.counted_at)
    assert submitted(figures_of(small)[0]) == 1
    assert set(kept_kinds([large.pk, small.pk])) == {large.pk}
    log_in(client)
    page = client.get(reverse("fieldwork", args=[large.cycle.code, large.code]))
    assert page.context["fieldwork"].funnel.total.submitted == MOST_COUNTED + 1
    assert "Counted on" in page.content.decode()


def test_kept_figures_are_what_all_pages_count_by(kept):
    assert valid_number([kept], kinds_of([kept])) == 1
    assert submitted(figures_of(kept)[0]) == 1
    assert counting_jobs() == 0


def test_figures_of_an_open_survey_are_renewed_after_a_minute_and_once(kept):
    later = timezone.now() + MINUTE
    assert submitted(figures_of(kept, later)[0]) == 1
    figures_of(kept, later)
    assert counting_jobs() == 1
    job = Job.objects.get(kind="count_fieldwork")
    assert jobs.execute(str(job.pk))
    assert submitted(figures_of(anew(kept))[0]) == 2
    again = request_count(kept)
    assert jobs.execute(str(again.pk))
    assert [each.pk for each in Job.objects.filter(kind="count_fieldwork")] == [again.pk]


def test_figures_of_a_closed_survey_are_renewed_when_staff_did_something(kept):
    now = timezone.now()
    assert not is_stale(kept, now - MINUTE / 2, now)
    assert is_stale(kept, now - MINUTE, now)
    closed = close_survey(survey=kept, by=None, now=now)
    assert is_stale(closed, now + MINUTE, now + 3 * MINUTE)
    long_after = now + timedelta(days=2)
    assert not is_stale(closed, long_after, long_after + MINUTE)
    assert is_stale(Survey(state="closed", closed_at=now - timedelta(days=2)), now - timedelta(days=1), now + MINUTE)


def test_small_surveys_ask_for_no_count(kept, django_assert_num_queries):
    with django_assert_num_queries(0):
        renew_figures([kept], {kept.pk: 2})
    assert counting_jobs() == 0
