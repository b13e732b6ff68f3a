"""Staff pages that say who is asked what: all groups of a survey, and the issues of one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from materiality.models import Group
from materiality.permissions import can_edit_cycle, needs
from materiality.refusals import NotAllowed
from surveys.actions.choose_issues import choose_issues
from surveys.actions.plan_groups import plan_groups
from surveys.forms.plans import GroupPlanForm, IssuesForm
from surveys.models import GroupPlan, Survey
from surveys.opening import opening_warnings
from surveys.queries.issue_ticks import issue_ticks
from surveys.queries.planning import minutes_for
from surveys.queries.plans import asked_issues, planned, planned_groups
from surveys.views.survey_of import in_cycle, survey_of


def survey_groups(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """What each group is asked, as a form for those who may change it."""
    row = survey_of(code, survey)
    codes = [issue.code for issue in asked_issues(row)]
    groups = planned_groups(row, codes)
    frozen = row.state != Survey.State.DRAFT
    forms = [GroupPlanForm(request.POST or None, planned=each, frozen=frozen) for each in groups]
    if request.method == "POST":
        return _save(request, row, codes, forms)
    return _page(request, row, codes, forms)


@needs(can_edit_cycle)
def _save(request: HttpRequest, row: Survey, codes: list[str], forms: list[GroupPlanForm]) -> HttpResponse:
    if not all(form.is_valid() for form in forms):
        return _page(request, row, codes, forms)
    try:
        asked = {form.planned.group.code: form.asked() for form in forms}
        plan_groups(survey=row, plans=asked, by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    else:
        messages.success(request, _("The plan is saved."))
    return redirect("survey_groups", row.cycle.code, row.code)


def _page(request: HttpRequest, row: Survey, codes: list[str], forms: list[GroupPlanForm]) -> HttpResponse:
    groups = [form.planned for form in forms]
    context = in_cycle(
        row.cycle,
        "survey",
        survey=row,
        lines=[(form, minutes_for(form.planned.questions)) for form in forms],
        issues=len(codes),
        wrong=any(form.errors for form in forms),
        warnings=opening_warnings(codes, groups, row),
        may_edit=can_edit_cycle(request.user),
        is_draft=row.state == Survey.State.DRAFT,
    )
    return render(request, "surveys/survey_groups.html", context)


@needs(can_edit_cycle)
def group_issues(request: HttpRequest, code: str, survey: str, group: str) -> HttpResponse:
    """The issues that one group is asked about, to tick."""
    row = survey_of(code, survey)
    asked = get_object_or_404(Group, cycle=row.cycle, code=group)
    issues = asked_issues(row)
    codes = [issue.code for issue in issues]
    form = IssuesForm(request.POST or None, codes=codes)
    if request.method == "POST" and form.is_valid():
        chosen = None if "library" in request.POST else form.cleaned_data["issues"]
        try:
            choose_issues(survey=row, group=asked, issues=chosen, by=request.user)
        except NotAllowed as refusal:
            messages.error(request, refusal.reason)
        else:
            messages.success(request, _("The issues of “%(group)s” are saved.") % {"group": asked.name})
        return redirect("survey_groups", code, survey)
    plan = planned(row, codes, asked, GroupPlan.objects.filter(survey=row, group=asked).first()).plan
    categories = issue_ticks(issues, set(codes) - set(plan.left_out))
    context = {"survey": row, "group": asked, "form": form, "categories": categories, "issues": len(codes)}
    context |= {"is_draft": row.state == Survey.State.DRAFT}
    return render(request, "surveys/group_issues.html", in_cycle(row.cycle, "survey", **context))
