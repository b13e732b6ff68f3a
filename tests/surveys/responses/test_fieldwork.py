"""The figures of fieldwork equal those found by looking at every row one by one."""

import random
import statistics
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import OuterRef
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from materiality.models import Cycle, Job
from materiality.platform import jobs
from materiality.platform.hooks import standings
from surveys.actions.surveys import close_survey
from surveys.models import Batch, Response, Survey, Tally
from surveys.queries.fieldwork import kinds_of, number_of, valid_number
from surveys.questionnaire.ratings import arrival_ids
from surveys.questionnaire.screening import FLAG_BIT, REJECT, Rules
from surveys.respond.answers import finish
from surveys.responses.fieldwork import (
    MOST_COUNTED,
    count_fieldwork,
    fieldwork_figures,
    is_stale,
    keep_figures,
    kept_kinds,
    large_surveys,
    renew_figures,
    request_count,
)
from surveys.responses.tallies import add_to_tally
from tests.factories.people import log_in
from tests.factories.responses import make_response
from tests.factories.surveys import make_draft, make_open_survey, make_survey_cycle

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 3, 28, 20, tzinfo=ZoneInfo("UTC"))


def random_survey(rng: random.Random, responses: int = 90, **values):
    """A survey in a zone with daylight saving, with random responses."""
    survey = make_open_survey(make_survey_cycle({"environment": 2, "society": 3}), zone="Europe/London", **values)
    groups, items = list(survey.cycle.groups.all()), survey.items.count()
    for _number in range(responses):
        started = BEGIN + timedelta(seconds=rng.randrange(400_000), microseconds=rng.randrange(1_000_000))
        ended = started + timedelta(seconds=rng.randrange(900), microseconds=rng.randrange(1_000_000))
        unfinished = rng.random() < 0.1
        make_response(
            survey,
            group=rng.choice(groups),
            channel=rng.choice(("link", "batch", "")),
            flags=rng.choice((0, 0, 1, 6, FLAG_BIT["attention"])),
            overruled=rng.choice((0, 0, 0, 1, 2)),
            unfinished=unfinished,
            started_at=rng.choice((started, None)),
            submitted_at=None if unfinished else rng.choice((ended, ended, None)),
            seconds_per_item=rng.choice((None, 0.3, 2.2, 5.0)),
            ratings=bytes(rng.choice((0, 1, 2, 3, 4, 5, 254, 255)) for _item in range(items)),
        )
    return survey


def is_valid(response: Response, rejecting: int) -> bool:
    accepted = not response.flags & rejecting or response.overruled == 1
    return not response.unfinished and accepted and response.overruled != 2


def day_of(moment: datetime) -> int:
    return moment.astimezone(ZoneInfo("Europe/London")).toordinal()


@pytest.mark.parametrize("split", [False, True])
def test_figures_equal_those_counted_row_by_row(split):
    rng = random.Random(5)
    survey = random_survey(rng, split=split)
    rows = list(survey.responses.all())
    rejecting = int(Rules.from_json(survey.rules).for_survey(split=split).bits(REJECT))
    figures = count_fieldwork(survey)
    kinds = Counter((row.group_id, row.channel, row.flags, row.overruled, int(row.unfinished)) for row in rows)
    assert {tuple(kind): number for *kind, number in figures["kinds"]} == kinds
    days: dict = {}
    for row in rows:
        if row.submitted_at:
            numbers = days.setdefault((row.group_id, day_of(row.submitted_at)), [0, 0])
            numbers[0] += 1
            numbers[1] += is_valid(row, rejecting)
    assert {(group, day): numbers for group, day, *numbers in figures["days"]} == days
    for group in survey.cycle.groups.all():
        own = [row for row in rows if row.group_id == group.pk]
        assert figures["cells"][str(group.pk)] == sums([row for row in own if is_valid(row, rejecting)])
        assert figures["seconds"][str(group.pk)] == middle(seconds(own))
        tenths = [row.seconds_per_item for row in own if row.seconds_per_item and not row.unfinished]
        assert figures["per_item"][str(group.pk)] == pytest.approx(middle(tenths))
    assert figures["seconds"]["all"] == middle(seconds(rows))


def seconds(rows: list[Response]) -> list[int]:
    both = [row for row in rows if row.started_at and row.submitted_at]
    return [int(row.submitted_at.timestamp()) - int(row.started_at.timestamp()) for row in both]


