"""Staff pages of saved column matches: the list, what one says, another name, deletion."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from materiality.permissions import can_edit_cycle, can_see_responses, needs
from materiality.refusals import NotAllowed
from surveys.actions.delete_match import delete_match
from surveys.actions.rename_match import rename_match
from surveys.forms.column_match import DeleteForm, RenameForm
from surveys.matching.match import Match
from surveys.models import ColumnMatch
from surveys.queries.column_matches import date_order, listed_matches, said_columns, said_maps, tool_name
from surveys.recognising import UnknownMatch, match_of

PER_PAGE = 50


@needs(can_see_responses)
def column_matches(request: HttpRequest) -> HttpResponse:
    """All saved matches."""
    page = Paginator(listed_matches(), PER_PAGE).get_page(request.GET.get("page"))
    page.object_list = [(match, tool_name(match.tool)) for match in page.object_list]
    return render(request, "surveys/column_matches.html", {"section": "cycles", "page": page})


@needs(can_see_responses)
def column_match(request: HttpRequest, name: str) -> HttpResponse:
    """What a match says of each column and answer; a POST renames it."""
    match = get_object_or_404(listed_matches().defer(None), name=name)
    form = RenameForm(request.POST or None, initial={"name": match.name})
    if request.method == "POST":
        if not can_edit_cycle(request.user):
            raise PermissionDenied
        if form.is_valid():
            try:
                renamed = rename_match(match=match, name=form.cleaned_data["name"], by=request.user)
            except NotAllowed as refusal:
                form.add_error("name", refusal.reason)
            else:
                messages.success(request, _("The match is called %(name)s now.") % {"name": renamed.name})
                return redirect("column_match", renamed.name)
    return _shown(request, match, form, DeleteForm())


@require_POST
@needs(can_edit_cycle)
def remove(request: HttpRequest, name: str) -> HttpResponse:
    """Delete a match."""
    match = get_object_or_404(listed_matches().defer(None), name=name)
    form = DeleteForm(request.POST)
    if not form.is_valid():
        return _shown(request, match, RenameForm(initial={"name": match.name}), form)
    delete_match(match=match, by=request.user)
    messages.success(request, _("The match %(name)s is deleted. Files that were read by it stay.") % {"name": name})
    return redirect("column_matches")


def _shown(request: HttpRequest, match: ColumnMatch, form: RenameForm, delete: DeleteForm) -> HttpResponse:
    try:
        said = match_of(match.columns)
    except UnknownMatch:
        said = Match("", ())
    columns = said_columns(said)
    context = {
        "section": "cycles",
        "match": match,
        "tool": tool_name(match.tool),
        "taken": sum(1 for column in columns if column.target),
        "page": Paginator(columns, PER_PAGE).get_page(request.GET.get("page")),
        "maps": said_maps(said),
        "dates": date_order(said),
        "form": form,
        "delete": delete,
        "may_edit": can_edit_cycle(request.user),
    }
    return render(request, "surveys/column_match.html", context, status=422 if form.errors or delete.errors else 200)
