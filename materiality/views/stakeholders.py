"""Pages of groups, their lists, engagement records and attachments."""

from collections.abc import Callable
from copy import copy
from datetime import date
from pathlib import Path

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_POST

from materiality.actions.stakeholders import (
    add_attachment,
    move_point,
    remove_attachment,
    remove_engagement,
    remove_group,
    remove_own_group,
    remove_point,
    save_engagement,
    save_group,
    save_own_group,
    save_point,
)
from materiality.formats.stakeholders import groups_file
from materiality.forms.stakeholders import AttachmentForm, EngagementForm, GroupForm, OwnGroupForm, PointForm
from materiality.models import Attachment, Cycle, Engagement, Group, OwnGroup, StakeholderPoint
from materiality.platform.files import MAX_BYTES
from materiality.platform.lists import Chip, Entry, Head, Listing, choices_of
from materiality.platform.pages import button, download, onward, refusals, sent, stored, uploaded
from materiality.platform.people import can_edit_cycle, can_edit_library, can_view, needs
from materiality.platform.words import say_names, word_for
from materiality.queries.cycles import BEFORE_REVIEW, BEFORE_SIGN_OFF, FIELDWORK, newest_method
from materiality.queries.stakeholders import (
    EngagementFilter,
    choices_by_category,
    cycle_points,
    group_points,
    group_shares,
    listed_engagements,
    touched_issues,
)
from materiality.tables.lists import listed
from materiality.tables.write import TYPES
from materiality.views.cycles import cycle_of, in_cycle

_ENGAGEMENT_HEADS = (
    Head(gettext_lazy("Record"), "title", "title"),
    Head(gettext_lazy("Date"), "date", "date"),
    Head(gettext_lazy("Kind"), "kind", "kind"),
    Head(gettext_lazy("Group"), "group", "group__code", said="group.name"),
    Head(gettext_lazy("Participants"), "participants", "participants", "num"),
    Head(gettext_lazy("Issues touched"), said=lambda row: " ".join(issue.code for issue in row.issues.all())),
    Head(gettext_lazy("Files"), "files", "attachment_number", "num"),
)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _group_heads(at: str, may_edit: bool) -> list[Head]:
    """The columns of groups, which stand `at` an attribute of the rows."""
    return [
        Head(_("Group"), "order", f"{at}order", said=f"{at}name"),
        Head(_("Definition"), said=f"{at}definition"),
        Head(_("Side"), "side", f"{at}side", "tight"),
        Head(word_for("head", "weight_society"), "society", f"{at}weight_society", "num", falling=True),
        Head(word_for("head", "weight_business"), "business", f"{at}weight_business", "num", falling=True),
        Head(_("Target"), "target", f"{at}target", "num", falling=True),
        *([Head("")] if may_edit else []),
    ]


@needs(can_view)
def own_groups(request: HttpRequest) -> HttpResponse:
    """The groups of the organisation, from which a new cycle starts."""
    say_names(newest_method(request.user))
    may_edit = can_edit_library(request.user)
    heads = _group_heads("", may_edit)
    noun = ngettext_lazy("%(shown)s group", "%(shown)s groups", "number")
    files = [(kind.upper(), reverse("sheet_export", args=["own_groups", kind])) for kind in ("xlsx", "csv")]
    listing = Listing(request, OwnGroup.objects.all(), heads=heads, noun=noun, files=files)
    context = {"section": "library", "listing": listing, "may_edit": may_edit}
    return render(request, "materiality/own_groups.html", context)


@needs(can_edit_library)
def own_group(request: HttpRequest, group: str = "") -> HttpResponse:
    """Add a group to the organisation, or change one."""
    say_names(newest_method(request.user))
    row = get_object_or_404(OwnGroup, code=group) if group else None
    form = OwnGroupForm(request.POST or None, instance=copy(row))
    if sent(request, form):
        with refusals(form):
            save_own_group(values=form.cleaned_data, by=request.user, group=row)
            return onward(request, _("Saved."), "own_groups")
    heading = row.name if row else _("Add a group to the organisation")
    context = {"section": "library", "areas": "on-library", "heading": heading, "form": form, "guarded": True}
    context |= {"button": _("Save"), "cancel": reverse("own_groups")}
    return render(request, "materiality/form.html", context)


