"""Pages of the report outline: the table, sections, upload with preview, download."""

import re

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from materiality.models import Cycle, Issue
from materiality.platform.bilingual import is_chinese
from materiality.platform.lists import Chip, Head, Listing
from materiality.platform.pages import button, download, followed, onward, refusals, sent, uploaded
from materiality.platform.people import can_edit_cycle, need, needs
from materiality.platform.words import grouped, word_for
from materiality.views.cycles import cycle_of, in_cycle
from reports.actions.outline import (
    confirm_outline,
    discard_outline,
    remove_section,
    request_outline,
    save_section,
    undo_outline,
)
from reports.documents.gri_index import outline_file
from reports.forms.outline import OutlineFileForm, SectionForm
from reports.gri.index import OutlineRow
from reports.models import OutlineImport
from reports.queries.outline import (
    LACKS,
    books_of,
    filtered_outline,
    held_texts,
    outline_lines,
    outline_preview,
    outline_rows,
)


def _first_page(row: OutlineRow) -> int | None:
    """The first number in what says where the row stands: P9 comes before P10."""
    found = re.search(r"\d{1,9}", " ".join(row.locations))
    return int(found[0]) if found else None


_HEADS = (
    Head("#", "order", "order", "num"),
    Head(gettext_lazy("Chapter"), "chapter", lambda row: row.chapter_in(is_chinese())),
    Head(gettext_lazy("Section"), "section", lambda row: row.section_in(is_chinese())),
    Head(gettext_lazy("Issues"), "issues", lambda row: len(row.issues), falling=True),
    Head(gettext_lazy("GRI disclosures"), "disclosures", lambda row: len(row.identities), falling=True),
    Head(gettext_lazy("Location"), "location", _first_page),
)


def outline(request: HttpRequest, code: str) -> HttpResponse:
    """Chapters and sections; a POST takes in a file, which a worker reads and a page then shows."""
    cycle = cycle_of(code)
    if request.method == "POST":
        need(request.user, can_edit_cycle)
    form = uploaded(request, OutlineFileForm, _("The file is larger than this installation takes."), cycle=cycle)
    if sent(request, form):
        chosen = {name: form.cleaned_data[name] for name in ("mode", "gri_edition")}
        name, contents = form.contents(books_of(cycle, chosen["gri_edition"]))
        job = request_outline(cycle=cycle, file_name=name, contents=contents, by=request.user, **chosen)
        return followed(job)
    rows = outline_rows(cycle)
    listing = _listed(request, cycle, rows)
    context = in_cycle(cycle, "outline", may_edit=can_edit_cycle(request.user)) | {
        **{"form": form, "listing": listing, "total": len(rows)},
        "lines": outline_lines(listing.page, cycle.gri_edition, _issue_names(cycle)),
        "held": sum(bool(held_texts(row)) for row in rows),
        "imports": OutlineImport.objects.filter(cycle=cycle).select_related("created_by").defer("found", "undo")[:5],
    }
    return render(request, "reports/outline.html", context, status=422 if form.errors else 200)


def _listed(request: HttpRequest, cycle: Cycle, rows: list[OutlineRow]) -> Listing:
    chapters = dict.fromkeys(filter(None, (row.chapter_in(is_chinese()) for row in rows)))
    return Listing(
        request,
        filtered_outline(rows, request.GET),
        heads=[*_HEADS, Head("")] if can_edit_cycle(request.user) else _HEADS,
        chips=[
            Chip("chapter", _("Chapter"), zip(chapters, chapters, strict=True), _("all")),
            Chip("lacks", _("Open points"), [(name, words) for name, (words, _lacks) in LACKS.items()], _("all")),
        ],
        noun=ngettext_lazy("%(shown)s row", "%(shown)s rows", "number"),
        search=_("name or code"),
        files=[(kind.upper(), reverse("outline_export", args=[cycle.code, kind])) for kind in ("xlsx", "csv")],
    )


def _issue_names(cycle: Cycle) -> dict[str, str]:
    issues = Issue.objects.filter(edition_id=cycle.edition_id).only("code", "name")
    return {issue.code: issue.name for issue in issues}


_READING_HEADS = (
    Head(gettext_lazy("Cell"), "place", css="tight"),
    Head(gettext_lazy("Column"), "column", "column", "tight"),
    Head(gettext_lazy("As printed"), "text", "reading.text"),
    Head(gettext_lazy("Read as")),
    Head(gettext_lazy("Note"), "note", lambda line: str(line.note)),
)


