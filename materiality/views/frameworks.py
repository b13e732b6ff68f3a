"""Pages of frameworks: what is installed, and what the issues of an edition cover of each."""

from copy import copy
from datetime import date

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_POST

from materiality.actions.library import date_framework, install_framework
from materiality.forms.frameworks import FrameworkForm
from materiality.models import Cycle, Edition, Framework, User
from materiality.platform.lists import Chip, Head, Listing
from materiality.platform.pages import download, onward, refusals, sent
from materiality.platform.people import can_edit_library, can_view, needs
from materiality.queries.cycles import publication_day, seen_cycles
from materiality.queries.frameworks import (
    ALL,
    COVERED,
    GAPS,
    GENERAL,
    CoverageFilters,
    CoverageLine,
    FrameworkCount,
    coverage,
    framework_counts,
    newer_standards,
)
from materiality.queries.library import built_in_frameworks, chosen_edition, installed_frameworks, readable_editions
from materiality.queries.mappings import label_of
from materiality.tables.write import TYPES, table_bytes

COVERAGE_PER_PAGE = 100
COLUMNS = ("framework", "edition", "code", "title_zh", "title_en", "standard", "issues", "issue_codes", "gap", "part",
           "in_force")  # fmt: skip

_HEADS = (
    Head(gettext_lazy("Code"), "code", lambda line: (line.coded.row.order, line.coded.row.pk), "code-head"),
    Head(gettext_lazy("Title"), "title", lambda line: str(line.coded.row.title), "title-head"),
    Head(gettext_lazy("Issues that cover it"), "issues", lambda line: len(line.issues) or line.below, falling=True),
)


@needs(can_view)
def coverage_page(request: HttpRequest) -> HttpResponse:
    """Disclosures of `?framework=GRI:2016` with the issues of `?edition=`, filtered by `show` and `q`."""
    listed = readable_editions()
    edition = chosen_edition(listed, request.GET.get("edition", ""))
    context = {"section": "library", "editions": listed, "edition": edition}
    cycle, day = _published(edition, request.user)
    counts = framework_counts(edition, day) if edition else []
    chosen = _chosen(counts, request.GET.get("framework", ""))
    if chosen:
        filters = _filters(request)
        lines = [line for line in coverage(edition, chosen.row, day) if filters.lets_through(line)]
        context |= {"cycle": cycle, "published_on": day}
        context |= {"counts": counts, "chosen": chosen}
        context["listing"] = _listed(request, lines, chosen, listed, edition)
        if cycle and chosen.row.code == "GRI":
            context["warnings"] = newer_standards(edition, day)
    return render(request, "materiality/coverage.html", context)


def _listed(
    request: HttpRequest,
    lines: list[CoverageLine],
    framework: FrameworkCount,
    editions: list[Edition],
    edition: Edition,
) -> Listing:
    shown = [(GAPS, f"{_('Gaps only')} {framework.gaps}"), (COVERED, _("Covered only"))]
    chips = [Chip("show", _("Entries"), shown, _("Everything"))]
    if GENERAL in framework.parts:
        chips.append(Chip("general", "", [("1", framework.parts[GENERAL].words)], ""))
    if len(editions) > 1:
        choices = [(row.code, f"{row.title} · {row.get_state_display()}") for row in editions]
        chips.append(Chip("edition", _("Edition"), choices, chosen=edition.code))
    if request.GET.get("sort", "code") != "code":  # what stands under a heading is elsewhere then
        lines = [line for line in lines if not line.is_heading]
    return Listing(
        request,
        lines,
        heads=_HEADS,
        chips=chips,
        sort="code",
        noun=ngettext_lazy("%(shown)s entry", "%(shown)s entries", "number"),
        search=_("Search codes, titles and issues"),
        files=[("XLSX", reverse("coverage_export", args=["xlsx"])), ("CSV", reverse("coverage_export", args=["csv"]))],
        per_page=COVERAGE_PER_PAGE,
    )


