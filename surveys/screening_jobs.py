"""Background jobs of screening: trying rules out and putting them in force where there are many responses."""

from django.urls import reverse
from django.utils.translation import gettext as _

from materiality.jobs import Progress
from materiality.models import Job
from surveys.actions.change_rules import change_rules
from surveys.dry_run import dry_run
from surveys.models import Survey
from surveys.questionnaire.rules import Rules

# Up to this many responses a page does the work itself, in a second or two.
MOST_AT_ONCE = 30_000


def try_rules(job: Job, progress: Progress) -> dict:
    """Build of a dry run."""
    return dry_run(_survey_of(job), Rules.from_json(job.inputs["rules"]), progress)


def keep_trial(job: Job, found: dict) -> dict:
    """Store of a dry run: nothing but the job's own result."""
    survey = _survey_of(job)
    return {**found, "url": reverse("rules_trial", args=[survey.cycle.code, survey.code, job.pk])}


def wait_for_rules(job: Job, progress: Progress) -> None:
    """Build of a change of rules: all of its work is in the transaction that follows."""
    progress(10, _("Screening responses"))


def store_rules(job: Job, _built: None) -> dict:
    """Store of a change of rules."""
    rules = Rules.from_json(job.inputs["rules"])
    survey = _survey_of(job)
    changed = change_rules(survey=survey, rules=rules, reason=job.inputs["reason"], by=job.created_by)
    return {"version": changed.version, "url": reverse("screening", args=[survey.cycle.code, survey.code])}


def _survey_of(job: Job) -> Survey:
    return Survey.objects.select_related("cycle").get(pk=job.inputs["survey"])