def outline_import(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """What a file was read as, by state; what is doubtful is decided here."""
    cycle = cycle_of(code)
    imported = get_object_or_404(OutlineImport.objects.select_related("created_by"), cycle=cycle, pk=pk)
    preview = outline_preview(imported, request.GET.get("state", ""))
    replaces = imported.state == OutlineImport.State.CHECKED and imported.mode == OutlineImport.Mode.REPLACE
    replaced = cycle.sections.count() if replaces else 0
    states = [(state, f"{word_for('reading', state)} {grouped(number)}") for state, number, _shown in preview.tabs]
    listing = Listing(
        request,
        preview.listed,
        heads=_READING_HEADS,
        chips=[Chip("state", "", states, chosen=preview.shown, wide=True)],
        noun=ngettext_lazy("%(shown)s reading", "%(shown)s readings", "number"),
        per_page=200,
        place="readings",
    )
    context = in_cycle(cycle, "outline", imported=imported, preview=preview, listing=listing, replaced=replaced)
    return render(request, "reports/outline_import.html", context | {"may_edit": can_edit_cycle(request.user)})


@button(can_edit_cycle, back="outline_import", done="outline")
def outline_confirm(request: HttpRequest, code: str, pk: int) -> str:
    """Store what was read, each doubt as it was decided."""
    imported = _import(code, pk)
    choices = {name.removeprefix("choice-"): value for name, value in request.POST.items() if name[:7] == "choice-"}
    everywhere = request.POST.get("all", "")
    if everywhere:
        choices = {place: choices.get(place) or everywhere for place in choices}
    confirm_outline(imported=imported, choices={k: v for k, v in choices.items() if v}, by=request.user)
    return _("The outline is stored.")


@button(can_edit_cycle, back="outline_import", done="outline")
def outline_discard(request: HttpRequest, code: str, pk: int) -> str:
    """Drop an import that was not stored."""
    discard_outline(imported=_import(code, pk), by=request.user)
    return _("The import is discarded. Nothing of it was stored.")


@button(can_edit_cycle, back="outline_import", done="outline")
def outline_undo(request: HttpRequest, code: str, pk: int) -> str:
    """Put back the rows of before."""
    undo_outline(imported=_import(code, pk), by=request.user)
    return _("The import is undone: the outline is as it was before.")


def _import(code: str, pk: int) -> OutlineImport:
    return get_object_or_404(OutlineImport, cycle__code=code, pk=pk)


def outline_export(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The rows that the list shows as a file that can be imported again."""
    cycle = cycle_of(code)
    rows = outline_rows(cycle)
    shown = filtered_outline(rows, request.GET)
    # Read again as the whole outline, a part of it would remove the rest.
    name = "outline" if len(shown) == len(rows) else "outline-part"
    return _file(cycle, kind, f"{cycle.code}-{name}.{kind}", shown)


def outline_template(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """An empty file with the columns."""
    return _file(cycle_of(code), kind, f"outline-template.{kind}", [])


def _file(cycle: Cycle, kind: str, name: str, rows: list) -> HttpResponse:
    if kind not in ("csv", "xlsx"):
        raise Http404
    return download(outline_file(rows, books_of(cycle), kind), name)


@needs(can_edit_cycle)
def new_section(request: HttpRequest, code: str) -> HttpResponse:
    return _edited(request, code, None)


@needs(can_edit_cycle)
def section(request: HttpRequest, code: str, order: int) -> HttpResponse:
    return _edited(request, code, order)


@button(can_edit_cycle, back="outline")
def section_remove(request: HttpRequest, code: str, order: int) -> str:
    """Remove a section, or say why it stays."""
    remove_section(cycle=cycle_of(code), order=order, by=request.user)
    return _("The section is removed.")


def _edited(request: HttpRequest, code: str, order: int | None) -> HttpResponse:
    cycle = cycle_of(code)
    rows = {row.order: row for row in outline_rows(cycle)}
    if order is not None and order not in rows:
        raise Http404
    free = max(rows, default=0) + 1
    form = SectionForm(request.POST or None, books=books_of(cycle), row=rows.get(order), free=free)
    if sent(request, form):
        with refusals(form):
            save_section(cycle=cycle, row=form.row(), replacing=order, by=request.user)
            return onward(request, _("The section is saved."), "outline", code)
    context = in_cycle(cycle, "outline", form=form, order=order)
    return render(request, "reports/section.html", context)
