"""Screening rules of a survey: try them, change them, screen anew."""

from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.models import Job, User
from materiality.platform import audit
from materiality.platform.jobs import Progress
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import BEFORE_SIGN_OFF, last_run_number, locked_cycle
from surveys.models import RuleSet, Survey
from surveys.questionnaire.screening import OFF, Rules
from surveys.responses.screening import rules_in_force, screen_late, write_flags
from surveys.responses.trials import dry_run


@dataclass(frozen=True)
class Changed:
    """The version now in force, and how many responses carry other flags than before."""

    version: int
    moved: int


@transaction.atomic
def change_rules(*, survey: Survey, rules: Rules, reason: str, by: User | None) -> Changed:
    """Put a new version of the rules in force and screen all stored responses anew; nothing is deleted.

    The event names the parameters that changed, how many responses' flags moved, and the last run (`after_run`) where
    results had been seen before. What is submitted meanwhile is screened right after. NotAllowed without a reason
    where there is a run, where nothing changes, where a rule for the attention question is wanted that the survey does
    not ask, or once the cycle is signed off.
    """
    cycle = locked_cycle(survey.cycle, BEFORE_SIGN_OFF)
    stored = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    rules, in_force = rules.for_survey(split=stored.split), rules_in_force(stored)
    last_run = last_run_number(cycle)
    _check(stored, rules, in_force, reason, last_run)
    _record_first_rules(stored)
    before, after = in_force.to_json(), rules.to_json()
    stored.rules, stored.rules_version = after, stored.rules_version + 1
    stored.save(update_fields=["rules", "rules_version"])
    RuleSet.objects.create(
        survey=stored, version=stored.rules_version, rules=after, reason=reason.strip(), created_by=by
    )
    began = timezone.now()
    moved = write_flags(stored, rules)
    transaction.on_commit(lambda: screen_late(stored.pk, began))
    changed = [flag for flag in {**before, **after} if before.get(flag) != after.get(flag)]
    mark = {"after_run": last_run} if last_run else {}
    audit.record(
        "change_rules",
        stored,
        by=by,
        before={flag: before.get(flag, {"effect": OFF}) for flag in changed},
        after={flag: after.get(flag, {"effect": OFF}) for flag in changed}
        | {"version": stored.rules_version, "flags_moved": moved}
        | mark,
        reason=reason.strip(),
    )
    return Changed(stored.rules_version, moved)


def _record_first_rules(survey: Survey) -> None:
    """Keep the rules that a survey was made with as a version of their own, unless they are kept already."""
    if not survey.rule_sets.exists():
        first = RuleSet.objects.create(survey=survey, version=survey.rules_version, rules=survey.rules)
        RuleSet.objects.filter(pk=first.pk).update(created_at=survey.created_at)


def _check(survey: Survey, rules: Rules, in_force: Rules, reason: str, last_run: int | None) -> None:
    if rules == in_force:
        raise NotAllowed(_("These are the rules in force already."))
    if rules.effects["attention"] != OFF and not survey.attention:
        raise NotAllowed(_("The survey asks no attention question, so there is nothing to screen by it."))
    if last_run and not reason.strip():
        raise NotAllowed(
            _("Scores have been computed already. Say why the rules change: it is kept in the audit trail.")
        )


@transaction.atomic
def screen_survey(*, survey: Survey, by: User | None) -> int:
    """Set all flags as the rules in force give them; returns how many responses moved.

    NotAllowed once the cycle is signed off.
    """
    locked_cycle(survey.cycle, BEFORE_SIGN_OFF)
    stored = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    moved = write_flags(stored, rules_in_force(stored))
    audit.record("screen_survey", stored, by=by, after={"version": stored.rules_version, "flags_moved": moved})
    return moved


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
