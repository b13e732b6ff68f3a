"""The background job that scores a cycle."""

from django.utils.translation import gettext as _

from materiality.actions.score_cycle import score_cycle
from materiality.counted import Counted
from materiality.jobs import Progress
from materiality.models import Job
from surveys.cube import count_cycle


def count_for_run(job: Job, progress: Progress) -> Counted:
    """Build of a scoring job: read all responses."""
    progress(5, _("Counting responses"))
    return count_cycle(job.cycle, progress)


def store_run(job: Job, counted: Counted) -> dict:
    """Store of a scoring job: the run."""
    return {"run": score_cycle(cycle=job.cycle, counted=counted, by=job.created_by).number}
