"""Staff pages of screening: the rules in force, trying others out, putting them in force."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from materiality.models import Job
from materiality.platform.jobs import request_job
from materiality.platform.pages import followed, onward, refusals
from materiality.platform.people import can_edit_cycle, can_see_responses, needs
from materiality.queries.cycles import BEFORE_SIGN_OFF, last_run_number
from materiality.views.cycles import in_cycle
from surveys.actions.screening import change_rules
from surveys.forms.screening import RulesForm, form_values
from surveys.models import Survey
from surveys.models.jobs import JobKind
from surveys.queries.fieldwork import kinds_of
from surveys.queries.screening import grouped_rules, rule_changes, rule_versions, trial_of
from surveys.questionnaire.screening import Rules
from surveys.responses.screening import rules_in_force
from surveys.responses.trials import dry_run
from surveys.views.surveys import survey_in_cycle

# Up to this many responses a page does the work itself, in a second or two.
MOST_AT_ONCE = 30_000


def screening(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """The rules in force, what each takes out of each group, and how they changed."""
    row = survey_in_cycle(code, survey)
    return _rules_page(request, row, RulesForm(survey=row))


@needs(can_edit_cycle)
def rules_try(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """A dry run of the rules entered: at once, or as a job where there are many responses. Stores no response."""
    row = survey_in_cycle(code, survey)
    if request.method != "POST":
        return redirect("screening", code, survey)
    form = RulesForm(request.POST, survey=row)
    if not form.is_valid():
        return _rules_page(request, row, form)
    rules = form.rules()
    if row.responses.count() <= MOST_AT_ONCE:
        return _trial_page(request, row, rules, dry_run(row, rules))
    inputs = {"survey": row.pk, "rules": rules.to_json()}
    job = request_job(JobKind.DRY_RUN, inputs=inputs, by=request.user, cycle=row.cycle)
    return followed(job, reverse("rules_trial", args=[code, survey, job.pk]))


@needs(can_edit_cycle)
def trial(request: HttpRequest, code: str, survey: str, pk: str) -> HttpResponse:
    """The result of a dry run that was made in the background."""
    row = survey_in_cycle(code, survey)
    job = get_object_or_404(Job, pk=pk, kind=JobKind.DRY_RUN, cycle=row.cycle_id)
    if job.inputs["survey"] != row.pk:
        raise Http404
    if job.state != Job.State.DONE:
        return followed(job, request.path)
    return _trial_page(request, row, Rules.from_json(job.inputs["rules"]), job.result, counted_at=job.finished_at)


@needs(can_edit_cycle)
def rules_change(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Put the rules that were tried out in force, or say what stands against it."""
    row = survey_in_cycle(code, survey)
    if request.method != "POST":
        return redirect("screening", code, survey)
    form = RulesForm(request.POST, survey=row)
    if not form.is_valid():
        return _rules_page(request, row, form)
    rules, reason = form.rules(), request.POST.get("reason", "")[:2_000]
    if row.responses.count() > MOST_AT_ONCE:
        inputs = {"survey": row.pk, "rules": rules.to_json(), "reason": reason}
        job = request_job(JobKind.CHANGE_RULES, inputs=inputs, by=request.user, cycle=row.cycle)
        return followed(job, reverse("screening", args=[code, survey]))
    said = _("Version %(version)s of the rules is in force. All responses are screened again; scores stay as they are.")
    refused: list[str] = []
    with refusals(refused):
        made = change_rules(survey=row, rules=rules, reason=reason, by=request.user)
        return onward(request, said % {"version": made.version}, "screening", code, survey)
    return _trial_page(request, row, rules, dry_run(row, rules), refused=refused[0])


def _rules_page(request: HttpRequest, row: Survey, form: RulesForm) -> HttpResponse:
    groups = list(row.cycle.groups.all())
    kinds = kinds_of([row])
    context = in_cycle(
        row.cycle,
        "screening",
        survey=row,
        form=form,
        groups=groups,
        rules=grouped_rules(row, groups, kinds),
        submitted=sum(kind.number for kind in kinds if not kind.unfinished),
        versions=rule_versions(row),
        last_run=last_run_number(row.cycle),
        may_edit=can_edit_cycle(request.user) and row.cycle.state in BEFORE_SIGN_OFF,
        may_see=can_see_responses(request.user),
    )
    return render(request, "surveys/screening/rules.html", context, status=422 if form.errors else 200)


def _trial_page(
    request: HttpRequest,
    row: Survey,
    rules: Rules,
    found: dict,
    *,
    refused: str = "",
    counted_at: datetime | None = None,
) -> HttpResponse:
    groups = list(row.cycle.groups.all())
    context = in_cycle(
        row.cycle,
        "screening",
        survey=row,
        trial=trial_of(row, found, groups),
        changes=rule_changes(rules_in_force(row), rules.for_survey(split=row.split)),
        entered=form_values(rules, row),
        groups=groups,
        last_run=last_run_number(row.cycle),
        may_edit=row.cycle.state in BEFORE_SIGN_OFF,
        reason=request.POST.get("reason", ""),
        refused=refused,
        counted_at=counted_at,
    )
    return render(request, "surveys/screening/trial.html", context, status=422 if refused else 200)
