"""Pages of the library: issues, comparison of editions, errata."""

import json
from collections.abc import Sequence

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from materiality.actions.library import correct_erratum, load_library, start_first_draft
from materiality.actions.organisation import name_organisation
from materiality.formats.translations import comparison_columns, comparison_json, comparison_rows
from materiality.forms.drafts import ErratumForm, FirstLibraryForm
from materiality.lineage.lineage import KINDS
from materiality.models import Cycle, Edition, Issue
from materiality.platform.bilingual import content_language
from materiality.platform.hooks import CORRECT_ERRATUM, objections
from materiality.platform.lists import Chip, Head, Listing, orders_of
from materiality.platform.pages import PER_PAGE, download, onward, refusals, sent
from materiality.platform.people import can_edit_cycle, can_edit_library, can_view, needs
from materiality.platform.words import word_for
from materiality.queries.drafts import EditionComparison, compare_editions
from materiality.queries.indicators import framework_values_of, indicators_of
from materiality.queries.library import (
    LibraryTree,
    Search,
    chosen_edition,
    errata_of,
    find_issue,
    issue_page,
    library_tree,
    pages_of,
    readable_editions,
)
from materiality.tables.write import TYPES, table_bytes
from materiality.views.drafts import entered

_ORDERS = (
    Head(gettext_lazy("as arranged"), "arranged"),
    Head(gettext_lazy("by code"), "code", "shown.code"),
    Head(gettext_lazy("by name"), "name", lambda row: str(row.shown.name)),
    Head(gettext_lazy("by difference"), "kind", lambda row: KINDS.index(row.kinds[0])),
)


@needs(can_view)
def compare(request: HttpRequest) -> HttpResponse:
    """Differences of the editions `a` and `b`; `?kind=` filters, `?all=1` puts all on one page for print."""
    editions = list(Edition.objects.all())
    one, other = _chosen(editions, request.GET.get("a", ""), request.GET.get("b", ""))
    if one and other:  # both stand in every address of the page: to choose one leaves the other as it is
        request.GET = request.GET.copy()
        request.GET["a"], request.GET["b"] = one.code, other.code
    comparison = compare_editions(one, other) if one and other and one != other else None
    listing = _differences(request, editions, (one, other), comparison)
    context = {"section": "library", "editions": editions, "comparison": comparison, "listing": listing}
    return render(request, "materiality/compare.html", context)


def _differences(
    request: HttpRequest, editions: list[Edition], pair: Sequence[Edition | None], comparison: EditionComparison | None
) -> Listing:
    """The issues that differ, with the two editions to choose beside them."""
    differences, kind = comparison and comparison.differences, request.GET.get("kind", "")
    rows = [row for row in differences.issues if kind in ("", *row.kinds)] if differences else []
    counts = differences.counts if differences else {}
    choices = [(row.code, f"{row.title} · {row.get_state_display()}") for row in editions]
    a, b = (row.code if row else "" for row in pair)
    chips = [Chip("a", _("Edition"), choices, chosen=a), Chip("b", _("with"), choices, chosen=b)]
    kinds = [(name, f"{word_for('difference', name)} {number}") for name, number in counts.items()]
    kinds = [Chip("kind", _("Difference"), kinds, _("all differences")), orders_of(_ORDERS)] if kinds else []
    exports = ("xlsx", "csv", "json") if comparison else ()
    return Listing(
        request,
        rows,
        heads=_ORDERS,
        chips=chips + kinds,
        noun=ngettext_lazy("%(shown)s issue", "%(shown)s issues", "number") if comparison else None,
        files=[(each.upper(), reverse("compare_export", args=[each])) for each in exports],
        per_page=max(len(rows), 1) if request.GET.get("all") else PER_PAGE,
    )