def middle(values: list) -> list:
    return [statistics.median(values), len(values)]


def sums(rows: list[Response]) -> list[list[int]]:
    """Ratings, their sum and the sum of squares, per item."""
    by_item = [
        [value for value in column if 1 <= value <= 5] for column in zip(*(row.ratings for row in rows), strict=True)
    ]
    return [[sum(value**power for value in column) for column in by_item] for power in (0, 1, 2)]


def test_figures_tell_drafts_tallies_invitations_and_what_waits():
    survey = make_open_survey(anonymous=True)
    users, employees = survey.cycle.groups.all()
    now = timezone.now()
    old = now - timedelta(minutes=31)
    make_draft(survey, group=users, page=2, saved_at=old, started_at=old)
    make_draft(survey, group=users, page=2, saved_at=now, started_at=old)
    make_draft(survey, group=users, channel="batch", started_at=old)
    finish(key=make_draft(survey, group=employees, channel="mail").key, language="en")
    add_to_tally(survey.pk, Tally.Measure.OPENED, channel="link", number=7)
    Batch.objects.create(survey=survey, group=users, size=3_300_000)
    Batch.objects.create(survey=survey, group=users, size=40, voided_at=now)
    Batch.objects.create(survey=survey, group=users, channel="mail", size=8)
    Batch.objects.create(survey=survey, group=users, channel="mail", size=1)
    figures = count_fieldwork(survey, now)
    assert sorted(figures["drafts"]) == sorted(
        [[users.pk, "link", 2, True, 1], [users.pk, "link", 2, False, 1], [users.pk, "batch", 0, True, 1]]
    )
    assert figures["ready"] == [[employees.pk, "mail", 1]]
    assert figures["tally"] == [["opened", "", "link", 0, 7]]
    assert sorted(figures["invited"]) == sorted([[users.pk, "batch", 3_300_000], [users.pk, "mail", 9]])
    assert (figures["kinds"], figures["days"], figures["seconds"]) == ([], [], {})


def test_answers_never_saved_are_idle_by_their_beginning(survey):
    now = timezone.now()
    group, long_ago = survey.cycle.groups.first(), now - timedelta(hours=2)
    for times in ({}, {}, {"started_at": long_ago}, {"started_at": long_ago, "saved_at": now}):
        make_draft(survey, group=group, **times)
    make_draft(survey, group=group, started_at=long_ago, saved_at=long_ago)
    assert count_fieldwork(survey, now)["drafts"] == [[group.pk, "link", 0, False, 3], [group.pk, "link", 0, True, 2]]


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
def kept(survey):
    """A survey whose kept figures know one of its two responses."""
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
    figures, counted_at = fieldwork_figures(large)
    assert (submitted(figures), counted_at) == (MOST_COUNTED + 1, anew(large).figures.counted_at)
    assert submitted(fieldwork_figures(small)[0]) == 1
    assert set(kept_kinds([large.pk, small.pk])) == {large.pk}
    log_in(client)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("fieldwork", args=[large.cycle.code, large.code]))
    assert page.context["fieldwork"].funnel.total.submitted == MOST_COUNTED + 1
    # Beside the survey's own row: that is a look at each of its responses.
    counting = 'AS "number" FROM "surveys_response" U0'
    own = Response.objects.filter(survey=OuterRef("pk"))
    assert counting in str(Survey.objects.annotate(number=number_of(own)).query)
    assert not [each["sql"] for each in queries if counting in each["sql"]]
    assert "Counted on" in page.content.decode()


def test_kept_figures_are_what_all_pages_count_by(kept):
    assert valid_number([kept], kinds_of([kept])) == 1
    assert submitted(fieldwork_figures(kept)[0]) == 1
    assert counting_jobs() == 0


def test_figures_of_an_open_survey_are_renewed_after_a_minute_and_once(kept):
    later = timezone.now() + MINUTE
    assert submitted(fieldwork_figures(kept, later)[0]) == 1
    fieldwork_figures(kept, later)
    assert counting_jobs() == 1
    job = Job.objects.get(kind="count_fieldwork")
    assert jobs.execute(str(job.pk))
    assert submitted(fieldwork_figures(anew(kept))[0]) == 2
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
