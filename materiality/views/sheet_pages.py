"""What the pages of spreadsheets have in common: who may, and where they belong."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from materiality.models import Cycle, SheetImport
from materiality.permissions import can_edit_cycle, can_edit_library
from materiality.resources.kinds import KINDS, Kind
from materiality.views.cycle_of import cycle_of


def may_import(request: HttpRequest, kind: Kind) -> bool:
    """Groups and lists belong to a cycle, everything else to the library."""
    return (can_edit_cycle if kind.into == "cycle" else can_edit_library)(request.user)


def need_import(request: HttpRequest, kind: Kind) -> None:
    """PermissionDenied where the person may not import this kind."""
    if not may_import(request, kind):
        raise PermissionDenied(_("Your role does not allow this. Ask an administrator to change it."))


def kind_of(name: str, code: str = "") -> Kind:
    """The kind of this name that belongs where the address says; the page "not found" where there is none."""
    kind = KINDS.get(name)
    if kind is None or (kind.into == "cycle") != bool(code):
        raise Http404
    return kind


def import_of(pk: int) -> SheetImport:
    """The import with what its page names; the page "not found" where there is none."""
    rows = SheetImport.objects.select_related("edition", "cycle__edition", "created_by")
    return get_object_or_404(rows.defer("undo"), pk=pk)  # as long as the file, and asked for by undoing only


def around(cycle: Cycle | None) -> dict:
    """Context of the page around: that of the cycle, or the library's."""
    if cycle is None:
        return {"section": "library", "cycle": None, "home": reverse("sheet_imports")}
    home = reverse("cycle_sheets", args=[cycle.code])
    return {"section": "cycles", "step": "groups", "cycle": cycle, "home": home}


def cycle_named(code: str) -> Cycle | None:
    """The cycle that the address names, None for the library's pages."""
    return cycle_of(code) if code else None
