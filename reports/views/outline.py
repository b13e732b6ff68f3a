"""Pages of the report outline: the table, upload and download."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from materiality.models import Cycle, Issue
from materiality.platform.pages import onward, paged, refusals, sent
from materiality.platform.people import can_edit_cycle, needs
from materiality.views.cycles import cycle_of
from reports.actions.outline import import_outline, remove_section, save_section
from reports.documents.build import TYPES
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
    if request.method != "POST":
        return _page(request, cycle, OutlineFileForm(cycle=cycle))
    if not can_edit_cycle(request.user):
        raise PermissionDenied(_("Your role does not allow this. Ask an administrator to change it."))
    files = request.FILES  # only reading them tells whether they are too large
    too_large = getattr(request, "upload_too_large", False)
    form = OutlineFileForm(request.POST, files, cycle=cycle, too_large=too_large)
    parsed = ParsedOutline([], [])
    if form.is_valid():
        edition = form.cleaned_data["gri_edition"]
        parsed = parse_outline(form.cleaned_data["file"].temporary_file_path(), books_of(cycle, edition))
        if not parsed.problems and _import(request, cycle, form, parsed):
            return redirect("outline", code)
    return _page(request, cycle, form, parsed)


def outline_export(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The outline as a file that can be imported again."""
    cycle = cycle_of(code)
    return _file(cycle, kind, f"{cycle.code}-outline.{kind}", outline_rows(cycle))


def outline_template(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """An empty file with the columns."""
    return _file(cycle_of(code), kind, f"outline-template.{kind}", [])


def _import(request: HttpRequest, cycle: Cycle, form: OutlineFileForm, parsed: ParsedOutline) -> bool:
    edition = form.cleaned_data["gri_edition"]
    with refusals(form):
        import_outline(cycle=cycle, rows=parsed.rows, gri_edition=edition, by=request.user)
        messages.success(request, _("The outline now has %(count)s rows.") % {"count": len(parsed.rows)})
        return True
    return False


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
    context = {
        **{"cycle": cycle, "step": "outline", "section": "cycles", "may_edit": can_edit_cycle(request.user)},
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
    contents = outline_file(rows, gri_catalogue(cycle.gri_edition), kind)
    return HttpResponse(contents, TYPES[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'})


@needs(can_edit_cycle)
def new_section(request: HttpRequest, code: str) -> HttpResponse:
    """Add a section."""
    return _edited(request, code, None)


@needs(can_edit_cycle)
def section(request: HttpRequest, code: str, order: int) -> HttpResponse:
    """Change a section."""
    return _edited(request, code, order)


@require_POST
@needs(can_edit_cycle)
def remove(request: HttpRequest, code: str, order: int) -> HttpResponse:
    """Remove a section, or say why it stays."""
    with refusals(request):
        remove_section(cycle=cycle_of(code), order=order, by=request.user)
        messages.success(request, _("The section is removed."))
    return redirect("outline", code)


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
    context = {"cycle": cycle, "step": "outline", "section": "cycles", "form": form, "order": order}
    return render(request, "reports/section.html", context)
