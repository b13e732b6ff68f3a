"""What the pages of a draft share: its tree in whole or in part, and forms that open in place."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from materiality.models import Category, Edition, Issue
from materiality.permissions import can_edit_library, can_publish_edition
from materiality.queries.draft_tree import Filters, draft_tree
from materiality.refusals import Conflict, NotAllowed, Unacknowledged


@dataclass
class Editing:
    """A form on the way to a change of a draft.

    `kind` says which fields the template shows. `act` makes the change and returns the issue to show afterwards, or
    None. `done` is said then.
    """

    edition: Edition
    form: forms.BaseForm
    kind: str
    title: str | Promise
    button: str | Promise
    act: Callable[[], Issue | None]
    done: str | Promise
    issue: Issue | None = None
    further: dict = field(default_factory=dict)
    further_forms: tuple[forms.BaseFormSet, ...] = ()


def draft_of(code: str) -> Edition:
    """The edition that an address names; the page "not found" where there is none."""
    return get_object_or_404(Edition.objects.select_related("based_on"), code=code)


def issue_of(edition: Edition, pk: int) -> Issue:
    """The issue of the draft; one that was removed meanwhile has its key only, for an action to say so."""
    found = edition.issues.select_related("category", "parent").filter(pk=pk).first()
    row = found or Issue(pk=pk, edition=edition, category=Category(), code=str(pk), version=0)
    row.edition = edition
    return row


def entered(request: HttpRequest) -> QueryDict | None:
    """What was sent, also where it is nothing; None where a form is only to be shown."""
    return request.POST if request.method == "POST" else None


def edited(request: HttpRequest, editing: Editing) -> HttpResponse:
    """Show the form, make the change, or show what stands against it with all that was entered."""
    if request.method != "POST" and editing.issue and editing.issue._state.adding:
        messages.error(request, _("This issue is no longer in the draft."))
        return after_change(request, editing.edition, None)
    context = {"conflict": None, "warnings": []}
    valid = [form.is_valid() for form in (editing.form, *editing.further_forms)]
    if request.method == "POST" and all(valid):
        try:
            issue = editing.act()
        except Conflict as refusal:
            context["conflict"] = refusal
        except Unacknowledged as refusal:
            context["warnings"] = refusal.warnings
        except NotAllowed as refusal:
            editing.form.add_error(None, refusal.reason)
        else:
            messages.success(request, editing.done)
            return after_change(request, editing.edition, issue)
    context |= {"form": editing.form, "edition": editing.edition, "issue": editing.issue, "title": editing.title}
    context["button"] = editing.button
    context |= {"section": "library", "kind": editing.kind, "partial": is_partial(request)}
    response = render(request, "materiality/draft_form.html", context | editing.further)
    patch_vary_headers(response, ["HX-Request"])
    return response


def after_change(request: HttpRequest, edition: Edition, issue: Issue | None) -> HttpResponse:
    """The draft again, with the changed issue in view: its tree alone for htmx, else the page."""
    code = issue.code if issue else ""
    if not is_partial(request):
        query = f"?{urlencode({'at': code})}#i-{code}" if code else ""
        return redirect(reverse("draft", args=[edition.code]) + query)
    shown = parse_qs(urlsplit(request.htmx.current_url or "").query)
    response = tree_page(request, edition, {name: values[0] for name, values in shown.items()} | {"at": code})
    response["HX-Retarget"], response["HX-Reswap"] = "#draft", "outerHTML show:none"
    return response


def tree_page(request: HttpRequest, edition: Edition, query: dict[str, str]) -> HttpResponse:
    """The tree of the draft; `query` holds q, category, changed, page, and `at`, an issue to be in view."""
    filters = Filters(query.get("q", "").strip(), query.get("category", ""), query.get("changed", "") == "1")
    tree = draft_tree(edition, filters)
    at = query.get("at", "")
    # Where the page was given, the issue is looked for on it first; it may have gone to another one.
    number = tree.page_with(at) if at else query.get("page")
    context = {
        "section": "library",
        "edition": edition,
        "tree": tree,
        "page": Paginator(tree.pages, 1).get_page(number),
        "filters": filters,
        "at": at,
        "partial": is_partial(request),
        "may_edit": can_edit_library(request.user) and edition.state == Edition.State.DRAFT,
        "may_publish": can_publish_edition(request.user),
    }
    response = render(request, "materiality/draft.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def is_partial(request: HttpRequest) -> bool:
    """htmx asks for a part of the page."""
    return bool(request.htmx) and not request.htmx.history_restore_request