@button(can_edit_library, back="own_groups")
def own_group_remove(request: HttpRequest, group: str) -> HttpResponse:
    """Take a group out of the organisation's."""
    row = get_object_or_404(OwnGroup, code=group)
    remove_own_group(group=row, by=request.user)
    messages.success(request, _("“%(group)s” is removed.") % {"group": row.name})
    return redirect("own_groups")


def engagements(request: HttpRequest, code: str) -> HttpResponse:
    """The records, filtered by group, kind, issue and date."""
    cycle = cycle_of(code)
    wanted = EngagementFilter.from_query(request.GET)
    context = in_stakeholders(request, cycle) | {
        "listing": Listing(
            request,
            listed_engagements(cycle, wanted),
            heads=_ENGAGEMENT_HEADS,
            chips=[
                Chip("group", _("Group"), choices_of(cycle.groups.all()), _("all")),
                Chip("kind", _("Kind"), Engagement.Kind.choices, _("all")),
                Chip("issue", _("Issue"), choices_of(touched_issues(cycle)), _("all")),
            ],
            entries=[Entry("from", _("From"), _iso(wanted.start)), Entry("to", _("To"), _iso(wanted.end))],
            noun=ngettext_lazy("%(shown)s record", "%(shown)s records", "number"),
            name=f"{code}-engagements",
        ),
    }
    return listed(request, "materiality/engagements.html", context)


