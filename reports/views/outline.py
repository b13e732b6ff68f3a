"""Pages of the report outline: the table, sections, upload and download."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from materiality.models import Cycle, Issue
from materiality.platform.pages import button, download, onward, paged, refusals, sent, uploaded
from materiality.platform.people import can_edit_cycle, need, needs
from materiality.views.cycles import cycle_of, in_cycle
from reports.actions.outline import import_outline, remove_section, save_section
from reports.documents.gri_index import outline_file
from reports.forms.outline import OutlineFileForm, SectionForm
from reports.outline.outline import ParsedOutline, parse_outline
from reports.queries.outline import (
    books_of,
    gri_catalogue,
    outline_lines,
    outline_rows,
    shown_problem,
    warning_sentences,
)


def outline(request: HttpRequest, code: str) -> HttpResponse:
    """Chapters and sections; a POST brings a file in the place of all of them."""
    cycle = cycle_of(code)
    if request.method == "POST":
        need(request.user, can_edit_cycle)
    form = uploaded(request, OutlineFileForm, _("The file is larger than this installation takes."), cycle=cycle)
    parsed = ParsedOutline([], [])
    if sent(request, form):
        edition = form.cleaned_data["gri_edition"]
        parsed = parse_outline(form.cleaned_data["file"].temporary_file_path(), books_of(cycle, edition))
        if not parsed.problems:
            with refusals(form):
                import_outline(cycle=cycle, rows=parsed.rows, gri_edition=edition, by=request.user)
                said = _("The outline now has %(count)s rows.") % {"count": len(parsed.rows)}
                return onward(request, said, "outline", code)
    return _page(request, cycle, form, parsed)


def outline_export(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The outline as a file that can be imported again."""
    cycle = cycle_of(code)
    return _file(cycle, kind, f"{cycle.code}-outline.{kind}", outline_rows(cycle))


def outline_template(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """An empty file with the columns."""
    return _file(cycle_of(code), kind, f"outline-template.{kind}", [])


def _page(
    request: HttpRequest, cycle: Cycle, form: OutlineFileForm, parsed: ParsedOutline | None = None
) -> HttpResponse:
    rows = outline_rows(cycle)
    catalogue = gri_catalogue(cycle.gri_edition)
    names = {
        issue.code: issue.name
        for issue in Issue.objects.filter(edition_id=cycle.edition_id).only("code", "name_zh", "name_en")
    }
    page = paged(request, rows)
    problems = parsed.problems if parsed else []
    context = in_cycle(cycle, "outline", may_edit=can_edit_cycle(request.user)) | {
        **{"form": form, "page": page, "total": len(rows)},
        "lines": outline_lines(page.object_list, catalogue, names),
        "problems": [shown_problem(problem) for problem in problems[:1_000]],
        "problem_count": len(problems),
        "warnings": warning_sentences(rows, catalogue),
    }
    return render(request, "reports/outline.html", context, status=422 if problems or form.errors else 200)


def _file(cycle: Cycle, kind: str, name: str, rows: list) -> HttpResponse:
    if kind not in ("csv", "xlsx"):
        raise Http404
    return download(outline_file(rows, gri_catalogue(cycle.gri_edition), kind), name)


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
