"""Pages of spreadsheets: upload, columns, preview, confirm, undo, export, template."""

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from materiality.actions.proposals import import_proposals
from materiality.actions.tables import (
    KINDS,
    Kind,
    check_again,
    columns_of,
    confirm,
    discard_sheet,
    kept_table,
    preview_of,
    request_check,
    request_reading,
    scope_of,
    sheet_file_of,
    shown_row,
    undo,
)
from materiality.actions.translations import save_translations
from materiality.formats.proposals import COLUMNS, ProposalFile, read_proposals
from materiality.formats.translations import TranslationFile, read_translations
from materiality.forms.proposals import ProposalFileForm
from materiality.forms.tables import ColumnsForm, SheetReasonForm, SheetUploadForm
from materiality.models import Cycle, Edition, Job, SheetImport
from materiality.platform.digests import value_digest
from materiality.platform.pages import download, onward, paged, refusals, sent, turned_away, uploaded
from materiality.platform.people import can_edit_cycle, can_edit_library, can_propose, can_view, need, needs
from materiality.platform.refusals import Conflict, NotAllowed
from materiality.queries.proposals import already_there, issues_in_force
from materiality.queries.translations import stored_texts, translated_edition
from materiality.tables.imports import sheet_file
from materiality.tables.records import MAX_BYTES, Table
from materiality.tables.widgets import Scope
from materiality.tables.write import TYPES, table_bytes
from materiality.views.cycles import cycle_of


def table_kept(digest: str) -> Table:
    """What was read of an upload; the page "not found" where there is no such thing."""
    table = kept_table(digest)
    if table is None:
        raise Http404
    return table


def _read_in_background(request: HttpRequest, form: ProposalFileForm, page: str) -> HttpResponse:
    contents = Path(form.cleaned_data["file"].temporary_file_path()).read_bytes()
    job = request_reading(page, contents, by=request.user)
    return redirect(f"{reverse('job', args=[job.pk])}?follow")


