"""Pages of spreadsheet imports: upload, match of columns, preview, confirm, undo."""

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from materiality.actions.discard_sheet import discard_sheet
from materiality.forms.sheet_import import ColumnsForm, SheetReasonForm, SheetUploadForm
from materiality.models import Edition, SheetImport
from materiality.permissions import can_view, needs
from materiality.refusals import Conflict, NotAllowed
from materiality.resources.flow import check_again, columns_of, confirm, scope_of, sheet_file_of, take_in, undo
from materiality.resources.kinds import KINDS
from materiality.resources.preview import preview_of, shown_row
from materiality.views.sheet_pages import around, cycle_named, import_of, kind_of, may_import, need_import

PER_PAGE = 50


@needs(can_view)
def sheet_imports(request: HttpRequest, code: str = "") -> HttpResponse:
    """What can be imported and exported, here and what was imported so far."""
    cycle = cycle_named(code)
    rows = SheetImport.objects.filter(cycle=cycle).select_related("created_by").defer("plan", "undo")
    kinds = [(kind, may_import(request, kind)) for kind in KINDS.values() if (kind.into == "cycle") == bool(cycle)]
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    listed = [(row, KINDS[row.kind].title) for row in page]
    return render(
        request, "materiality/sheet_imports.html", {**around(cycle), "kinds": kinds, "page": page, "listed": listed}
    )


def new_sheet(request: HttpRequest, kind: str, code: str = "") -> HttpResponse:
    """Upload a file, which is then checked; nothing of it is stored."""
    cycle, chosen = cycle_named(code), kind_of(kind, code)
    need_import(request, chosen)
    form = SheetUploadForm(request.POST, request.FILES) if request.method == "POST" else SheetUploadForm()
    if request.method == "POST":
        if getattr(request, "upload_too_large", False):
            form.errors["file"] = form.error_class([_too_large()])
        elif form.is_valid() and (imported := _taken_in(request, form, kind, cycle)):
            return redirect("sheet_import", imported.pk)
    draft = Edition.objects.filter(state=Edition.State.DRAFT).first() if chosen.into == "edition" else None
    limit = min(settings.MAX_UPLOAD_BYTES // 1_000_000, 20)
    columns = chosen.resource.columns
    context = {**around(cycle), "kind": chosen, "columns": columns, "form": form, "draft": draft, "limit": limit}
    return render(request, "materiality/new_sheet.html", context, status=422 if form.errors else 200)


@needs(can_view)
def sheet_import(request: HttpRequest, pk: int) -> HttpResponse:
    """The columns to be matched, or the preview; after that what was stored, and undo."""
    imported = import_of(pk)
    kind = KINDS[imported.kind]
    context = {**around(imported.cycle), "imported": imported, "kind": kind, "may_edit": may_import(request, kind)}
    if imported.state == SheetImport.State.UPLOADED or "columns" in request.GET:
        return _columns_page(request, context, None)
    preview = preview_of(imported, request.GET.get("state", ""))
    page = Paginator(preview.listed, PER_PAGE).get_page(request.GET.get("page"))
    context |= {"preview": preview, "page": page, "rows": [shown_row(row, kind.resource.columns) for row in page]}
    resource = kind.resource(scope=None)
    context["reason_form"] = SheetReasonForm() if resource.breaks_identity(preview.plan) else None
    context["starts_draft"] = kind.into == "edition" and not Edition.objects.filter(state=Edition.State.DRAFT).exists()
    return render(request, "materiality/sheet_import.html", context)


@require_POST
def sheet_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the columns as chosen and check the file again."""
    imported = import_of(pk)
    kind = KINDS[imported.kind]
    need_import(request, kind)
    context = {**around(imported.cycle), "imported": imported, "kind": kind, "may_edit": True}
    form = _columns_form(imported, request.POST)
    if not form.is_valid():
        return _columns_page(request, context, form)
    try:
        check_again(imported, form.chosen(), by=request.user)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    return redirect("sheet_import", pk)


@require_POST
def sheet_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Store what the preview showed; where something changed since, show it anew."""
    imported = import_of(pk)
    need_import(request, KINDS[imported.kind])
    form = SheetReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        confirm(imported, by=request.user, reason=reason)
        messages.success(request, _("The import is stored."))
    except Conflict as conflict:
        check_again(import_of(pk), None, by=request.user)
        messages.warning(request, conflict.reason)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    return redirect("sheet_import", pk)


@require_POST
def sheet_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop an import that was not stored."""
    imported = import_of(pk)
    need_import(request, KINDS[imported.kind])
    try:
        discard_sheet(imported=imported, by=request.user)
        messages.success(request, _("The import is discarded. Nothing of it was stored."))
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    return redirect("sheet_import", pk)


@require_POST
def sheet_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a stored import back, or say why that cannot be."""
    imported = import_of(pk)
    need_import(request, KINDS[imported.kind])
    try:
        undo(imported, by=request.user)
        messages.success(request, _("The import is undone: all its rows are as they were before."))
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    return redirect("sheet_import", pk)


def _taken_in(request: HttpRequest, form: SheetUploadForm, kind: str, cycle) -> SheetImport | None:
    file = form.cleaned_data["file"]
    try:
        return take_in(kind, scope_of(kind, cycle=cycle), file.name, file.read(), by=request.user)
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
    return None


def _columns_form(imported: SheetImport, data: dict | None) -> ColumnsForm:
    columns = KINDS[imported.kind].resource.columns
    return ColumnsForm(
        data,
        match=columns_of(imported),
        columns=[(column.name, column.title) for column in columns],
        required=[column.name for column in columns if column.required],
    )


def _columns_page(request: HttpRequest, context: dict, form: ColumnsForm | None) -> HttpResponse:
    imported = context["imported"]
    shown = form or _columns_form(imported, None)
    file, headers = sheet_file_of(imported), imported.headers
    guesses, unknown = set(headers.get("guesses", ())), set(headers.get("unknown", ()))
    rows = [
        (heading, field, file.example(heading)[:80], heading in guesses, heading in unknown)
        for heading, field in shown.rows()
    ]
    context |= {"form": shown, "columns": rows}
    return render(request, "materiality/sheet_import.html", context, status=422 if shown.errors else 200)


def _too_large() -> str:
    limit = settings.MAX_UPLOAD_BYTES // 1_000_000
    return _("The file is larger than %(limit)s MB and was not taken in.") % {"limit": limit}
