"""Pages of spreadsheets: upload, columns, preview, confirm, undo, export, template."""

from collections.abc import Callable
from dataclasses import replace

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_POST

from materiality.actions.tables import (
    KINDS,
    Kind,
    check_again,
    columns_for,
    columns_of,
    confirm,
    discard_sheet,
    needs_reason,
    request_check,
    scope_of,
    sheet_file_of,
    undo,
)
from materiality.forms.tables import ColumnsForm, ListForm, SheetReasonForm, SheetUploadForm
from materiality.models import Cycle, Edition, Job, SheetImport, User
from materiality.platform.bilingual import content_language
from materiality.platform.lists import Chip, Head, Listing, chosen_in
from materiality.platform.pages import download, followed, refusals, sent, uploaded
from materiality.platform.people import can_view, need, needs
from materiality.platform.refusals import Conflict, NotAllowed
from materiality.platform.words import grouped, say_names, word_for
from materiality.queries.cycles import edition_in_force, newest_method, of_seen_cycles, seen_cycles, sees_all_cycles
from materiality.tables.imports import sheet_file
from materiality.tables.lists import listed
from materiality.tables.widgets import Scope
from materiality.tables.words import Preview, preview_of, shown_row
from materiality.tables.write import TYPES
from materiality.views.cycles import cycle_of


def _told_of(person: User) -> QuerySet[Cycle] | None:
    """The cycles that the person may know of; None = all."""
    return None if sees_all_cycles(person) else seen_cycles(person)


def kind_of(name: str, code: str = "") -> Kind:
    """The kind of this name that belongs where the address says; the page "not found" where there is none."""
    kind = KINDS.get(name)
    if kind is None or (kind.into == "cycle") != bool(code):
        raise Http404
    return kind


def import_of(request: HttpRequest, pk: int) -> SheetImport:
    """The import with what its page names; the page "not found" where there is none that the reader may know of."""
    rows = SheetImport.objects.select_related("edition", "cycle__edition", "created_by")
    rows = rows.defer("undo")  # as long as the file, and asked for by undoing only
    return get_object_or_404(of_seen_cycles(request.user, rows), pk=pk)


def around(request: HttpRequest, cycle: Cycle | None) -> dict:
    """Context of the page around: that of the cycle, or the library's."""
    if cycle is None:
        say_names(newest_method(request.user))
        return {"section": "library", "cycle": None, "home": reverse("sheet_imports")}
    say_names(cycle.method)
    home = reverse("cycle_sheets", args=[cycle.code])
    return {"section": "cycles", "step": "groups", "cycle": cycle, "home": home}


def _cycle(code: str) -> Cycle | None:
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
    chosen, cycle = kind_of(kind, code), _cycle(code)
    named = request.GET.get("edition", "")
    try:
        if chosen.into == "edition" and named:
            scope = Scope(edition=get_object_or_404(Edition, code=named))
        else:
            scope = replace(scope_of(kind, cycle=cycle), cycles=_told_of(request.user))
    except NotAllowed:
        return redirect("library")
    around(request, cycle)  # which says what axes are called
    about = scope.edition.code if scope.edition else cycle.code if cycle else "all"
    name = f"{kind}-template.{suffix}" if empty else f"{about}-{kind}.{suffix}"
    return download(sheet_file(chosen.resource(scope), suffix, empty), name)


_HEADS = (
    Head(gettext_lazy("File"), "name", "file_name"),
    Head(gettext_lazy("Kind"), "kind", "kind", said=lambda row: KINDS[row.kind].title),
    Head(gettext_lazy("State"), "state", "state"),
    Head(gettext_lazy("Uploaded"), "uploaded", "created_at", falling=True),
    Head(gettext_lazy("By"), "by", "created_by__first_name", said="created_by"),
)


@needs(can_view)
def sheet_imports(request: HttpRequest, code: str = "") -> HttpResponse:
    """What can be imported and exported, here and what was imported so far."""
    cycle = _cycle(code)
    here = [kind for kind in KINDS.values() if (kind.into == "cycle") == bool(cycle)]
    choices = {"kind": {kind.name: kind.title for kind in here}, "state": dict(SheetImport.State.choices)}
    wanted = {name: value for name, words in choices.items() if (value := chosen_in(request.GET, name, words))}
    rows = SheetImport.objects.filter(cycle=cycle, **wanted).select_related("created_by").defer("plan", "undo")
    listing = Listing(
        request,
        rows,
        heads=_HEADS,
        chips=[
            Chip("kind", _("Kind"), choices["kind"].items(), _("all")),
            Chip("state", _("State"), choices["state"].items(), _("all")),
        ],
        noun=ngettext_lazy("%(shown)s file", "%(shown)s files", "number"),
        place="imported",
        name="imported-files",
    )
    for row in listing.page:
        row.title = KINDS[row.kind].title
    context = {"kinds": [(kind, kind.may(request.user)) for kind in here], "listing": listing}
    return listed(request, "materiality/sheet_imports.html", around(request, cycle) | context)


