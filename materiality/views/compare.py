"""Comparing two editions."""

import json

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from materiality.comparison_file import COLUMNS, comparison_json, comparison_rows
from materiality.models import Edition
from materiality.permissions import can_view, needs
from materiality.queries.comparing import EditionComparison, compare_editions
from materiality.table_file import TYPES, table_bytes

PER_PAGE = 50


@needs(can_view)
def compare(request: HttpRequest) -> HttpResponse:
    """Differences of the editions `a` and `b`; `?kind=` filters, `?all=1` puts all on one page for print."""
    editions = list(Edition.objects.all())
    one, other = _chosen(editions, request.GET.get("a", ""), request.GET.get("b", ""))
    context = {"section": "library", "editions": editions, "one": one, "other": other}
    if one and other and one != other:
        comparison = compare_editions(one, other)
        kind = request.GET.get("kind", "")
        rows = [row for row in comparison.differences.issues if kind in ("", *row.kinds)]
        per_page = max(len(rows), 1) if request.GET.get("all") else PER_PAGE
        page = Paginator(rows, per_page).get_page(request.GET.get("page"))
        context |= {"comparison": comparison, "page": page, "kind": kind, "shown": len(rows)}
    return render(request, "materiality/compare.html", context)


@needs(can_view)
def compare_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The comparison of `a` and `b` as JSON, CSV or XLSX."""
    by_code = {edition.code: edition for edition in Edition.objects.all()}
    one, other = (by_code.get(request.GET.get(name, "")) for name in ("a", "b"))
    if one is None or other is None or kind not in ("json", *TYPES):
        raise Http404
    comparison = compare_editions(one, other)
    name = f"{comparison.old.code}-{comparison.new.code}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(_file(comparison, kind), TYPES.get(kind, "application/json"), headers=headers)


def _file(comparison: EditionComparison, kind: str) -> bytes:
    if kind == "json":
        return json.dumps(comparison_json(comparison), ensure_ascii=False, indent=1).encode()
    return table_bytes(kind, "differences", COLUMNS, comparison_rows(comparison))


def _chosen(editions: list[Edition], a: str, b: str) -> tuple[Edition | None, Edition | None]:
    """The editions named; else the draft, or the one in force, against the edition that it is based on."""
    by_code, by_pk = ({getattr(row, name): row for row in editions} for name in ("code", "pk"))
    states = (Edition.State.DRAFT, Edition.State.PUBLISHED)
    newest = next((row for state in states for row in editions if row.state == state and row.based_on_id), None)
    new = by_code.get(b) or newest
    old = by_code.get(a) or (by_pk.get(new.based_on_id) if new else None)
    return old, new
