"""Pages of mappings: of one issue, proposed ones, coverage of the catalogues."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from materiality.actions.mappings import decide_mapping_proposal, map_issue, propose_mappings, unmap_issue
from materiality.lineage.records import standard_warnings
from materiality.models import Disclosure, Edition, Issue, MappingProposal, User
from materiality.platform.pages import button, download, paged, refusals
from materiality.platform.people import can_edit_library, can_view, needs
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import publication_day, seen_cycles
from materiality.queries.library import chosen_edition, readable_editions
from materiality.queries.mappings import (
    ALL,
    COVERED,
    GAPS,
    CoverageFilters,
    CoverageLine,
    FrameworkCount,
    coverage,
    framework_counts,
    issues_with_proposals,
    mapped_frameworks,
    offer,
    open_mapping_proposals,
    proposals_of,
    used_gri_codes,
    withdrawn,
)
from materiality.tables.write import TYPES, table_bytes
from materiality.views.drafts import edition_at, is_partial, issue_of

COVERAGE_PER_PAGE = 100
COLUMNS = ("framework", "edition", "code", "title_zh", "title_en", "standard", "issues", "issue_codes", "gap")


@needs(can_view)
def coverage_page(request: HttpRequest) -> HttpResponse:
    """Disclosures of `?framework=GRI:2016` with the issues of `?edition=`, filtered by `show` and `q`."""
    listed = readable_editions()
    edition = chosen_edition(listed, request.GET.get("edition", ""))
    context = {"section": "library", "editions": listed, "edition": edition}
    counts = framework_counts(edition) if edition else []
    chosen = _chosen(counts, request.GET.get("framework", ""))
    if chosen:
        filters = _filters(request)
        lines = [line for line in coverage(edition, chosen.row) if filters.lets_through(line)]
        context |= {"counts": counts, "chosen": chosen, "filters": filters}
        context["page"] = paged(request, lines, COVERAGE_PER_PAGE)
        context["choices"] = ((ALL, _("Everything")), (GAPS, _("Gaps only")), (COVERED, _("Covered only")))
        if chosen.row.code == "GRI":
            context |= _newer(edition, request.user)
    return render(request, "materiality/coverage.html", context)


@needs(can_view)
def coverage_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The same, all pages, as CSV or XLSX."""
    edition = chosen_edition(readable_editions(), request.GET.get("edition", ""))
    chosen = _chosen(framework_counts(edition), request.GET.get("framework", "")) if edition else None
    if kind not in TYPES or chosen is None:
        raise Http404
    filters = _filters(request)
    lines = [line for line in coverage(edition, chosen.row) if filters.lets_through(line)]
    name = f"coverage-{edition.code}-{chosen.row.code}-{chosen.row.edition}.{kind}"
    contents = table_bytes(kind, "coverage", COLUMNS, [_cells(chosen, line) for line in lines])
    return download(contents, name)


def _filters(request: HttpRequest) -> CoverageFilters:
    show = request.GET.get("show", ALL)
    return CoverageFilters(request.GET.get("q", "").strip()[:200], show if show in (GAPS, COVERED) else ALL)


def _chosen(counts: list[FrameworkCount], key: str) -> FrameworkCount | None:
    return next((entry for entry in counts if entry.key == key), next(iter(counts), None))


def _newer(edition: Edition, person: User) -> dict[str, object]:
    """What the newest cycle on the edition has to know; else the newest cycle; of those that the person sees."""
    cycles = list(seen_cycles(person).defer("method", "confirmed")[:50])
    cycle = next((row for row in cycles if row.edition_id == edition.pk), next(iter(cycles), None))
    if cycle is None:
        return {}
    day = publication_day(cycle)[0]
    return {"cycle": cycle, "published_on": day, "warnings": standard_warnings(day, used_gri_codes(edition))}


def _cells(chosen: FrameworkCount, line: CoverageLine) -> list:
    row = line.coded.row
    standard = f"GRI {row.standard_code} {row.standard_year}" if row.standard_code else ""
    codes = " ".join(issue.code for issue in line.issues)
    gap = "yes" if line.is_gap else ""
    return [chosen.row.code, chosen.row.edition, line.coded.code, row.title_zh, row.title_en, standard,
            len(line.issues), codes, gap]  # fmt: skip