@needs(can_view)
def coverage_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The same, all pages, as CSV or XLSX."""
    edition = chosen_edition(readable_editions(), request.GET.get("edition", ""))
    day = _published(edition, request.user)[1]
    chosen = _chosen(framework_counts(edition, day), request.GET.get("framework", "")) if edition else None
    if kind not in TYPES or chosen is None:
        raise Http404
    filters = _filters(request)
    lines = [line for line in coverage(edition, chosen.row, day) if filters.lets_through(line)]
    name = f"coverage-{edition.code}-{chosen.row.code}-{chosen.row.edition}.{kind}"
    contents = table_bytes(kind, "coverage", COLUMNS, [_cells(chosen, line) for line in lines])
    return download(contents, name)


def _filters(request: HttpRequest) -> CoverageFilters:
    show = request.GET.get("show", ALL)
    q = request.GET.get("q", "").strip()[:200]
    return CoverageFilters(q, show if show in (GAPS, COVERED) else ALL, general="general" in request.GET)


def _chosen(counts: list[FrameworkCount], key: str) -> FrameworkCount | None:
    return next((entry for entry in counts if entry.key == key), next(iter(counts), None))


def _published(edition: Edition | None, person: User) -> tuple[Cycle | None, date]:
    """The newest cycle on the edition, else the newest of all that the person sees, and the day on which its report is
    published; today without one."""
    cycles = list(seen_cycles(person).defer("method", "confirmed")[:50])
    own = (row for row in cycles if edition and row.edition_id == edition.pk)
    cycle = next(own, next(iter(cycles), None))
    return cycle, publication_day(cycle)[0] if cycle else timezone.localdate()


def _cells(chosen: FrameworkCount, line: CoverageLine) -> list:
    row = line.coded.row
    standard = f"GRI {row.standard_code} {row.standard_year}" if row.standard_code else ""
    codes = " ".join(issue.code for issue in line.issues)
    gap = "yes" if line.is_gap else ""
    stands = "" if line.in_force else "no"
    return [chosen.row.code, chosen.row.edition, line.coded.code, row.title_zh, row.title_en, standard,
            len(line.issues), codes, gap, line.part, stands]  # fmt: skip


@needs(can_view)
def frameworks(request: HttpRequest) -> HttpResponse:
    """Every framework with its days in force and its column; those that come with Yiti and are not installed."""
    installed = installed_frameworks()
    built_in = built_in_frameworks()
    rows = Framework.objects.select_related("successor").annotate(entries=Count("disclosures"))
    context = {
        "section": "library",
        "rows": [(row, label_of(row), (row.code, row.edition) in {each.key for each in built_in}) for row in rows],
        "others": [record for record in built_in if record.key not in installed],
        "may_edit": can_edit_library(request.user),
    }
    return render(request, "materiality/frameworks.html", context)


@needs(can_edit_library)
def framework(request: HttpRequest, pk: int) -> HttpResponse:
    """From when until when a framework of one's own is in force, and what follows it."""
    row = get_object_or_404(Framework, pk=pk)
    if (row.code, row.edition) in {each.key for each in built_in_frameworks()}:
        raise Http404
    form = FrameworkForm(request.POST or None, instance=copy(row))
    if sent(request, form):
        with refusals(form):
            date_framework(framework=row, values=form.cleaned_data, by=request.user)
            return onward(request, _("Saved."), "frameworks")
    lead = _("Coverage and the content index look at the days; the successor is named beside what has ended.")
    context = {"form": form, "heading": label_of(row), "lead": lead, "button": _("Save")}
    more = {"cancel": reverse("frameworks"), "section": "library", "areas": "on-library on-mappings"}
    return render(request, "materiality/form.html", context | more)


@require_POST
@needs(can_edit_library)
def framework_install(request: HttpRequest) -> HttpResponse:
    """Take in a framework that comes with the product."""
    named = {name: request.POST.get(name, "")[:20] for name in ("code", "edition")}
    with refusals(request):
        framework = install_framework(**named, by=request.user)
        messages.success(request, _("%(title)s is installed.") % {"title": framework.title})
    return redirect("frameworks")
