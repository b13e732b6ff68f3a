"""What the parts of a questionnaire store that say who is asked what: groups, their issues, the split."""

from copy import copy

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from materiality.platform.pages import onward, refusals, turned_away
from materiality.platform.people import can_edit_cycle, need, needs
from surveys.actions.plans import choose_issues, plan_groups, set_split
from surveys.forms.plans import GroupPlanForm, SplitForm
from surveys.models import Survey
from surveys.queries.plans import planned_groups, survey_issues
from surveys.views.surveys import at_part, questionnaire, survey_in_cycle, ticked_in


def survey_groups(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Store what each group is asked."""
    row = survey_in_cycle(code, survey)
    if request.method != "POST":
        return redirect(at_part(row, "groups"))
    need(request.user, can_edit_cycle)
    codes = [issue.code for issue in survey_issues(row)]
    frozen = row.state != Survey.State.DRAFT
    forms = [GroupPlanForm(request.POST, planned=each, frozen=frozen) for each in planned_groups(row, codes)]
    if all(form.is_valid() for form in forms):
        with refusals(request):
            with transaction.atomic():
                _store(request, row, codes, forms)
            return onward(request, _("The plan is saved."), at_part(row, "groups"))
    return questionnaire(request, row, forms=forms)


def _store(request: HttpRequest, row: Survey, codes: list[str], forms: list[GroupPlanForm]) -> None:
    """Dimensions and expected responses; in a draft also the issues, where a column differs from what was asked."""
    plan_groups(survey=row, plans={form.planned.group.code: form.asked() for form in forms}, by=request.user)
    planned = [form.planned for form in forms]
    if row.state != Survey.State.DRAFT or "grid" not in request.POST:
        return
    ticked = ticked_in(request, codes, planned)
    by_library = request.POST.get("library", "")
    for each in planned:
        wanted = [code for code in codes if (each.group.code, code) in ticked]
        if each.group.code == by_library:
            choose_issues(survey=row, group=each.group, issues=None, by=request.user)
        elif set(wanted) != set(codes) - set(each.plan.left_out):
            choose_issues(survey=row, group=each.group, issues=wanted, by=request.user)


@needs(can_edit_cycle)
def survey_split(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Set the split, the ranking step and the attention question of a draft."""
    row = survey_in_cycle(code, survey)
    if request.method != "POST":
        return redirect(at_part(row, "split"))
    if row.state != Survey.State.DRAFT:
        return turned_away(request, _("The survey was opened and is frozen."), "survey", code, survey)
    form = SplitForm(request.POST, instance=copy(row), codes=[issue.code for issue in survey_issues(row)])
    if form.is_valid():
        with refusals(form):
            set_split(survey=row, values=form.cleaned_data, by=request.user)
            return onward(request, _("The split is saved."), at_part(row, "split"))
    return questionnaire(request, row, split=form)
