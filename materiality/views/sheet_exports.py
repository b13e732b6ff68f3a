"""Spreadsheets to take away: the rows as they are stored, and empty templates."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from materiality.models import Edition
from materiality.permissions import can_view, needs
from materiality.refusals import NotAllowed
from materiality.resources.flow import scope_of
from materiality.resources.hooks import Scope
from materiality.resources.sheet_file import sheet_file
from materiality.table_file import TYPES
from materiality.views.sheet_pages import cycle_named, kind_of


@needs(can_view)
def sheet_export(request: HttpRequest, kind: str, suffix: str, code: str = "") -> HttpResponse:
    """All rows of a kind; of an edition those of `?edition=`, else of the draft, else of the edition in force."""
    return _file(request, kind, suffix, code, empty=False)


@needs(can_view)
def sheet_template(request: HttpRequest, kind: str, suffix: str, code: str = "") -> HttpResponse:
    """Headings only; the XLSX explains each in a note and offers the codes."""
    return _file(request, kind, suffix, code, empty=True)


def _file(request: HttpRequest, kind: str, suffix: str, code: str, empty: bool) -> HttpResponse:
    if suffix not in TYPES:
        raise Http404
    chosen, cycle = kind_of(kind, code), cycle_named(code)
    named = request.GET.get("edition", "")
    try:
        if chosen.into == "edition" and named:
            scope = Scope(edition=get_object_or_404(Edition, code=named))
        else:
            scope = scope_of(kind, cycle=cycle)
    except NotAllowed:
        return redirect("library")
    about = scope.edition.code if scope.edition else cycle.code if cycle else "all"
    name = f"{kind}-template.{suffix}" if empty else f"{about}-{kind}.{suffix}"
    data = sheet_file(chosen.resource(scope), suffix, empty)
    return HttpResponse(data, TYPES[suffix], headers={"Content-Disposition": f'attachment; filename="{name}"'})
