"""Background jobs: claimed once, finished once, sent again when lost, failed with a sentence."""

from datetime import timedelta

import psycopg
import pytest
from django.db import OperationalError, transaction
from django.utils import timezone, translation

from materiality.celery import app
from materiality.models import Job
from materiality.platform import jobs
from materiality.platform.beat import SteadyScheduler
from materiality.platform.hooks import JobFunctions
from materiality.platform.refusals import NotAllowed
from tests.factories.hooks import declare

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(monkeypatch):
    """Kinds of jobs for these tests; the list holds what was stored."""
    stored: list = []

    def refuse(job, progress):
        raise NotAllowed("no responses")

    def lose(job, progress):
        Job.objects.filter(pk=job.pk).update(claim="somebody else")
        return None

    def away(job, progress):
        if job.attempt == 1:
            raise OperationalError from psycopg.OperationalError("server closed the connection unexpectedly")
        return "stored"

    kinds = {
        "note": JobFunctions(
            lambda job, progress: job.inputs["n"] * 2, lambda job, built: stored.append(built) or {"n": built}
        ),
        "refuse": JobFunctions(refuse, lambda job, built: {}),
        "lose": JobFunctions(lose, lambda job, built: stored.append("lost")),
        "away": JobFunctions(away, lambda job, built: stored.append(built) or {}),
        "break": JobFunctions(lambda job, progress: 1 / 0, lambda job, built: {}),
        "language": JobFunctions(
            lambda job, progress: translation.get_language(), lambda job, built: {"language": built}
        ),
    }
    declare(monkeypatch, jobs=kinds)
    return stored


def request(kind, **inputs):
    return jobs.request_job(kind, inputs=inputs, by=None, send=False)


def test_job_is_done_once_however_often_it_is_delivered(done):
    job = request("note", n=4)
    assert [jobs.execute(str(job.pk)) for _ in range(3)] == [True, False, False]
    job.refresh_from_db()
    assert (job.state, job.progress, job.result, job.attempt, done) == ("done", 100, {"n": 8}, 1, [8])


def test_job_refused_keeps_the_reason(done):
    job = request("refuse")
    jobs.execute(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "no responses")


def test_job_broken_says_so_without_a_trace(done):
    job = request("break")
    jobs.execute(str(job.pk))
    job.refresh_from_db()
    assert job.state == "failed" and "ZeroDivision" not in job.error and job.error


def test_job_that_met_a_database_that_was_away_is_done_once_it_is_sent_again(done):
    job = request("away")
    with pytest.raises(OperationalError):
        jobs.execute(str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.error) == ("running", "")
    Job.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=31))
    assert jobs.execute(str(job.pk)) and done == ["stored"]


def test_job_whose_claim_was_lost_stores_nothing(done):
    job = request("lose")
    assert jobs.execute(str(job.pk)) is False
    job.refresh_from_db()
    assert (done, job.state) == ([], "running")


def test_job_runs_in_the_language_it_was_asked_in(done):
    job = jobs.request_job("language", inputs={}, by=None, language="en", send=False)
    with translation.override("zh-hans"):
        jobs.execute(str(job.pk))
    job.refresh_from_db()
    assert job.result == {"language": "en"}


def test_running_job_is_taken_over_only_when_its_heartbeat_is_old(done):
    job = request("note", n=1)
    Job.objects.filter(pk=job.pk).update(state="running", claim="x", attempt=1, heartbeat_at=timezone.now())
    assert jobs.execute(str(job.pk)) is False
    Job.objects.filter(pk=job.pk).update(heartbeat_at=timezone.now() - timedelta(seconds=31))
    assert jobs.execute(str(job.pk)) is True
    job.refresh_from_db()
    assert (job.state, job.attempt, done) == ("done", 2, [2])


def test_job_is_given_up_after_five_attempts(done):
    job = request("note", n=1)
    old = timezone.now() - timedelta(seconds=60)
    Job.objects.filter(pk=job.pk).update(state="running", claim="x", attempt=5, heartbeat_at=old)
    jobs.execute(str(job.pk))
    job.refresh_from_db()
    assert (job.state, done) == ("failed", [])


def test_sweep_finds_lost_and_unsent_jobs_only(done, monkeypatch):
    now = timezone.now()
    rows = {
        "fresh": {"state": "queued", "sent_at": now},
        "unsent": {"state": "queued", "created_at": now - timedelta(seconds=20)},
        "unheard": {"state": "queued", "sent_at": now - timedelta(seconds=40)},
        "alive": {"state": "running", "heartbeat_at": now},
        "orphan": {"state": "running", "heartbeat_at": now - timedelta(seconds=40)},
        # As a clock that was set back an hour leaves them.
        "unheard ahead": {"state": "queued", "sent_at": now + timedelta(hours=1)},
        "orphan ahead": {"state": "running", "heartbeat_at": now + timedelta(hours=1)},
        "over": {"state": "done", "heartbeat_at": now - timedelta(seconds=400)},
    }
    for name, fields in rows.items():
        Job.objects.filter(pk=request("note", n=1, name=name).pk).update(**fields)
    sent = []
    monkeypatch.setattr(jobs, "send_job", lambda job: sent.append(job.inputs["name"]))
    lost = ["orphan", "orphan ahead", "unheard", "unheard ahead", "unsent"]
    assert (jobs.sweep(), sorted(sent)) == (len(lost), lost)


def test_request_rolled_back_leaves_no_job(done):
    with pytest.raises(RuntimeError), transaction.atomic():
        request("note", n=1)
        raise RuntimeError
    assert Job.objects.count() == 0


def test_beat_goes_on_where_the_clock_is_set_back(tmp_path, monkeypatch):
    scheduler = SteadyScheduler(app=app, schedule_filename=str(tmp_path / "beat"), lazy=False)
    sent = []
    monkeypatch.setattr(scheduler, "apply_async", lambda entry, **_more: sent.append(entry.name))
    ahead = timezone.now() + timedelta(hours=1)
    for entry in scheduler.schedule.values():
        entry.last_run_at = ahead
    assert scheduler.tick() <= 10 and all(entry.last_run_at < ahead for entry in scheduler.schedule.values())
    scheduler.close()