@needs(can_propose)
def new_proposal_import(request: HttpRequest) -> HttpResponse:
    """Upload a file; what it holds is shown before anything is stored."""
    form = ProposalFileForm(request.POST, request.FILES) if request.method == "POST" else ProposalFileForm()
    context = {"section": "library", "form": form, "columns": COLUMNS}
    if request.method == "POST":
        if getattr(request, "upload_too_large", False) or _size(request) > MAX_BYTES:
            limit = {"limit": MAX_BYTES // 1_000_000}
            form.errors["file"] = form.error_class([_("The file is larger than %(limit)s MB.") % limit])
        elif form.is_valid():
            return _read_in_background(request, form, "confirm_proposals")
    return render(request, "materiality/proposal_import.html", context, status=422 if form.errors else 200)


@needs(can_propose)
def confirm_proposals(request: HttpRequest, digest: str) -> HttpResponse:
    """Show the proposals of a file that was read; a POST stores them."""
    read = _read_proposals(table_kept(digest))
    if request.method != "POST":
        return _proposals_preview(request, read, digest)
    try:
        if read.wrong:
            raise NotAllowed(_("The library has changed since the preview. Upload the file again."))
        stored = import_proposals(proposals=read.proposals, by=request.user)
    except NotAllowed as refusal:
        return turned_away(request, refusal.reason, "new_proposal_import")
    number = len(stored)
    said = ngettext("%(number)s proposal is imported.", "%(number)s proposals are imported.", number)
    return onward(request, said % {"number": number}, "proposals")


@needs(can_propose)
def proposal_template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty file with the columns."""
    if kind not in TYPES:
        raise Http404
    return download(table_bytes(kind, "proposals", COLUMNS, []), f"proposals.{kind}")


def _proposals_preview(request: HttpRequest, read: ProposalFile, digest: str) -> HttpResponse:
    known = already_there(read.proposals)
    lines = [(values, values in known) for values in read.proposals]
    context = {"section": "library", "form": ProposalFileForm(), "columns": COLUMNS, "wrong": read.wrong}
    context |= {"lines": lines, "fresh": len(lines) - len(known), "digest": digest if lines else ""}
    return render(request, "materiality/proposal_import.html", context, status=422 if read.wrong else 200)


def _read_proposals(table: Table) -> ProposalFile:
    return read_proposals(table, {issue.code: issue for issue in issues_in_force()})


def _size(request: HttpRequest) -> int:
    file = request.FILES.get("file")
    return file.size if file else 0


def may_import(request: HttpRequest, kind: Kind) -> bool:
    """Groups and lists belong to a cycle, everything else to the library."""
    return (can_edit_cycle if kind.into == "cycle" else can_edit_library)(request.user)


def need_import(request: HttpRequest, kind: Kind) -> None:
    """PermissionDenied where the person may not import this kind."""
    need(request.user, can_edit_cycle if kind.into == "cycle" else can_edit_library)


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
    return download(sheet_file(chosen.resource(scope), suffix, empty), name)


@needs(can_view)
def sheet_imports(request: HttpRequest, code: str = "") -> HttpResponse:
    """What can be imported and exported, here and what was imported so far."""
    cycle = cycle_named(code)
    rows = SheetImport.objects.filter(cycle=cycle).select_related("created_by").defer("plan", "undo")
    kinds = [(kind, may_import(request, kind)) for kind in KINDS.values() if (kind.into == "cycle") == bool(cycle)]
    page = paged(request, rows)
    listed = [(row, KINDS[row.kind].title) for row in page]
    return render(
        request, "materiality/sheet_imports.html", {**around(cycle), "kinds": kinds, "page": page, "listed": listed}
    )


def new_sheet(request: HttpRequest, kind: str, code: str = "") -> HttpResponse:
    """Upload a file, which is then checked in the background; nothing of it is stored."""
    cycle, chosen = cycle_named(code), kind_of(kind, code)
    need_import(request, chosen)
    form = uploaded(request, SheetUploadForm, _too_large())
    if sent(request, form) and (job := _taken_in(request, form, kind, cycle)):
        return redirect(f"{reverse('job', args=[job.pk])}?follow")
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
    page = paged(request, preview.listed)
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
    with refusals(request):
        check_again(imported, form.chosen(), by=request.user)
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
    with refusals(request):
        discard_sheet(imported=imported, by=request.user)
        messages.success(request, _("The import is discarded. Nothing of it was stored."))
    return redirect("sheet_import", pk)


@require_POST
def sheet_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a stored import back, or say why that cannot be."""
    imported = import_of(pk)
    need_import(request, KINDS[imported.kind])
    with refusals(request):
        undo(imported, by=request.user)
        messages.success(request, _("The import is undone: all its rows are as they were before."))
    return redirect("sheet_import", pk)


def _taken_in(request: HttpRequest, form: SheetUploadForm, kind: str, cycle: Cycle | None) -> Job | None:
    file = form.cleaned_data["file"]
    with refusals(form):
        return request_check(kind, scope_of(kind, cycle=cycle), file.name, file.read(), by=request.user)
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


@needs(can_edit_library)
def translation_import(request: HttpRequest) -> HttpResponse:
    """Upload a file; what it would change is shown before anything is stored."""
    form = ProposalFileForm(request.POST, request.FILES) if request.method == "POST" else ProposalFileForm()
    context = {"section": "library", "form": form}
    if request.method == "POST":
        file = request.FILES.get("file")
        if getattr(request, "upload_too_large", False) or (file and file.size > MAX_BYTES):
            limit = {"limit": MAX_BYTES // 1_000_000}
            form.errors["file"] = form.error_class([_("The file is larger than %(limit)s MB.") % limit])
        elif form.is_valid():
            return _read_in_background(request, form, "confirm_translations")
    return render(request, "materiality/translation_import.html", context, status=422 if form.errors else 200)


@needs(can_edit_library)
def confirm_translations(request: HttpRequest, digest: str) -> HttpResponse:
    """Show what a file that was read changes; a POST stores it, if it still changes the same."""
    read = read_translations(table_kept(digest), stored_texts(translated_edition()))
    if request.method != "POST":
        context = {
            "section": "library",
            "form": ProposalFileForm(),
            "read": read,
            "digest": digest,
            "plan": _plan(read),
        }
        return render(request, "materiality/translation_import.html", context, status=422 if read.wrong else 200)
    try:
        if read.wrong or _plan(read) != request.POST.get("plan"):
            raise NotAllowed(_("The texts have changed since the preview. Upload the file again."))
        translations = [change.as_translation() for change in read.changes]
        number = save_translations(translations=translations, by=request.user)
    except NotAllowed as refusal:
        return turned_away(request, refusal.reason, "translation_import")
    said = ngettext("%(number)s text is saved.", "%(number)s texts are saved.", number)
    return onward(request, said % {"number": number}, "translations")


def _plan(read: TranslationFile) -> str:
    """The same for the same changes of the same texts."""
    return value_digest([[change.pair.key, change.pair.seen, change.zh, change.en] for change in read.changes])
