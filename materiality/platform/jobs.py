"""Background jobs: request, claim, heartbeat, finish. What a kind of job does is declared by its app."""

import logging
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from materiality.models import Cycle, Job, User
from materiality.platform.hooks import job_kind
from materiality.platform.refusals import NotAllowed
from materiality.platform.storage import storage_trouble

log = logging.getLogger(__name__)
MOST_ATTEMPTS = 5
Progress = Callable[[int, str], None]


class ClaimLost(Exception):
    """Another worker has taken the row over; this one stops without a trace."""


def request_job(
    kind: str, *, inputs: dict, by: User | None, cycle: Cycle | None = None, language: str = "", send: bool = True
) -> Job:
    """Store a job with frozen inputs and queue it when the transaction commits. `send=False`: run it yourself.

    LookupError where no app declares such a kind of job.
    """
    job_kind(kind)
    job = Job.objects.create(
        kind=kind, inputs=inputs, cycle=cycle, created_by=by, language=language or translation.get_language() or "en"
    )
    if send:
        transaction.on_commit(lambda: send_job(job))
    return job


def send_job(job: Job) -> None:
    """Tell the workers that there is something to do; where the broker is away, the sweeper tells them later."""
    from kombu.exceptions import OperationalError  # with Celery 0.2 s, and most commands send no job

    from materiality.celery import app

    try:
        app.send_task("materiality.tasks.run_job", [str(job.pk)])
        Job.objects.filter(pk=job.pk).update(sent_at=timezone.now())
    except OperationalError as problem:
        log.warning("job %s waits for the broker: %s", job.pk, problem)


def sweep() -> int:
    """Send again every row that waits unheard of or whose worker is gone; returns how many."""
    now = timezone.now()
    unsent = Q(sent_at__isnull=True, created_at__lt=now - timedelta(seconds=10)) | _long_from("sent_at", now)
    waiting = Q(state=Job.State.QUEUED) & (unsent | Q(created_at__gt=now + timedelta(seconds=10)))
    orphaned = Q(state=Job.State.RUNNING) & _long_from("heartbeat_at", now)
    jobs = list(Job.objects.filter(waiting | orphaned).order_by("created_at")[:1000])
    for job in jobs:
        send_job(job)
    return len(jobs)


def _long_from(column: str, now: datetime) -> Q:
    """Longer ago than a job takes to be given up, or as far ahead, as a clock that was set back leaves it."""
    far = timedelta(seconds=settings.JOB_LOST_SECONDS)
    return Q(**{f"{column}__lt": now - far}) | Q(**{f"{column}__gt": now + far})


def execute(pk: str, build: Callable[[Job, Progress], Any] | None = None) -> bool:
    """Claim the row and do the job; False where somebody else has it or it is over. `build` stands in for the kind's
    own where the caller has at hand what that would read. Where database or disk take nothing, their error is raised.
    """
    job = _claim(pk)
    if job is None:
        return False
    if job.attempt > MOST_ATTEMPTS:
        _fail(job, _("The job was given up after %(count)s attempts.") % {"count": MOST_ATTEMPTS})
        return True
    with translation.override(job.language), _Heartbeat(job):
        try:
            _perform(job, build)
        except ClaimLost:
            return False
        except NotAllowed as refusal:
            _fail(job, refusal.reason)
        except Exception as problem:
            if storage_trouble(problem):
                raise  # nothing is wrong with the job: its heartbeat grows old, and it is sent again
            log.exception("job %s (%s) failed", job.pk, job.kind)
            _fail(job, _("Something went wrong in the programme itself; the log has the details."))
    return True


def _claim(pk: str) -> Job | None:
    now = timezone.now()
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING) & _long_from("heartbeat_at", now)
    claim = secrets.token_hex(16)
    taken = Job.objects.filter(free, pk=pk).update(
        state=Job.State.RUNNING, claim=claim, heartbeat_at=now, started_at=now, attempt=F("attempt") + 1, progress=0
    )
    return Job.objects.select_related("cycle", "created_by").get(pk=pk) if taken else None


def _perform(job: Job, instead: Callable[[Job, Progress], Any] | None) -> None:
    build, store = job_kind(job.kind).functions()
    built = (instead or build)(job, _progress_of(job))
    with transaction.atomic():
        # The row is locked by this update until commit, so two workers can never both store.
        held = Job.objects.filter(pk=job.pk, claim=job.claim, state=Job.State.RUNNING).update(
            state=Job.State.DONE, progress=100, progress_text="", finished_at=timezone.now()
        )
        if not held:
            raise ClaimLost
        Job.objects.filter(pk=job.pk).update(result=store(job, built))


def _fail(job: Job, reason: str) -> None:
    Job.objects.filter(pk=job.pk, claim=job.claim, state=Job.State.RUNNING).update(
        state=Job.State.FAILED, error=str(reason), finished_at=timezone.now()
    )


def _progress_of(job: Job) -> Progress:
    last = 0.0

    def progress(percent: int, text: str = "") -> None:
        nonlocal last
        if monotonic() - last < 0.3:
            return
        last = monotonic()
        _beat(job, progress=max(0, min(99, int(percent))), progress_text=str(text)[:200])

    return progress


def _beat(job: Job, **fields: Any) -> None:
    held = Job.objects.filter(pk=job.pk, claim=job.claim, state=Job.State.RUNNING)
    if not held.update(heartbeat_at=timezone.now(), **fields):
        raise ClaimLost


class _Heartbeat:
    """Keeps the row's heartbeat fresh from a thread of its own while a build takes long without reporting."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True, name=f"heartbeat-{job.pk}")

    def __enter__(self) -> "_Heartbeat":
        self.thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.over.set()
        self.thread.join()

    def _run(self) -> None:
        while not self.over.wait(settings.JOB_HEARTBEAT_SECONDS):
            close_old_connections()
            try:
                _beat(self.job)
            except ClaimLost:
                break
            except Exception:
                log.exception("heartbeat of job %s", self.job.pk)
        connection.close()
