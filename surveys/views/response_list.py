"""Staff pages of single responses: the list, one response, a decision by hand."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from materiality.permissions import can_edit_cycle, can_see_responses, needs
from materiality.refusals import NotAllowed
from surveys.actions.overrule_response import overrule_response
from surveys.forms.responses import OverruleForm
from surveys.models import Response
from surveys.queries.response_list import STATES, ResponseFilter, ResponseRow, listed_responses
from surveys.queries.response_ratings import ratings_of
from surveys.rules_in_force import flags_of_survey, rules_in_force
from surveys.views.survey_of import in_cycle, survey_of

PER_PAGE = 50


@needs(can_see_responses)
def response_list(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """The survey's responses one by one, filtered by group, flag and state."""
    row = survey_of(code, survey)
    wanted = ResponseFilter.from_query(request.GET)
    page = Paginator(listed_responses(row, wanted), PER_PAGE).get_page(request.GET.get("page"))
    rules = rules_in_force(row)
    context = in_cycle(
        row.cycle,
        "responses",
        survey=row,
        wanted=wanted,
        page=page,
        rows=[ResponseRow(response, rules) for response in page],
        groups=list(row.cycle.groups.all()),
        flags=flags_of_survey(row),
        states=STATES,
    )
    return render(request, "surveys/response_list.html", context)


@needs(can_see_responses)
def response(request: HttpRequest, code: str, survey: str, pk: str) -> HttpResponse:
    """One response with its flags and ratings; POST decides by hand whether it counts."""
    row = survey_of(code, survey)
    found = get_object_or_404(Response.objects.select_related("group", "overruled_by", "source"), survey=row, pk=pk)
    form = OverruleForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _decided(request, found, form):
        return redirect("response", code, survey, pk)
    context = in_cycle(
        row.cycle,
        "responses",
        survey=row,
        row=ResponseRow(found, rules_in_force(row)),
        ratings=ratings_of(row, found),
        form=form,
        may_edit=can_edit_cycle(request.user),
    )
    return render(request, "surveys/response.html", context)


@needs(can_edit_cycle)
def _decided(request: HttpRequest, found: Response, form: OverruleForm) -> bool:
    """Whether the decision is stored; else what stands against it is in the form."""
    try:
        overrule_response(response=found, **form.cleaned_data, by=request.user)
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
        return False
    messages.success(request, _("The decision is stored. It counts from the next scoring run on."))
    return True
