"""A job that counts in chunks finds what one pass finds, whoever counted the chunks and whatever became of them."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from materiality.models import Job
from materiality.platform import jobs
from materiality.scoring.cube import Cube
from surveys.actions.screening import screen_survey
from surveys.models import Chunk
from surveys.models.jobs import JobKind
from surveys.responses.chunks import count_from_bytes, count_in_chunks, count_to_bytes, request_chunks, responses_of
from surveys.responses.counting import count_cycle
from tests.factories.responses import make_response
from tests.factories.screening import CLOSES, OPENS, make_varied_responses
from tests.factories.surveys import make_survey, make_survey_cycle

pytestmark = pytest.mark.django_db
AT_ONCE = 30


@pytest.fixture
def job(settings):
    """A job that counts two surveys in chunks, the one of 5, the other of less than 3."""
    settings.COUNTED_AT_ONCE = AT_ONCE
    cycle = make_survey_cycle()
    for number in (137, 50):
        survey = make_survey(cycle, opens_at=OPENS, closes_at=CLOSES, code=f"chunks-{number}", ranking=True)
        make_varied_responses(survey, number)
        screen_survey(survey=survey, by=None)
    make_response(survey, named=[survey.items.first().issue.code])
    job = jobs.request_job(JobKind.SCORE, inputs={}, by=None, cycle=cycle)
    Job.objects.filter(pk=job.pk).update(state="running", claim="own", heartbeat_at=timezone.now())
    return Job.objects.select_related("cycle").get(pk=job.pk)


def nothing_said(percent, text=""):
    pass


def after_planning(job, change):
    """A progress that makes a change, given the chunks, before the first of them is read."""
    done = []

    def progress(percent, text=""):
        if not done and (made := list(Chunk.objects.filter(whole=job))):
            done.append(change(made))

    return progress


def same(found, expected):
    assert (found.cube, found.digest, found.surveys) == (expected.cube, expected.digest, expected.surveys)
    assert np.array_equal(found.cube.parts, expected.cube.parts) and found.responses == expected.responses
    assert found.back == expected.back and set(found.back) > {"incomplete"}
    return True


def test_chunks_add_up_to_one_pass(job):
    assert same(count_in_chunks(job, nothing_said), count_cycle(job.cycle))
    assert not Chunk.objects.exists() and Job.objects.count() == 1


def test_chunks_that_others_counted_are_taken_over_and_those_they_left_are_counted(job):
    def planned_and_taken(made):
        assert [each.number for each in made] == [0, 1, 2, 3, 4]
        assert jobs.execute(str(made[1].job_id)) and jobs.execute(str(made[4].job_id))
        # A worker that was killed in the middle of it.
        gone = timezone.now() - timedelta(minutes=5)
        Job.objects.filter(pk=made[2].job_id).update(state="running", claim="dead", heartbeat_at=gone)

    assert same(count_in_chunks(job, after_planning(job, planned_and_taken)), count_cycle(job.cycle))


def test_responses_that_change_while_they_are_counted_are_counted_in_one_piece(job):
    def planned_then_changed(made):
        jobs.execute(str(made[1].job_id))
        changed = responses_of(made[1]).first()
        changed.ratings = bytes(len(changed.ratings))
        changed.save()

    assert same(count_in_chunks(job, after_planning(job, planned_then_changed)), count_cycle(job.cycle))


def test_job_that_another_worker_took_over_stops_and_leaves_that_ones_chunks(job):
    def planned_by_another(made):
        Job.objects.filter(pk=job.pk).update(claim="another")
        Job.objects.filter(pk=made[3].job_id).delete()

    with pytest.raises(jobs.ClaimLost):
        count_in_chunks(job, after_planning(job, planned_by_another))
    assert Chunk.objects.count() == 4


def test_surveys_with_clusters_are_counted_in_one_piece(job):
    survey = job.cycle.surveys.get(code="chunks-137")
    survey.cluster = "channel"
    survey.save()
    for place, row in enumerate(survey.responses.all()):
        row.channel = f"c{place % 4}"
        row.save()
    found = count_in_chunks(job, nothing_said)
    assert same(found, count_cycle(job.cycle)) and set(found.clustered) == {"users", "employees"}


def test_count_of_a_chunk_is_itself_again_from_its_bytes(job):
    first = request_chunks(job, job.cycle.surveys.get(code="chunks-137"))[0]
    jobs.execute(str(first.job_id))
    first.refresh_from_db()
    counted = count_from_bytes(bytes(first.counted))
    assert count_to_bytes(counted) == bytes(first.counted) and isinstance(counted.cube, Cube)
    assert int(counted.groups[:, 0].sum()) == AT_ONCE
