"""The coverage page: per framework edition, what issues cover and what none does."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from materiality.models import Cycle, Edition
from materiality.newer_standards import StandardWarning, standard_warnings
from materiality.permissions import can_view, needs
from materiality.queries.coverage import (
    ALL,
    COVERED,
    GAPS,
    CoverageFilters,
    CoverageLine,
    FrameworkCount,
    coverage,
    framework_counts,
    used_gri_codes,
)
from materiality.queries.library import chosen_edition, editions
from materiality.table_file import TYPES, table_bytes

PER_PAGE = 100
COLUMNS = ("framework", "edition", "code", "title_zh", "title_en", "standard", "issues", "issue_codes", "gap")


@needs(can_view)
def coverage_page(request: HttpRequest) -> HttpResponse:
    """Disclosures of `?framework=GRI:2016` with the issues of `?edition=`, filtered by `show` and `q`."""
    listed = editions()
    edition = chosen_edition(listed, request.GET.get("edition", ""))
    context = {"section": "library", "editions": listed, "edition": edition}
    counts = framework_counts(edition) if edition else []
    chosen = _chosen(counts, request.GET.get("framework", ""))
    if chosen:
        filters = _filters(request)
        lines = [line for line in coverage(edition, chosen.row) if filters.lets_through(line)]
        context |= {"counts": counts, "chosen": chosen, "filters": filters}
        context["page"] = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
        context["choices"] = ((ALL, _("Everything")), (GAPS, _("Gaps only")), (COVERED, _("Covered only")))
        if chosen.row.code == "GRI":
            context |= _newer(edition)
    return render(request, "materiality/coverage.html", context)


@needs(can_view)
def coverage_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The same, all pages, as CSV or XLSX."""
    edition = chosen_edition(editions(), request.GET.get("edition", ""))
    chosen = _chosen(framework_counts(edition), request.GET.get("framework", "")) if edition else None
    if kind not in TYPES or chosen is None:
        raise Http404
    filters = _filters(request)
    lines = [line for line in coverage(edition, chosen.row) if filters.lets_through(line)]
    name = f"coverage-{edition.code}-{chosen.row.code}-{chosen.row.edition}.{kind}"
    contents = table_bytes(kind, "coverage", COLUMNS, [_cells(chosen, line) for line in lines])
    return HttpResponse(contents, TYPES[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _filters(request: HttpRequest) -> CoverageFilters:
    show = request.GET.get("show", ALL)
    return CoverageFilters(request.GET.get("q", "").strip()[:200], show if show in (GAPS, COVERED) else ALL)


def _chosen(counts: list[FrameworkCount], key: str) -> FrameworkCount | None:
    return next((entry for entry in counts if entry.key == key), next(iter(counts), None))


def _newer(edition: Edition) -> dict[str, object]:
    """What the newest cycle on the edition has to know; else the newest cycle."""
    cycles = list(Cycle.objects.only("code", "title_zh", "title_en", "period_end", "edition")[:50])
    cycle = next((row for row in cycles if row.edition_id == edition.pk), next(iter(cycles), None))
    warnings: list[StandardWarning] = standard_warnings(cycle.period_end, used_gri_codes(edition)) if cycle else []
    return {"cycle": cycle, "warnings": warnings, "old_codes": {code for entry in warnings for code in entry.codes}}


def _cells(chosen: FrameworkCount, line: CoverageLine) -> list:
    row = line.coded.row
    standard = f"GRI {row.standard_code} {row.standard_year}" if row.standard_code else ""
    codes = " ".join(issue.code for issue in line.issues)
    gap = "yes" if line.is_gap else ""
    return [chosen.row.code, chosen.row.edition, line.coded.code, row.title_zh, row.title_en, standard,
            len(line.issues), codes, gap]  # fmt: skip
