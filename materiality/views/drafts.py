"""Pages of editions and drafts: the tree, issues, identity, order, publishing, undoing."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode, urlsplit

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy
from django.views.decorators.http import require_POST

from materiality.actions.drafts import (
    add_issue,
    change_issue,
    merge_issues,
    move_issue,
    reorder_issues,
    retire_issue,
    set_code_pattern,
    split_issue,
    take_default_definitions,
    undo_last_change,
)
from materiality.actions.library import discard_draft, edition_title, publish_edition, start_edition_draft
from materiality.drafts.codes import next_edition_code, proposed_code
from materiality.forms.drafts import (
    AddIssueForm,
    ChangeIssueForm,
    CodePatternForm,
    DiscardForm,
    MergeIssuesForm,
    MoveIssueForm,
    PublishForm,
    RetireIssueForm,
    SplitIssueForm,
    StartDraftForm,
    parts_formset,
    place_of,
)
from materiality.lineage.lineage import text_difference
from materiality.models import Category, Edition, Issue
from materiality.models.library import library_languages
from materiality.platform.bilingual import languages_of, suffix_of
from materiality.platform.lists import Chip, Head, Listing
from materiality.platform.pages import onward, refusals, sent
from materiality.platform.people import can_edit_library, can_publish_edition, can_view, needs
from materiality.platform.refusals import Conflict, NotAllowed, Unacknowledged
from materiality.queries.drafts import ORDERS, DraftTree, Filters, compare_editions, draft_tree, publishing_warnings
from materiality.queries.library import listed_editions, objections_to_retiring, origins, standing_editions
from materiality.tables.lists import listed


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


def edition_at(code: str) -> Edition:
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
    request.GET = QueryDict(urlsplit(request.htmx.current_url or "").query, mutable=True)
    request.GET["at"] = code
    response = tree_page(request, edition)
    response["HX-Retarget"], response["HX-Reswap"] = "#draft", "outerHTML show:none"
    return response


def tree_page(request: HttpRequest, edition: Edition) -> HttpResponse:
    """The tree of the draft by q, category, changed and page of the address, and `at`, an issue to be in view."""
    request.GET = query = request.GET.copy()
    filters = Filters(query.get("q", "").strip(), query.get("category", ""), query.get("changed", "") == "1")
    filters = replace(filters, sort=query.get("sort", ""))
    tree, at = draft_tree(edition, filters), query.get("at", "")
    query.pop("at", None)
    if at:  # the issue may have gone to another page
        query["page"] = str(tree.page_with(at))
    context = {
        "section": "library",
        "edition": edition,
        "tree": tree,
        "listing": _listed(request, edition, tree),
        "at": at,
        "arranged": filters.sort not in ORDERS,
        "partial": is_partial(request),
        "may_edit": can_edit_library(request.user) and edition.state == Edition.State.DRAFT,
        "may_publish": can_publish_edition(request.user),
    }
    response = render(request, "materiality/draft.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


_ORDERS = (
    ("arranged", gettext_lazy("as arranged")),
    ("code", gettext_lazy("by code")),
    ("name", gettext_lazy("by name")),
    ("changed", gettext_lazy("what changed first")),
)


def _listed(request: HttpRequest, edition: Edition, tree: DraftTree) -> Listing:
    """A row is a page: branches are shown whole."""
    exports = [(kind, reverse("sheet_export", args=["issues", kind])) for kind in ("xlsx", "csv")]
    categories = [(entry.row.code, entry.row.name) for entry in tree.categories]
    return Listing(
        request,
        tree.pages,
        chips=[
            Chip("category", _("Category"), categories, _("all")),
            Chip("changed", "", [("1", _("Only what changed"))], _("all")),
            Chip("sort", _("Order"), _ORDERS, chosen="arranged"),
        ],
        noun=ngettext_lazy("%(shown)s issue", "%(shown)s issues", "number"),
        search=_("Search names, definitions and codes"),
        files=[(each.upper(), f"{address}?edition={edition.code}") for each, address in exports],
        per_page=1,
        count=sum(len(branch.lines) for page in tree.pages for branch in page),
    )


def is_partial(request: HttpRequest) -> bool:
    """htmx asks for a part of the page."""
    return bool(request.htmx) and not request.htmx.history_restore_request


@needs(can_edit_library)
def draft_move(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """To another primary issue or, a primary one, to another category."""
    row = edition_at(edition)
    issue = issue_of(row, pk)
    form = MoveIssueForm(entered(request), issue=issue)

    def act() -> Issue:
        values = form.cleaned_data
        where = {"category" if issue.is_primary else "primary": values["target"]}
        return move_issue(issue=issue, by=request.user, reason=values["reason"], version=values["version"], **where)

    title = _("Move %(issue)s") % {"issue": issue.code}
    return edited(request, Editing(row, form, "move", title, _("Move the issue"), act, _("The issue is moved."), issue))


@needs(can_edit_library)
def draft_merge(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """Other issues go into this one."""
    row = edition_at(edition)
    issue = issue_of(row, pk)
    form = MergeIssuesForm(entered(request), issue=issue)

    def act() -> Issue:
        values = form.cleaned_data
        seen = {issue.code: values["version"]} if values["version"] else {}
        others = list(values["others"])
        return merge_issues(
            into=issue, others=others, by=request.user, reason=values["reason"], texts=form.texts(), versions=seen
        )

    title = _("Merge issues into %(issue)s") % {"issue": issue.code}
    button, done = _("Merge the issues"), _("The issues are merged.")
    return edited(request, Editing(row, form, "merge", title, button, act, done, issue))


@needs(can_edit_library)
def draft_split(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """Several issues take the place of this one; `?parts=` says how many are asked for."""
    row = edition_at(edition)
    issue = issue_of(row, pk)
    asked = request.GET.get("parts", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 2 else 2
    form = SplitIssueForm(entered(request), initial={"version": issue.version})
    parts = parts_formset(entered(request), number, languages_of(issue))

    def act() -> Issue:
        values = form.cleaned_data
        texts = [part.texts() for part in parts if part.has_changed()]
        made = split_issue(
            issue=issue, parts=texts, by=request.user, reason=values["reason"], version=values["version"]
        )
        return made[0]

    title = _("Split %(issue)s") % {"issue": issue.code}
    further = {"parts": parts, "more": min(number + 1, 8)}
    button, done = _("Split the issue"), _("The issue is split.")
    return edited(request, Editing(row, form, "split", title, button, act, done, issue, further, (parts,)))


@needs(can_edit_library)
def draft_add(request: HttpRequest, edition: str) -> HttpResponse:
    """A new issue under `?primary=` (key) or in `?category=` (code)."""
    row = edition_at(edition)
    place = place_of(row, request.GET.get("primary"), request.GET.get("category"))
    if place is None:
        raise Http404
    siblings_groups = place.groups if isinstance(place, Issue) else []
    given = {"initial": {"groups": siblings_groups}, "languages": row.languages}
    form = AddIssueForm(entered(request), proposed=proposed_code(place), **given)

    def act() -> Issue:
        values = {name: form.cleaned_data[name] for name in ("reason", "code", "groups")}
        return add_issue(edition=row, place=place, texts=form.texts(), by=request.user, **values)

    title = _("Add an issue to %(place)s") % {"place": place.name}
    return edited(request, Editing(row, form, "add", title, _("Add the issue"), act, _("The issue is added.")))


@needs(can_edit_library)
def draft_change(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """Other texts; who comes second is shown the first one's change beside the own one."""
    row = edition_at(edition)
    issue = issue_of(row, pk)
    form = ChangeIssueForm(entered(request), issue=issue)
    further: dict = {}

    def act() -> Issue:
        values = form.cleaned_data
        try:
            return change_issue(
                issue=issue, texts=form.texts(), by=request.user, version=values["version"], change=values["change"],
                reason=values["reason"], groups=values["groups"],
            )  # fmt: skip
        except Conflict as refusal:
            further["theirs"] = _theirs(form, refusal.row)
            if refusal.row:  # what is sent next is meant for the row as it is shown now
                form.data = form.data.copy()
                form.data["version"] = refusal.row.version
            raise

    title = _("Change %(issue)s") % {"issue": issue.code}
    return edited(request, Editing(row, form, "change", title, _("Save"), act, _("Saved."), issue, further))


