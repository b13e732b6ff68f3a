"""Pages of a group's three lists, and the printable table of all groups."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from materiality.actions.move_point import move_point
from materiality.actions.remove_point import remove_point
from materiality.actions.save_point import save_point
from materiality.cycle_states import BEFORE_SIGN_OFF
from materiality.forms.stakeholders import PointForm
from materiality.models import Group, StakeholderPoint
from materiality.permissions import can_edit_cycle, needs
from materiality.queries.stakeholders import cycle_points, group_points
from materiality.refusals import NotAllowed
from materiality.views.cycle_of import cycle_of


def stakeholder_table(request: HttpRequest, code: str) -> HttpResponse:
    """Groups, expectations, channels and responses in one table, as a report prints it."""
    cycle = cycle_of(code)
    context = {"cycle": cycle, "step": "groups", "section": "cycles", "rows": cycle_points(cycle)}
    context["may_edit"] = can_edit_cycle(request.user) and cycle.state in BEFORE_SIGN_OFF
    return render(request, "materiality/stakeholder_table.html", context)


def points(request: HttpRequest, code: str, group: str) -> HttpResponse:
    """The group's lists; `?edit=` opens a bullet, `?add=` a list for a new one."""
    row = _group(code, group)
    edited = row.points.filter(pk=request.GET["edit"]).first() if request.GET.get("edit", "").isdecimal() else None
    kind = edited.kind if edited else request.GET.get("add", "")
    form = None
    if _may_edit(request, row) and kind in StakeholderPoint.Kind.values:
        form = PointForm(initial={"text_zh": edited.text_zh, "text_en": edited.text_en} if edited else {})
    return _shown(request, row, kind if form else request.GET.get("list", ""), form, edited)


@require_POST
@needs(can_edit_cycle)
def save(request: HttpRequest, code: str, group: str, kind: str, pk: int | None = None) -> HttpResponse:
    """Add a bullet to the list of this kind, or change one."""
    if kind not in StakeholderPoint.Kind.values:
        raise Http404
    row = _group(code, group)
    edited = get_object_or_404(row.points, pk=pk, kind=kind) if pk else None
    form = PointForm(request.POST)
    if form.is_valid():
        try:
            save_point(group=row, kind=kind, **form.cleaned_data, by=request.user, point=edited)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            return _done(request, row, kind, "")
    return _shown(request, row, kind, form, edited)


@require_POST
@needs(can_edit_cycle)
def remove(request: HttpRequest, code: str, group: str, pk: int) -> HttpResponse:
    """Remove a bullet."""
    row = _group(code, group)
    point = get_object_or_404(row.points, pk=pk)
    point.group = row
    return _done(request, row, point.kind, _tried(lambda: remove_point(point=point, by=request.user)))


@require_POST
@needs(can_edit_cycle)
def move(request: HttpRequest, code: str, group: str, pk: int) -> HttpResponse:
    """Move a bullet up or down by one."""
    row = _group(code, group)
    point = get_object_or_404(row.points, pk=pk)
    point.group = row
    up = request.POST.get("direction") == "up"
    return _done(request, row, point.kind, _tried(lambda: move_point(point=point, up=up, by=request.user)))


def _tried(action: Callable[[], object]) -> str:
    """The reason of a refusal, empty where the action was done."""
    try:
        action()
    except NotAllowed as refusal:
        return refusal.reason
    return ""


def _done(request: HttpRequest, group: Group, kind: str, refused: str) -> HttpResponse:
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
    context = {"cycle": group.cycle, "group": group, "step": "groups", "section": "cycles", "lists": held.lists}
    context |= {"form": form, "kind": kind, "edited": edited, "refused": refused, "may_edit": _may_edit(request, group)}
    if request.htmx and not request.htmx.history_restore_request and kind in StakeholderPoint.Kind.values:
        chosen = next(each for each in held.lists if each.kind == kind)
        context |= {"lists": [chosen], "partial": True}
    return render(request, "materiality/points.html", context)


def _may_edit(request: HttpRequest, group: Group) -> bool:
    return can_edit_cycle(request.user) and group.cycle.state in BEFORE_SIGN_OFF


def _group(code: str, group: str) -> Group:
    return get_object_or_404(Group.objects.select_related("cycle__edition"), cycle__code=code, code=group)
