"""The issue library and its issues."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from materiality.models import Cycle
from materiality.permissions import can_edit_cycle, can_view, needs
from materiality.queries.branch_pages import pages_of
from materiality.queries.issue_page import find_issue, issue_page
from materiality.queries.library import chosen_edition, editions, library_tree
from materiality.queries.library_search import Search


@needs(can_view)
def library(request: HttpRequest) -> HttpResponse:
    """The tree of an edition, searched by `q`, `category` and `framework`; htmx gets the results alone."""
    listed = editions()
    edition = chosen_edition(listed, request.GET.get("edition", ""))
    context = {
        "section": "library",
        "editions": listed,
        "edition": edition,
        "may_edit": can_edit_cycle(request.user),
        "is_first": not Cycle.objects.exists(),
    }
    if edition is not None:
        search = Search(*(request.GET.get(name, "").strip() for name in ("q", "category", "framework")))
        tree = library_tree(edition, search)
        pages = pages_of(tree.branches, lambda branch: 1 + len(branch.secondaries))
        page = Paginator(pages, 1).get_page(request.GET.get("page"))
        is_open = search.narrows or request.GET.get("open") == "all"
        context |= {"search": search, "tree": tree, "page": page, "is_open": is_open}
    context["partial"] = request.htmx and not request.htmx.history_restore_request and edition is not None
    response = render(request, "materiality/library.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@needs(can_view)
def issue(request: HttpRequest, edition: str, code: str) -> HttpResponse:
    """Everything about one issue."""
    found = find_issue(edition, code)
    if found is None:
        raise Http404
    return render(request, "materiality/issue.html", {"section": "library", "page": issue_page(found)})