def new_sheet(request: HttpRequest, kind: str, code: str = "") -> HttpResponse:
    """Upload a file, which is then checked in the background; nothing of it is stored."""
    cycle, chosen = _cycle(code), kind_of(kind, code)
    need(request.user, chosen.may)
    form = _upload_form(request, chosen)
    if sent(request, form) and (job := _taken_in(request, form, kind, cycle)):
        return followed(job)
    draft = Edition.objects.filter(state=Edition.State.DRAFT).first() if chosen.into == "edition" else None
    limit = min(settings.MAX_UPLOAD_BYTES // 1_000_000, 20)
    edition = (draft or edition_in_force()) if chosen.into == "edition" else None
    columns = chosen.columns(Scope(edition=edition, cycle=cycle))
    context = {
        **around(request, cycle),
        "kind": chosen,
        "columns": columns,
        "form": form,
        "draft": draft,
        "limit": limit,
    }
    return render(request, "materiality/new_sheet.html", context, status=422 if form.errors else 200)


@needs(can_view)
def sheet_import(request: HttpRequest, pk: int) -> HttpResponse:
    """The columns to be matched, or the preview; after that what was stored, and undo."""
    imported = import_of(request, pk)
    kind = KINDS[imported.kind]
    context = {
        **around(request, imported.cycle),
        "imported": imported,
        "kind": kind,
        "may_edit": kind.may(request.user),
    }
    if imported.state == SheetImport.State.UPLOADED or "columns" in request.GET:
        return _columns_page(request, context, None)
    columns = columns_for(imported)
    preview = preview_of(imported, columns, request.GET.get("state", ""))
    listing = _by_state(request, preview)
    context |= {"preview": preview, "listing": listing, "rows": [shown_row(row, columns) for row in listing.page]}
    is_open = imported.state == SheetImport.State.CHECKED
    context["reason_form"] = SheetReasonForm() if is_open and needs_reason(imported) else None
    context["starts_draft"] = kind.into == "edition" and not Edition.objects.filter(state=Edition.State.DRAFT).exists()
    return render(request, "materiality/sheet_import.html", context)


def _by_state(request: HttpRequest, preview: Preview) -> Listing:
    """The rows of one state; how many there are of each stands beside its name."""
    states = [(state, f"{word_for('row_state', state)} {grouped(number)}") for state, number, _shown in preview.tabs]
    noun = ngettext_lazy(
        "%(shown)s row, in the order of the file", "%(shown)s rows, in the order of the file", "number"
    )
    chips = [Chip("state", "", states, chosen=preview.shown, wide=True)]
    return Listing(request, preview.listed, chips=chips, noun=noun, place="rows")


@require_POST
def sheet_columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the columns as chosen and check the file again."""
    imported = import_of(request, pk)
    kind = KINDS[imported.kind]
    need(request.user, kind.may)
    context = {**around(request, imported.cycle), "imported": imported, "kind": kind, "may_edit": True}
    form = _columns_form(imported, request.POST)
    if not form.is_valid():
        return _columns_page(request, context, form)
    with refusals(request):
        check_again(imported, form.chosen(), by=request.user)
    return redirect("sheet_import", pk)


@require_POST
def sheet_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Store what the preview showed; where something changed since, show it anew."""
    imported = import_of(request, pk)
    need(request.user, KINDS[imported.kind].may)
    form = SheetReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    descents = dict(each.split(" ", 1) for each in request.POST.getlist("descends") if " " in each)
    try:
        confirm(imported, by=request.user, reason=reason, descents=descents)
        messages.success(request, _("The import is stored."))
    except Conflict as conflict:
        check_again(import_of(request, pk), None, by=request.user)
        messages.warning(request, conflict.reason)
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    return redirect("sheet_import", pk)


@require_POST
def sheet_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop an import that was not stored."""
    return _acted(request, pk, discard_sheet, _("The import is discarded. Nothing of it was stored."))


@require_POST
def sheet_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a stored import back, or say why that cannot be."""
    return _acted(request, pk, undo, _("The import is undone: all its rows are as they were before."))


def _acted(request: HttpRequest, pk: int, act: Callable, said: str) -> HttpResponse:
    imported = import_of(request, pk)
    need(request.user, KINDS[imported.kind].may)
    with refusals(request):
        act(imported=imported, by=request.user)
        messages.success(request, said)
    return redirect("sheet_import", pk)


def _upload_form(request: HttpRequest, kind: Kind) -> SheetUploadForm:
    if not kind.resource.replaceable:
        return uploaded(request, SheetUploadForm, _too_large())
    edition = Edition.objects.exclude(state=Edition.State.SUPERSEDED).first()
    languages = sorted(edition.languages, key=lambda code: code != content_language()) if edition else ()
    return uploaded(
        request, ListForm, _too_large(), languages=languages, replaces=bool(edition and edition.is_first_draft)
    )


def _taken_in(request: HttpRequest, form: SheetUploadForm, kind: str, cycle: Cycle | None) -> Job | None:
    with refusals(form):
        return request_check(
            kind, scope_of(kind, cycle=cycle, replaces=form.replaces), *form.contents(), by=request.user
        )
    return None


def _columns_form(imported: SheetImport, data: dict | None) -> ColumnsForm:
    columns = columns_for(imported)
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
