"""The figures of a survey's fieldwork as pages show them: counted now, or kept and renewed in the background."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from materiality.jobs import Progress, request_job
from materiality.models import AuditEvent, Job
from surveys.fieldwork_count import count_fieldwork
from surveys.job_kinds import COUNT_FIELDWORK
from surveys.models import FieldworkFigures, Survey
from surveys.queries.kept_figures import MOST_COUNTED, large_surveys

# Kept figures older than this are renewed where something may have changed.
FRESH = timedelta(seconds=60)
# After the closing answers begun before it come in, and anonymous ones are mixed for the last time.
LATE = timedelta(hours=1)


def figures_of(survey: Survey, now: datetime | None = None) -> tuple[dict, datetime | None]:
    """The figures (see `count_fieldwork`) and when they were counted; None = just now.

    Of a large survey those kept are shown, and renewed in the background; without any, they are counted at once.
    """
    kept = getattr(survey, "figures", None)
    if kept is None and survey.pk not in large_surveys([survey.pk]):
        return count_fieldwork(survey, now), None
    if kept is None:
        kept = keep_figures(survey, count_fieldwork(survey, now), now or timezone.now())
    elif is_stale(survey, kept.counted_at, now or timezone.now()):
        request_count(survey)
    return kept.figures, kept.counted_at


def counted_at(survey: Survey, responses: int) -> datetime | None:
    """When the kept figures of a survey with so many responses were counted; None where they are counted on view."""
    if responses <= MOST_COUNTED:
        return None
    return FieldworkFigures.objects.filter(survey=survey).values_list("counted_at", flat=True).first()


def renew_figures(surveys: Iterable[Survey], numbers: dict[int, int], now: datetime | None = None) -> None:
    """Have the figures of those of these surveys that have a large number of responses counted where they are missing
    or stale; `numbers` {primary key: responses}. No query where there is no such survey.
    """
    large = [survey for survey in surveys if numbers.get(survey.pk, 0) > MOST_COUNTED]
    if not large:
        return
    kept = dict(FieldworkFigures.objects.filter(survey__in=large).values_list("survey_id", "counted_at"))
    for survey in large:
        if survey.pk not in kept or is_stale(survey, kept[survey.pk], now or timezone.now()):
            request_count(survey)


def is_stale(survey: Survey, counted_at: datetime, now: datetime) -> bool:
    """Whether figures counted then may be wrong by now: after a minute where answers come in or staff did anything."""
    if now - counted_at < FRESH:
        return False
    if survey.state == Survey.State.OPEN or (survey.closed_at and counted_at < survey.closed_at + LATE):
        return True
    return AuditEvent.objects.filter(at__gt=counted_at).exists()


def request_count(survey: Survey) -> Job | None:
    """Have the figures counted in the background; None where that is waiting or being done already.

    The sweeper sends it: a view must not wait for a broker that is away.
    """
    over = (Job.State.DONE, Job.State.FAILED)
    same = Job.objects.filter(kind=COUNT_FIELDWORK, inputs={"survey": survey.pk})
    if same.exclude(state__in=over).exists():
        return None
    return request_job(COUNT_FIELDWORK, inputs={"survey": survey.pk}, by=None, send=False)


def keep_figures(survey: Survey, figures: dict, counted_at: datetime) -> FieldworkFigures:
    """Keep figures in place of those before."""
    values = {"figures": figures, "counted_at": counted_at}
    return FieldworkFigures.objects.update_or_create(survey=survey, defaults=values)[0]


def count_in_background(job: Job, progress: Progress) -> tuple[Survey, dict, datetime]:
    """Build of a counting job."""
    begun = timezone.now()
    survey = Survey.objects.select_related("cycle").get(pk=job.inputs["survey"])
    return survey, count_fieldwork(survey, begun), begun


def store_count(job: Job, built: tuple[Survey, dict, datetime]) -> dict:
    """Store of a counting job; the jobs before it, one a minute, are of no use any more."""
    keep_figures(*built)
    Job.objects.filter(kind=COUNT_FIELDWORK, inputs=job.inputs, state=Job.State.DONE).exclude(pk=job.pk).delete()
    return {}
