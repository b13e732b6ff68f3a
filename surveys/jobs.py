"""Kinds of background jobs of this app: scoring a cycle, checking and storing an import."""

from django.utils.translation import gettext as _

from materiality.actions.score_cycle import score_cycle
from materiality.counted import Counted
from materiality.jobs import Progress, add_kind
from materiality.models import Job
from materiality.refusals import NotAllowed
from surveys.cube import count_cycle

SCORE = "score"


def count_for_run(job: Job, progress: Progress) -> Counted:
    """Build of a scoring job: read all responses."""
    progress(5, _("Counting responses"))
    try:
        return count_cycle(job.cycle, progress)
    except ValueError as problem:
        raise NotAllowed(str(problem)) from problem


def store_run(job: Job, counted: Counted) -> dict:
    """Store of a scoring job: the run."""
    run = score_cycle(cycle=job.cycle, counted=counted, by=job.created_by)
    return {"run": run.number}


add_kind(SCORE, count_for_run, store_run)