@needs(can_view)
def issue_mappings(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """All mapped codes by framework edition; htmx gets the search's results alone."""
    row = edition_at(edition)
    issue = get_object_or_404(row.issues.select_related("category", "parent"), pk=pk)
    if row.state != Edition.State.DRAFT:
        return redirect("issue", edition, issue.code)
    q, framework = (request.GET.get(name, "").strip()[:200] for name in ("q", "framework"))
    context = {
        "section": "library",
        "partial": is_partial(request),
        "edition": row,
        "issue": issue,
        "q": q,
        "framework": framework,
        "offer": offer(issue, q, framework),
        "may_edit": can_edit_library(request.user) and issue.status == Issue.Status.ACTIVE,
    }
    if not context["partial"]:
        open_proposals = issue.mapping_proposals.filter(state=MappingProposal.State.OPEN)
        context |= {"tables": mapped_frameworks(issue), "proposals": open_proposals.count()}
    response = render(request, "materiality/issue_mappings.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
@needs(can_edit_library)
def mapping_add(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """Map the issue to the disclosure that was chosen."""
    return _changed(request, edition, pk, map_issue, _("%(code)s is added."))


@require_POST
@needs(can_edit_library)
def mapping_remove(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """Take the mapping to a disclosure away."""
    return _changed(request, edition, pk, unmap_issue, _("%(code)s is removed."))


def _changed(request: HttpRequest, edition: str, pk: int, action: Callable, done: str) -> HttpResponse:
    row = edition_at(edition)
    issue = issue_of(row, pk)
    chosen, seen = request.POST.get("disclosure", ""), request.POST.get("version", "")
    disclosure = get_object_or_404(
        Disclosure.objects.select_related("framework"), pk=int(chosen) if chosen.isdecimal() else 0
    )
    with refusals(request):
        version = int(seen) if seen.isdecimal() else None
        action(issue=issue, disclosure=disclosure, by=request.user, version=version)
        messages.success(request, done % {"code": f"{disclosure.framework} {disclosure.code}"})
    if issue.version == 0:  # it is no longer in the draft
        return redirect("draft", row.code)
    kept = {name: request.POST[name] for name in ("q", "framework") if request.POST.get(name)}
    return redirect(reverse("issue_mappings", args=[row.code, pk]) + (f"?{urlencode(kept)}#add" if kept else ""))


@needs(can_view)
def mapping_proposals(request: HttpRequest, edition: str) -> HttpResponse:
    """Issues with what is proposed for each, to be confirmed or dismissed."""
    row = edition_at(edition)
    if row.state != Edition.State.DRAFT:
        messages.info(request, _("This edition is published and does not change any more."))
        return redirect("editions")
    q = request.GET.get("q", "").strip()[:200]
    page = paged(request, issues_with_proposals(row, q))
    issues = list(page.object_list)
    proposed = proposals_of(row, issues)
    context = {
        "section": "library",
        "edition": row,
        "q": q,
        "page": page,
        "entries": [(issue, proposed[issue.pk]) for issue in issues],
        "withdrawn": withdrawn(row),
        "was_proposed": MappingProposal.objects.filter(issue__edition=row).exists(),
        "may_edit": can_edit_library(request.user),
    }
    return render(request, "materiality/mapping_proposals.html", context)


@button(can_edit_library, back="mapping_proposals")
def mappings_propose(request: HttpRequest, edition: str) -> str:
    """Have the crosswalk propose what is lacking now."""
    row = edition_at(edition)
    number = len(propose_mappings(edition=row, by=request.user))
    said = ngettext("%(number)s mapping is proposed.", "%(number)s mappings are proposed.", number)
    return said % {"number": number} if number else _("There is nothing new to propose.")


@require_POST
@needs(can_edit_library)
def mapping_decide(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """Confirm or dismiss one proposal of the issue, or all that the page showed."""
    row = edition_at(edition)
    issue = issue_of(row, pk)
    keys = [key for key in request.POST.get("proposals", "").split(",") if key.isdecimal()]
    proposals = list(MappingProposal.objects.filter(issue=pk, pk__in=keys))
    with refusals(request):
        if len(proposals) != len(set(keys)):
            raise NotAllowed(_("A proposal is no longer there; look at the list again."))
        state = request.POST.get("state", "")
        decide_mapping_proposal(issue=issue, proposals=proposals, state=state, by=request.user)
        messages.success(request, _done(state, issue.code, open_mapping_proposals(row).count()))
    kept = {name: request.GET[name] for name in ("q", "page") if request.GET.get(name)}
    return redirect(reverse("mapping_proposals", args=[row.code]) + (f"?{urlencode(kept)}" if kept else ""))


def _done(state: str, code: str, left: int) -> str:
    said = _("Confirmed for %(issue)s.") if state == MappingProposal.State.CONFIRMED else _("Dismissed for %(issue)s.")
    rest = ngettext("%(number)s proposal is left.", "%(number)s proposals are left.", left)
    return f"{said} {rest}" % {"issue": code, "number": left}
