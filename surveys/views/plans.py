"""The page of a survey: what its parts store, and who is asked what."""

import json
from copy import copy

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from materiality.platform.pages import onward, refusals, turned_away
from materiality.platform.people import can_edit_cycle, need, needs
from materiality.platform.words import word_for
from materiality.scoring.cube import DIMENSIONS
from surveys.actions.plans import GroupAsked, choose_issues, plan_groups, set_split
from surveys.forms.surveys import GroupPlanForm, SplitForm
from surveys.models import Survey
from surveys.queries.plans import planned_groups, survey_codes
from surveys.views.surveys import at_part, edit, questionnaire, survey_in_cycle, ticked_in, unsaved, window


def survey(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """The questionnaire in five parts, where it stands, and how it is opened and closed.

    POST stores the part that it names, and comes back here, at its anchor, where it is rejected.
    """
    if request.method == "POST":
        stores = {"split": survey_split, "texts": edit, "window": window}
        return stores.get(request.POST.get("part", ""), survey_groups)(request, code, survey)
    return questionnaire(request, survey_in_cycle(code, survey))


def survey_groups(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Store what each group is asked."""
    row = survey_in_cycle(code, survey)
    if request.method != "POST":
        return redirect(at_part(row, "groups"))
    need(request.user, can_edit_cycle)
    codes, frozen = survey_codes(row), row.state != Survey.State.DRAFT
    forms = [GroupPlanForm(request.POST, planned=each, frozen=frozen) for each in planned_groups(row, codes)]
    issues, shown = _shown(request, codes, forms)
    left_out = _left_out(request, issues, forms)
    if frozen and (lost := _lost(request, left_out, shown, forms)):
        return questionnaire(request, row, forms=forms, frozen=lost)
    if all(form.is_valid() for form in forms):
        # A group that was added meanwhile was not on the page: nothing was said of it.
        sent = [form for form in forms if form.code in shown]
        plans = {form.code: form.asked(None if frozen else left_out.get(form.code)) for form in sent}
        with refusals(request):
            _store(request, row, plans, shown, forms)
            return onward(request, _("The plan is saved."), at_part(row, "groups"))
    return questionnaire(request, row, forms=forms)


@transaction.atomic
def _store(request: HttpRequest, row: Survey, plans: dict, shown: dict, forms: list[GroupPlanForm]) -> None:
    plan_groups(survey=row, plans=plans, shown=shown, by=request.user)
    for form in forms:
        if form.code == request.POST.get("library"):
            choose_issues(survey=row, group=form.planned.group, issues=None, by=request.user)


def _shown(
    request: HttpRequest, codes: list[str], forms: list[GroupPlanForm]
) -> tuple[list[str], dict[str, GroupAsked]]:
    """The issues on the page that was sent, and what it showed of each group; what is stored, where it does not say."""
    try:
        told = json.loads(request.POST.get("shown", ""))
        groups = {
            code: GroupAsked(*held, frozenset(codes).intersection(left_out))
            for code, (*held, left_out) in told["groups"].items()
        }
        return [each for each in told["issues"] if each in codes], groups
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        plans = {form.code: form.planned.plan for form in forms}
        return codes, {
            code: GroupAsked(plan.society, plan.business, plan.expected, frozenset(plan.left_out))
            for code, plan in plans.items()
        }


def _left_out(request: HttpRequest, issues: list[str], forms: list[GroupPlanForm]) -> dict[str, frozenset[str]]:
    """Those of the issues that were sent without a tick, group by group; nothing where no grid was sent."""
    if "grid" not in request.POST:
        return {}
    ticked = ticked_in(request, issues, [])
    return {form.code: frozenset(each for each in issues if (form.code, each) not in ticked) for form in forms}


def _lost(request: HttpRequest, left_out: dict, shown: dict, forms: list[GroupPlanForm]) -> list[tuple[str, str]]:
    """What somebody changed in the grid of a draft that was opened meanwhile, group by group."""
    found = []
    for form in forms if left_out else ():
        before, now = shown.get(form.code), left_out[form.code]
        dimensions = {name: f"{form.code}-{name}" in request.POST for name in DIMENSIONS}
        changes = {
            word_for("dimension", name): on for name, on in dimensions.items() if on != getattr(before, name, on)
        }
        changes |= {each: each not in now for each in sorted(now ^ before.left_out)} if before else {}
        if changes:
            found.append(
                (form.planned.group.name, ", ".join(f"{'✓' if on else '–'} {what}" for what, on in changes.items()))
            )
    return found


@needs(can_edit_cycle)
def survey_split(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Set the split, the ranking step and the attention question of a draft."""
    row = survey_in_cycle(code, survey)
    if request.method != "POST":
        return redirect(at_part(row, "split"))
    form = SplitForm(request.POST, instance=copy(row), codes=survey_codes(row))
    if row.state != Survey.State.DRAFT:
        if lost := unsaved(form):
            return questionnaire(request, row, frozen=lost)
        return turned_away(request, _("The survey was opened and is frozen."), "survey", code, survey)
    if form.is_valid():
        with refusals(form):
            set_split(survey=row, values=form.cleaned_data, by=request.user)
            return onward(request, _("The split is saved."), at_part(row, "split"))
    return questionnaire(request, row, split=form)
