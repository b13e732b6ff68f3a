"""Pages of the stakeholder groups of a cycle."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from materiality.actions.remove_group import remove_group
from materiality.actions.save_group import save_group
from materiality.cycle_states import BEFORE_REVIEW, FIELDWORK
from materiality.forms.group import GroupForm
from materiality.models import Cycle, Group
from materiality.permissions import can_edit_cycle, needs
from materiality.queries.group_shares import group_shares
from materiality.refusals import NotAllowed
from materiality.resources.groups import groups_file
from materiality.table_file import TYPES
from materiality.views.cycle_of import cycle_of


def groups(request: HttpRequest, code: str) -> HttpResponse:
    """The groups with definitions, weights and targets."""
    cycle = cycle_of(code)
    may_edit = can_edit_cycle(request.user)
    context = _context(cycle) | {
        "shares": group_shares(list(cycle.groups.all())),
        "pooled": cycle.method.get("weighting") == "by_response",
        "may_edit": may_edit and cycle.state in BEFORE_REVIEW,
        "may_add": may_edit and cycle.state in FIELDWORK,
    }
    return render(request, "materiality/groups.html", context)


@needs(can_edit_cycle)
def new_group(request: HttpRequest, code: str) -> HttpResponse:
    """Add a group."""
    return _edited(request, cycle_of(code), None)


@needs(can_edit_cycle)
def group(request: HttpRequest, code: str, group: str) -> HttpResponse:
    """Change a group."""
    cycle = cycle_of(code)
    return _edited(request, cycle, get_object_or_404(Group, cycle=cycle, code=group))


@require_POST
@needs(can_edit_cycle)
def remove(request: HttpRequest, code: str, group: str) -> HttpResponse:
    """Remove a group, or say why it stays."""
    row = get_object_or_404(Group.objects.select_related("cycle"), cycle__code=code, code=group)
    try:
        remove_group(group=row, by=request.user)
        messages.success(request, _("The group “%(group)s” is removed.") % {"group": row.name})
    except NotAllowed as refusal:
        messages.error(request, refusal.reason)
    return redirect("groups", code)


def group_export(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The groups as a file in the `groups` format."""
    if kind not in TYPES:
        raise Http404
    cycle = cycle_of(code)
    disposition = f'attachment; filename="{cycle.code}-groups.{kind}"'
    return HttpResponse(groups_file(cycle, kind), TYPES[kind], headers={"Content-Disposition": disposition})


def _edited(request: HttpRequest, cycle: Cycle, row: Group | None) -> HttpResponse:
    form = GroupForm(request.POST or None, cycle=cycle, group=row)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_group(cycle=cycle, values=form.values(), by=request.user, group=row)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("The group “%(group)s” is saved.") % {"group": saved.name})
            return redirect("groups", cycle.code)
    context = _context(cycle) | {"form": form, "group": row, "may_remove": row and cycle.state in FIELDWORK}
    return render(request, "materiality/group.html", context)


def _context(cycle: Cycle) -> dict:
    return {"cycle": cycle, "step": "groups", "section": "cycles"}