def engagement(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One record with its issues and attachments."""
    return render(request, "materiality/engagement.html", engagement_page(request, engagement_of(code, pk)))


@needs(can_edit_cycle)
def new_engagement(request: HttpRequest, code: str) -> HttpResponse:
    """Record an engagement; `?group=` and `?issue=` are filled in."""
    return _edited_engagement(request, cycle_of(code), None)


@needs(can_edit_cycle)
def edit_engagement(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Change a record."""
    row = engagement_of(code, pk)
    return _edited_engagement(request, row.cycle, row)


@button(can_edit_cycle, back="engagement", done="engagements")
def engagement_remove(request: HttpRequest, code: str, pk: int) -> str:
    """Remove a record with its attachments."""
    row = engagement_of(code, pk)
    remove_engagement(engagement=row, by=request.user)
    return _("The record “%(title)s” is removed.") % {"title": row.title}


def engagement_of(code: str, pk: int) -> Engagement:
    """The record with cycle and group; the page "not found" where the cycle has none of this key."""
    rows = Engagement.objects.select_related("cycle__edition", "group", "created_by")
    return get_object_or_404(rows, cycle__code=code, pk=pk)


def engagement_page(request: HttpRequest, row: Engagement, form: AttachmentForm | None = None) -> dict:
    """The context of a record's page; `form` is the form of an attachment that was refused."""
    return in_stakeholders(request, row.cycle) | {
        "engagement": row,
        "issues": list(row.issues.select_related("category").order_by("code")),
        "attachments": list(row.attachments.all()),
        "form": form or AttachmentForm(),
    }


def in_stakeholders(request: HttpRequest, cycle: Cycle) -> dict:
    """What every page of engagement records is given."""
    may_edit = can_edit_cycle(request.user) and cycle.state in BEFORE_SIGN_OFF
    return in_cycle(cycle, "groups", may_edit=may_edit)


def _edited_engagement(request: HttpRequest, cycle: Cycle, row: Engagement | None) -> HttpResponse:
    form = EngagementForm(
        request.POST or None, cycle=cycle, instance=copy(row), initial={} if row else _asked(request, cycle)
    )
    if sent(request, form):
        with refusals(form):
            saved = save_engagement(cycle=cycle, values=form.cleaned_data, by=request.user, engagement=row)
            said = _("The record “%(title)s” is saved.") % {"title": saved.title}
            return onward(request, said, "engagement", cycle.code, saved.pk)
    context = in_stakeholders(request, cycle) | {"form": form, "engagement": row}
    context["categories"] = choices_by_category(form.fields["issues"].queryset, form.chosen())
    return render(request, "materiality/engagement_form.html", context)


def _asked(request: HttpRequest, cycle: Cycle) -> dict:
    """What the address fills in on a new record."""
    found = {}
    if group := request.GET.get("group"):
        found["group"] = cycle.groups.filter(code=group).first()
    if issue := request.GET.get("issue"):
        found["issues"] = list(cycle.edition.issues.filter(code=issue).values_list("pk", flat=True))
    return found


@require_POST
@needs(can_edit_cycle)
def attachment_add(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Attach a file, or say why it is not taken."""
    row, limit = engagement_of(code, pk), {"limit": MAX_BYTES // 1_000_000}
    too_large = _("The file is larger than %(limit)s MB and was not taken in.") % limit
    form = uploaded(request, AttachmentForm, too_large)
    if sent(request, form):
        file = form.cleaned_data["file"]
        with refusals(form, "file"):
            path = Path(file.temporary_file_path())
            kept = add_attachment(engagement=row, path=path, file_name=file.name, by=request.user)
            return onward(request, _("“%(name)s” is attached.") % {"name": kept.file_name}, "engagement", code, pk)
    return render(request, "materiality/engagement.html", engagement_page(request, row, form), status=422)


@needs(can_view)
def attachment_file(request: HttpRequest, code: str, pk: int, attachment: int) -> HttpResponse:
    """The file as a download that no browser opens in place or takes for another type."""
    row = _attachment(code, pk, attachment)
    return download(stored(row.path), row.file_name, row.content_type, private=True)


@button(can_edit_cycle, back="engagement")
def attachment_remove(request: HttpRequest, code: str, pk: int, attachment: int) -> str:
    """Remove a file from its record."""
    row = _attachment(code, pk, attachment)
    remove_attachment(attachment=row, by=request.user)
    return _("“%(name)s” is removed.") % {"name": row.file_name}


def _attachment(code: str, pk: int, attachment: int) -> Attachment:
    rows = Attachment.objects.select_related("engagement__cycle")
    return get_object_or_404(rows, engagement__cycle__code=code, engagement=pk, pk=attachment)


def groups(request: HttpRequest, code: str) -> HttpResponse:
    """The groups with definitions, weights and targets."""
    cycle = cycle_of(code)
    may_edit = can_edit_cycle(request.user) and cycle.state in BEFORE_REVIEW
    context = in_cycle(cycle, "groups") | {
        "listing": Listing(
            request,
            group_shares(list(cycle.groups.all())),
            heads=_group_heads("group.", may_edit),
            noun=ngettext_lazy("%(shown)s group", "%(shown)s groups", "number"),
            files=[(kind.upper(), reverse("group_export", args=[code, kind])) for kind in ("xlsx", "csv")],
        ),
        "pooled": cycle.method.get("weighting") == "by_response",
        "may_edit": may_edit,
        "may_add": may_edit and cycle.state in FIELDWORK,
    }
    return render(request, "materiality/groups.html", context)


@needs(can_edit_cycle)
def new_group(request: HttpRequest, code: str) -> HttpResponse:
    return _edited_group(request, cycle_of(code), None)


@needs(can_edit_cycle)
def group(request: HttpRequest, code: str, group: str) -> HttpResponse:
    cycle = cycle_of(code)
    return _edited_group(request, cycle, get_object_or_404(Group, cycle=cycle, code=group))


@button(can_edit_cycle, back="groups")
def group_remove(request: HttpRequest, code: str, group: str) -> str:
    """Remove a group, or say why it stays."""
    row = get_object_or_404(Group.objects.select_related("cycle"), cycle__code=code, code=group)
    remove_group(group=row, by=request.user)
    return _("The group “%(group)s” is removed.") % {"group": row.name}


def group_export(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The groups as a file in the `groups` format."""
    if kind not in TYPES:
        raise Http404
    cycle = cycle_of(code)
    return download(groups_file(cycle, kind), f"{cycle.code}-groups.{kind}")


def _edited_group(request: HttpRequest, cycle: Cycle, row: Group | None) -> HttpResponse:
    form = GroupForm(request.POST or None, instance=copy(row) or Group(cycle=cycle))
    if sent(request, form):
        with refusals(form):
            saved = save_group(cycle=cycle, values=form.cleaned_data, by=request.user, group=row)
            return onward(request, _("The group “%(group)s” is saved.") % {"group": saved.name}, "groups", cycle.code)
    lead = _("Respondents choose their group by name and definition; the weights say how much it counts.")
    texts = {"heading": row.name if row else _("Add a group"), "lead": lead, "button": _("Save"), "guarded": True}
    texts["cancel"] = reverse("groups", args=[cycle.code])
    if row and cycle.state in FIELDWORK:
        why = _("Possible as long as nobody has answered as this group.")
        texts["remove"] = (_("Remove this group"), why, reverse("remove_group", args=[cycle.code, row.code]))
    return render(request, "materiality/form.html", in_cycle(cycle, "groups", form=form, **texts))


def stakeholder_page(request: HttpRequest, code: str) -> HttpResponse:
    """Groups, expectations, channels and responses in one table, as a report prints it."""
    cycle = cycle_of(code)
    context = in_stakeholders(request, cycle) | {"rows": cycle_points(cycle)}
    return render(request, "materiality/stakeholder_table.html", context)


def points(request: HttpRequest, code: str, group: str) -> HttpResponse:
    """The group's lists; `?edit=` opens a bullet, `?add=` a list for a new one."""
    row = _group(code, group)
    edited = row.points.filter(pk=request.GET["edit"]).first() if request.GET.get("edit", "").isdecimal() else None
    kind = edited.kind if edited else request.GET.get("add", "")
    form = None
    if _may_edit(request, row) and kind in StakeholderPoint.Kind.values:
        form = PointForm(instance=edited, kind=kind)
    return _shown(request, row, kind if form else request.GET.get("list", ""), form, edited)


@require_POST
@needs(can_edit_cycle)
def point_save(request: HttpRequest, code: str, group: str, kind: str, pk: int | None = None) -> HttpResponse:
    """Add a bullet to the list of this kind, or change one."""
    if kind not in StakeholderPoint.Kind.values:
        raise Http404
    row = _group(code, group)
    edited = get_object_or_404(row.points, pk=pk, kind=kind) if pk else None
    form = PointForm(request.POST, instance=copy(edited), kind=kind)
    if form.is_valid():
        with refusals(form):
            save_point(group=row, kind=kind, texts=form.cleaned_data, by=request.user, point=edited)
            return _done(request, row, kind)
    return _shown(request, row, kind, form, edited)


@require_POST
@needs(can_edit_cycle)
def point_remove(request: HttpRequest, code: str, group: str, pk: int) -> HttpResponse:
    return _acted(request, _group(code, group), pk, remove_point)


@require_POST
@needs(can_edit_cycle)
def point_move(request: HttpRequest, code: str, group: str, pk: int) -> HttpResponse:
    """Move a bullet up or down by one."""
    return _acted(request, _group(code, group), pk, move_point, up=request.POST.get("direction") == "up")


def _acted(request: HttpRequest, group: Group, pk: int, act: Callable, **how: bool) -> HttpResponse:
    point = get_object_or_404(group.points, pk=pk)
    point.group = group
    refused: list[str] = []
    with refusals(refused):
        act(point=point, by=request.user, **how)
    return _done(request, group, point.kind, *refused)


def _done(request: HttpRequest, group: Group, kind: str, refused: str = "") -> HttpResponse:
    """The list again for htmx, else the page; with why it was refused, if it was."""
    if request.htmx:
        return _shown(request, group, kind, refused=refused)
    if refused:
        messages.error(request, refused)
    address = redirect("group_points", group.cycle.code, group.code)
    address["Location"] += f"#list-{kind}"
    return address


def _shown(
    request: HttpRequest,
    group: Group,
    kind: str = "",
    form: PointForm | None = None,
    edited: StakeholderPoint | None = None,
    refused: str = "",
) -> HttpResponse:
    """The page, or for htmx the one list of `kind`; the form stands where the bullet it changes stands."""
    held = group_points(group)
    context = in_stakeholders(request, group.cycle) | {"group": group, "lists": held.lists}
    context |= {"form": form, "kind": kind, "edited": edited, "refused": refused}
    if request.htmx and not request.htmx.history_restore_request and kind in StakeholderPoint.Kind.values:
        chosen = next(each for each in held.lists if each.kind == kind)
        context |= {"lists": [chosen], "partial": True}
    return render(request, "materiality/points.html", context)


def _may_edit(request: HttpRequest, group: Group) -> bool:
    return can_edit_cycle(request.user) and group.cycle.state in BEFORE_SIGN_OFF


def _group(code: str, group: str) -> Group:
    return get_object_or_404(Group.objects.select_related("cycle__edition"), cycle__code=code, code=group)