@needs(can_edit_library)
def draft_retire(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """Retire the issue, or remove one that was only added in this draft."""
    row = edition_at(edition)
    issue = issue_of(row, pk)
    sources = origins(issue)
    warnings = objections_to_retiring(row, [issue])[issue.pk]
    form = RetireIssueForm(entered(request), issue=issue, must_acknowledge=bool(warnings))

    def act() -> Issue | None:
        values = form.cleaned_data
        known = values.get("acknowledged", False)
        return retire_issue(
            issue=issue, by=request.user, reason=values["reason"], version=values["version"], acknowledged=known
        )

    name = {"issue": issue.code}
    title = _("Retire %(issue)s") % name if sources else _("Remove %(issue)s") % name
    done = _("%(issue)s is retired.") % name if sources else _("%(issue)s is removed.") % name
    further = {"told_before": warnings, "dangerous": True}
    return edited(request, Editing(row, form, "retire", title, title, act, done, issue, further))


def _theirs(form: ChangeIssueForm, row: Issue | None) -> list[dict]:
    """Per text: what is stored now, and how what was entered differs from it."""
    found = []
    for name in form.spoken:
        stored = getattr(row, name) if row else ""
        mine = form.cleaned_data[name]
        found.append({"field": name, "stored": stored, "segments": text_difference(stored, mine), "mine": mine})
    return found


@needs(can_view)
def draft(request: HttpRequest, edition: str) -> HttpResponse:
    """The tree of a draft, to be edited in place; a published edition is read in the library."""
    row = edition_at(edition)
    if row.state != Edition.State.DRAFT:
        messages.info(request, _("This edition is published and can no longer be changed."))
        return redirect("editions")
    return tree_page(request, row)


@require_POST
@needs(can_edit_library)
def draft_reorder(request: HttpRequest, edition: str, pk: int) -> HttpResponse:
    """One place up or down among the issues of the same parent."""
    row = edition_at(edition)
    issue = issue_of(row, pk)
    with refusals(request):
        _step(row, issue, -1 if request.GET.get("to") == "up" else 1, request)
    return after_change(request, row, issue)


@needs(can_edit_library)
def draft_codes(request: HttpRequest, edition: str) -> HttpResponse:
    """Of which pattern new codes of a draft are."""
    row = edition_at(edition)
    form = CodePatternForm(entered(request), instance=edition_at(edition))
    if sent(request, form):
        with refusals(form, "code_pattern"):
            set_code_pattern(edition=row, pattern=form.cleaned_data["code_pattern"], by=request.user)
            return onward(request, _("Saved."), "draft", edition)
    texts = {"heading": _("Pattern of the codes"), "button": _("Save"), "cancel": reverse("draft", args=[edition])}
    texts["lead"] = _("New codes are proposed and checked by it. Issues that are in the draft keep their codes.")
    return render(request, "materiality/form.html", {"section": "library", "form": form, **texts})


@require_POST
@needs(can_edit_library)
def draft_undo(request: HttpRequest, edition: str) -> HttpResponse:
    """Undo the change that the page named, or say why not."""
    row = edition_at(edition)
    seen = request.POST.get("change", "")
    with refusals(request):
        undone = undo_last_change(edition=row, by=request.user, change=int(seen) if seen.isdecimal() else None)
        messages.success(request, _("Undone: %(object)s.") % {"object": undone.object_text})
    return after_change(request, row, None)


@require_POST
@needs(can_edit_library)
def draft_definitions(request: HttpRequest, edition: str) -> HttpResponse:
    """Take the definitions of the default library into the draft."""
    row = edition_at(edition)
    with refusals(request):
        number = len(take_default_definitions(edition=row, by=request.user))
        said = ngettext("%(number)s definition is taken over.", "%(number)s definitions are taken over.", number)
        messages.success(request, said % {"number": number} if number else _("No definition differs."))
    return after_change(request, row, None)


def _step(edition: Edition, issue: Issue, step: int, request: HttpRequest) -> None:
    place = {"primary": issue.parent} if issue.parent else {"category": issue.category}
    siblings = edition.issues.filter(parent=issue.parent_id, category=issue.category_id)
    codes = list(siblings.order_by("order", "code").values_list("code", flat=True))
    if issue.code not in codes:
        raise NotAllowed(_("%(issue)s is no longer in the draft.") % {"issue": issue.code})
    at = codes.index(issue.code)
    to = min(max(at + step, 0), len(codes) - 1)
    codes.insert(to, codes.pop(at))
    reorder_issues(edition=edition, codes=codes, by=request.user, **place)


_HEADS = (
    Head(gettext_lazy("Edition"), "code", "code", said="title"),
    Head(gettext_lazy("State"), "state", "state"),
    Head(gettext_lazy("Published"), "published", "published_at"),
    Head(gettext_lazy("Based on"), "base", "based_on__code"),
    Head(gettext_lazy("Primary"), "primaries", "primaries", "num"),
    Head(gettext_lazy("Secondary"), "secondaries", "secondaries", "num"),
    Head(gettext_lazy("Cycles"), "cycles", "cycle_number", "num"),
    Head(""),
)


@needs(can_view)
def editions(request: HttpRequest) -> HttpResponse:
    context = {
        "section": "library",
        "listing": Listing(
            request,
            listed_editions(request.user),
            heads=_HEADS,
            noun=ngettext_lazy("%(shown)s edition", "%(shown)s editions", "number"),
            name="editions",
        ),
        "standing": standing_editions(),
        "may_edit": can_edit_library(request.user),
        "may_publish": can_publish_edition(request.user),
    }
    return listed(request, "materiality/editions.html", context)


@needs(can_edit_library)
def draft_start(request: HttpRequest) -> HttpResponse:
    """Start a draft from the edition in force."""
    standing = standing_editions()
    code = next_edition_code(standing.in_force)
    languages = library_languages()
    titles = {f"title_{suffix_of(language)}": text for language, text in edition_title(code, languages).items()}
    form = StartDraftForm(entered(request), initial={"code": code, **titles}, languages=languages)
    if sent(request, form):
        with refusals(form):
            draft = start_edition_draft(values=form.cleaned_data, by=request.user)
            said = _("The draft is there. What you change here concerns nobody until it is published.")
            return onward(request, said, "draft", draft.code)
    return render(request, "materiality/form.html", _start_page(standing.in_force) | {"form": form})


def _start_page(in_force: Edition | None) -> dict:
    lead = _("A draft begins as a copy of the edition in force.")
    if in_force:
        lead = _(
            "It begins as a copy of %(edition)s, with all issues and mappings. Cycles keep the edition that they were"
            " created on."
        ) % {"edition": in_force.title}
    texts = {"heading": _("Start a draft"), "lead": lead, "button": _("Start the draft")}
    return texts | {"section": "library", "guarded": True, "cancel": reverse("editions")}


@needs(can_publish_edition)
def draft_publish(request: HttpRequest, edition: str) -> HttpResponse:
    """What is missing, what differs, and the button."""
    row = edition_at(edition)
    if row.state != Edition.State.DRAFT:
        return redirect("editions")
    warnings = publishing_warnings(row)
    form = PublishForm(entered(request), must_acknowledge=bool(warnings))
    if sent(request, form):
        with refusals(form):
            publish_edition(edition=row, by=request.user, **form.cleaned_data)
            return onward(request, _("%(edition)s is in force.") % {"edition": row.title}, "editions")
    comparison = compare_editions(row.based_on, row) if row.based_on else None
    context = {"section": "library", "edition": row, "form": form, "warnings": warnings, "comparison": comparison}
    return render(request, "materiality/publish_edition.html", context)


@needs(can_edit_library)
def draft_discard(request: HttpRequest, edition: str) -> HttpResponse:
    """Ask, then throw the draft away."""
    row = edition_at(edition)
    form = DiscardForm(entered(request))
    if sent(request, form):
        with refusals(form):
            discard_draft(edition=row, by=request.user, reason=form.cleaned_data["reason"])
            return onward(request, _("The draft is discarded."), "editions")
    return render(request, "materiality/form.html", _discard_page(row) | {"form": form})


def _discard_page(row: Edition) -> dict:
    changes = row.changes.filter(undone=False).count()
    lead = ngettext(
        "The draft and its %(number)s change are deleted for good. Suggestions stay for the next draft.",
        "The draft and its %(number)s changes are deleted for good. Suggestions stay for the next draft.",
        changes,
    ) % {"number": changes}
    name, heading = _("Discard the draft"), _("Discard %(edition)s?") % {"edition": row.title}
    texts = {"title": name, "heading": heading, "lead": lead, "button": name, "back_out": _("Keep it")}
    return texts | {
        "section": "library",
        "width": "narrow",
        "dangerous": True,
        "cancel": reverse("draft", args=[row.code]),
    }
