"""Add or change a stakeholder group."""

from dataclasses import asdict

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from materiality import audit
from materiality.cycle_states import BEFORE_REVIEW, FIELDWORK, locked_cycle
from materiality.group_values import GroupValues
from materiality.group_weights import refuse_no_weight
from materiality.models import Cycle, Group, User
from materiality.queries.runs import last_run_number
from materiality.refusals import NotAllowed


@transaction.atomic
def save_group(*, cycle: Cycle, values: GroupValues, by: User | None, group: Group | None = None) -> Group:
    """Add a group to the cycle, or change `group` of it; the code of a group that exists cannot change.

    NotAllowed where the state of the cycle forbids it, the code is taken, or no group would have a weight left.
    """
    stored = locked_cycle(cycle, BEFORE_REVIEW if group else FIELDWORK)
    wanted = asdict(values)
    if group is None:
        return _added(stored, wanted, by)
    if values.code != group.code:
        raise NotAllowed(_("The code of a group cannot change: responses and files name it."))
    before = {name: getattr(group, name) for name in wanted if getattr(group, name) != wanted[name]}
    if not before:
        return group
    for name in before:
        setattr(group, name, wanted[name])
    group.save(update_fields=list(before))
    refuse_no_weight(stored)
    after = {name: wanted[name] for name in before} | _mark(stored, before)
    audit.record("save_group", group, by=by, before=before, after=after)
    return group


def _added(cycle: Cycle, wanted: dict, by: User | None) -> Group:
    if cycle.groups.filter(code=wanted["code"]).exists():
        raise NotAllowed(_("There is already a group with the code %(code)s.") % {"code": wanted["code"]})
    last = cycle.groups.aggregate(last=Max("order"))["last"] or 0
    group = Group.objects.create(cycle=cycle, order=last + 1, **wanted)
    refuse_no_weight(cycle)
    audit.record("save_group", group, by=by, after=wanted)
    return group


def _mark(cycle: Cycle, changed: dict) -> dict:
    """Weights belong to the method: a change after results were seen names the last run."""
    last_run = last_run_number(cycle) if any(name.startswith("weight_") for name in changed) else None
    return {"after_run": last_run} if last_run else {}