@needs(can_view)
def compare_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The comparison of `a` and `b` as JSON, CSV or XLSX."""
    one, other = _chosen(list(Edition.objects.all()), request.GET.get("a", ""), request.GET.get("b", ""))
    if one is None or other is None or one == other or kind not in ("json", *TYPES):
        raise Http404
    if any(request.GET.get(name, row.code) != row.code for name, row in (("a", one), ("b", other))):
        raise Http404  # a code that is none
    comparison = compare_editions(one, other)
    name = f"{comparison.old.code}-{comparison.new.code}.{kind}"
    return download(_file(comparison, kind), name)


def _file(comparison: EditionComparison, kind: str) -> bytes:
    if kind == "json":
        return json.dumps(comparison_json(comparison), ensure_ascii=False, indent=1).encode()
    return table_bytes(kind, "differences", comparison_columns(comparison), comparison_rows(comparison))


def _chosen(editions: list[Edition], a: str, b: str) -> tuple[Edition | None, Edition | None]:
    """The editions named; else the draft, or the one in force, against the edition that it is based on."""
    by_code, by_pk = ({getattr(row, name): row for row in editions} for name in ("code", "pk"))
    states = (Edition.State.DRAFT, Edition.State.PUBLISHED)
    newest = next((row for state in states for row in editions if row.state == state and row.based_on_id), None)
    new = by_code.get(b) or newest
    old = by_code.get(a) or (by_pk.get(new.based_on_id) if new else None)
    return old, new


@needs(can_view)
def errata(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    """What was corrected, and a form for those who may correct more."""
    issue = find_issue(edition, code)
    if issue is None:
        raise Http404
    form = ErratumForm(entered(request), issue=issue)
    if request.method == "POST" and (done := _corrected(request, issue, form)):
        return done
    may_correct = issue.edition.state == Edition.State.PUBLISHED and can_edit_library(request.user)
    context = {
        "section": "library",
        "issue": issue,
        "form": form,
        "errata": errata_of(issue),
        "objections": objections(CORRECT_ERRATUM, issue.edition) if may_correct else [],
        "may_correct": may_correct,
    }
    return render(request, "materiality/errata.html", context)


@needs(can_edit_library)
def _corrected(request: HttpRequest, issue: Issue, form: ErratumForm) -> HttpResponse | None:
    """Correct every text that differs and go on; None where something stands against it, which is in the form."""
    if not form.is_valid():
        return None
    values = form.cleaned_data
    changed = [name for name in form.spoken if values[name].strip() != getattr(issue, name)]
    if not changed:
        form.add_error(None, _("No text was changed."))
        return None
    with refusals(form):
        with transaction.atomic():
            for place, name in enumerate(changed):
                version = values["version"] + place if values["version"] else None
                change = {"field": name, "text": values[name], "reason": values["reason"], "version": version}
                correct_erratum(issue=issue, by=request.user, **change)
        number = len(changed)
        said = ngettext("The text is corrected.", "%(count)s texts are corrected.", number) % {"count": number}
        return onward(request, said, "errata", issue.edition.code, issue.code)
    return None


@needs(can_view)
def library(request: HttpRequest) -> HttpResponse:
    """The tree of an edition, searched by `q`, `category` and `framework`; htmx gets the results alone."""
    listed = readable_editions()
    edition = chosen_edition(listed, request.GET.get("edition", ""))
    context = {
        "section": "library",
        "editions": listed,
        "edition": edition,
        "may_edit": can_edit_cycle(request.user),
        "may_begin": can_edit_library(request.user),
        "is_first": not Cycle.objects.exists(),
    }
    if edition is not None:
        search = Search(*(request.GET.get(name, "").strip() for name in ("q", "category", "framework")))
        tree = library_tree(edition, search)
        pages = pages_of(tree.branches, lambda branch: 1 + len(branch.secondaries))
        is_open = search.narrows or request.GET.get("open") == "all"
        context |= {"search": search, "tree": tree, "is_open": is_open}
        context["listing"] = _listed(request, listed, edition, tree, pages)
    context["partial"] = request.htmx and not request.htmx.history_restore_request and edition is not None
    response = render(request, "materiality/library.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _listed(request: HttpRequest, editions: list[Edition], edition: Edition, tree: LibraryTree, pages: list) -> Listing:
    """A row is a page: branches are shown whole. The categories stand below it, with their numbers."""
    named = [(each.code, f"{each.title} · {each.get_state_display()}") for each in editions]
    exports = [(kind, reverse("sheet_export", args=["issues", kind])) for kind in ("xlsx", "csv")]
    return Listing(
        request,
        pages,
        chips=[
            Chip("category", "", (), ""),
            Chip("framework", _("Framework"), [(each.key, each.label) for each in tree.columns], _("All frameworks")),
            *([Chip("edition", _("Edition"), named, chosen=edition.code)] if len(editions) > 1 else []),
        ],
        noun=ngettext_lazy("%(shown)s issue", "%(shown)s issues", "number"),
        search=_("Search names, definitions and codes"),
        files=[(kind.upper(), f"{address}?edition={edition.code}") for kind, address in exports],
        per_page=1,
        count=tree.found,
        live="results",
    )


@needs(can_edit_library)
def first_library(request: HttpRequest) -> HttpResponse:
    """Three choices of a new installation: what its library begins with, the languages, what it is called."""
    if Edition.objects.exists():
        return redirect("library")
    form = FirstLibraryForm(request.POST or None, held=[content_language()])
    if not sent(request, form):
        return render(request, "materiality/form.html", _first_page(form), status=422 if form.errors else 200)
    if names := form.names():
        name_organisation(texts=names, by=request.user)
    if form.cleaned_data["begin"] == "model":
        edition = load_library(by=request.user).edition
        return onward(request, _("%(edition)s is in force.") % {"edition": edition.title}, "library")
    draft = start_first_draft(languages=form.cleaned_data["chosen"], by=request.user)
    if form.cleaned_data["begin"] == "own":
        return redirect("sheet_new", "issues")
    return redirect("draft", draft.code)


def _first_page(form: FirstLibraryForm) -> dict:
    lead = _("Everything can be changed later: a list can be replaced, a language added, an issue split or merged.")
    texts = {"heading": _("Three choices to begin with"), "lead": lead, "button": _("Go on"), "back_out": _("Not now")}
    return {"section": "library", "form": form, "cancel": reverse("start"), **texts}


@needs(can_view)
def issue(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    """Everything about one issue."""
    found = find_issue(edition, code)
    if found is None:
        raise Http404
    context = {"section": "library", "page": issue_page(found, request.user)}
    context |= {"indicators": indicators_of(found), "values": framework_values_of(found)}
    context["may_edit"] = can_edit_library(request.user)
    return render(request, "materiality/issue.html", context)
