"""Pages that say who is asked what: groups, issues, split, planning."""

from copy import copy
from operator import attrgetter

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from materiality.models import Group
from materiality.platform.pages import onward, refusals, sent, turned_away
from materiality.platform.people import can_edit_cycle, needs
from materiality.views.cycles import in_cycle
from surveys.actions.plans import choose_issues, plan_groups, set_split
from surveys.actions.surveys import opening_warnings
from surveys.forms.plans import GroupPlanForm, IssuesForm, SplitForm
from surveys.models import GroupPlan, Survey
from surveys.queries.plans import (
    PlannedGroup,
    issue_bases,
    issue_ticks,
    planned,
    planned_groups,
    survey_issues,
    wider_plans,
)
from surveys.queries.surveys import minutes_for, planning_lines, typical_spread
from surveys.questionnaire.asking import LOSS, WIDTHS
from surveys.views.surveys import survey_in_cycle


def survey_plan(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Responses needed for intervals of some widths, full against split, and what the expected ones will give."""
    row = survey_in_cycle(code, survey)
    issues = survey_issues(row)
    codes = [issue.code for issue in issues]
    groups = planned_groups(row, codes)
    spread = typical_spread(request.user)
    lines = planning_lines(row, groups, spread)
    context = in_cycle(
        row.cycle,
        "survey",
        survey=row,
        lines=lines,
        widths=WIDTHS,
        spread=spread,
        issues=len(codes),
        loss=LOSS,
        min_n=row.cycle.method.get("min_n", 5),
        full_minutes=max((line.full.minutes for line in lines), default=0),
        split_minutes=max((line.split.minutes for line in lines), default=0),
        short=[line for line in lines if line.planned.expected and not line.way(row.split).enough],
        warnings=opening_warnings(codes, groups, row),
        bases=issue_bases(groups, codes),
        wider=[(each, minutes_for(each.ratings) if each.ratings else 0) for each in wider_plans(groups, codes)],
        names={issue.code: issue.name for issue in issues},
        may_edit=can_edit_cycle(request.user) and row.state == Survey.State.DRAFT,
    )
    return render(request, "surveys/survey_plan.html", context)


def survey_groups(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """What each group is asked, as a form for those who may change it."""
    row = survey_in_cycle(code, survey)
    codes = [issue.code for issue in survey_issues(row)]
    groups = planned_groups(row, codes)
    frozen = row.state != Survey.State.DRAFT
    forms = [GroupPlanForm(request.POST or None, planned=each, frozen=frozen) for each in groups]
    if request.method == "POST":
        return _save(request, row, codes, forms)
    return _page(request, row, codes, forms)


@needs(can_edit_cycle)
def _save(request: HttpRequest, row: Survey, codes: list[str], forms: list[GroupPlanForm]) -> HttpResponse:
    if all(form.is_valid() for form in forms):
        with refusals(request):
            asked = {form.planned.group.code: form.asked() for form in forms}
            with transaction.atomic():
                plan_groups(survey=row, plans=asked, by=request.user)
                if "grid" in request.POST:
                    _choose(request, row, codes, forms)
            return onward(request, _("The plan is saved."), "survey_groups", row.cycle.code, row.code)
    return _page(request, row, codes, forms)


def _choose(request: HttpRequest, row: Survey, codes: list[str], forms: list[GroupPlanForm]) -> None:
    """The issues that are ticked in the grid, for each group whose column differs from what it was asked."""
    ticked = _ticked(request, codes, [form.planned for form in forms])
    for planned_group in (form.planned for form in forms):
        wanted = [code for code in codes if f"{planned_group.group.code}:{code}" in ticked]
        if set(wanted) != set(codes) - set(planned_group.plan.left_out):
            choose_issues(survey=row, group=planned_group.group, issues=wanted, by=request.user)


def _ticked(request: HttpRequest, codes: list[str], groups: list[PlannedGroup]) -> set[str]:
    """`group:issue` of every tick of the grid: as it was sent, else as it is stored."""
    if "grid" in request.POST:
        return set(request.POST.getlist("ask"))
    return {f"{each.group.code}:{code}" for each in groups for code in codes if code not in each.plan.left_out}


def _page(request: HttpRequest, row: Survey, codes: list[str], forms: list[GroupPlanForm]) -> HttpResponse:
    groups = [form.planned for form in forms]
    issues = sorted(survey_issues(row), key=lambda issue: (issue.category.order, issue.code))
    ticked = _ticked(request, codes, groups)
    grid = [(each, [(one.group, f"{one.group.code}:{each.code}" in ticked) for one in groups]) for each in issues]
    context = in_cycle(
        row.cycle,
        "survey",
        survey=row,
        grid=grid,
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
    row = survey_in_cycle(code, survey)
    asked = get_object_or_404(Group, cycle=row.cycle, code=group)
    issues = survey_issues(row)
    codes = [issue.code for issue in issues]
    form = IssuesForm(request.POST or None, codes=codes)
    if sent(request, form):
        chosen = None if "library" in request.POST else form.cleaned_data["issues"]
        with refusals(request):
            choose_issues(survey=row, group=asked, issues=chosen, by=request.user)
            messages.success(request, _("The issues of “%(group)s” are saved.") % {"group": asked.name})
        return redirect("survey_groups", code, survey)
    plan = planned(row, codes, asked, GroupPlan.objects.filter(survey=row, group=asked).first()).plan
    categories = issue_ticks(issues, set(codes) - set(plan.left_out))
    context = {"survey": row, "group": asked, "form": form, "categories": categories, "issues": len(codes)}
    context |= {"is_draft": row.state == Survey.State.DRAFT}
    return render(request, "surveys/group_issues.html", in_cycle(row.cycle, "survey", **context))


@needs(can_edit_cycle)
def survey_split(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Set the split and the attention question of a draft."""
    row = survey_in_cycle(code, survey)
    if row.state != Survey.State.DRAFT:
        return turned_away(request, _("The survey was opened, and is frozen since then."), "survey", code, survey)
    issues = survey_issues(row)
    codes = [issue.code for issue in issues]
    form = SplitForm(request.POST or None, instance=copy(row), codes=codes)
    if sent(request, form):
        with refusals(form):
            set_split(survey=row, values=form.cleaned_data, by=request.user)
            return onward(request, _("The split is saved."), "survey_plan", code, survey)
    categories = issue_ticks(issues, set(form["core"].value() or ()))
    lines = planning_lines(row, planned_groups(row, codes), typical_spread(request.user))
    context = in_cycle(row.cycle, "survey", survey=row, form=form, categories=categories, issues=len(codes))
    context["ways"] = [
        (
            label,
            max((way(line).minutes for line in lines), default=0),
            max((way(line).half or 0 for line in lines), default=0),
        )
        for label, way in ((_("Full questionnaire"), attrgetter("full")), (_("Split"), attrgetter("split")))
    ]
    return render(request, "surveys/split.html", context)
