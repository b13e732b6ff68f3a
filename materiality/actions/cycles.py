"""Close an assessment cycle."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from materiality.models import Cycle, Group, Job, User
from materiality.platform import audit
from materiality.platform.hooks import CLOSE_CYCLE, objections
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import (
    BEFORE_REVIEW,
    FIELDWORK,
    edition_in_force,
    last_run_number,
    locked_cycle,
    method_of,
)
from materiality.queries.stakeholders import default_groups
from materiality.scoring.method import Method


@transaction.atomic
def close_cycle(*, cycle: Cycle, by: User | None) -> Cycle:
    """Move a cycle to `closed`. NotAllowed in any state but draft and open, and while work on it is unfinished."""
    stored = locked_cycle(cycle, FIELDWORK)
    if stored.jobs.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING)).exists():
        raise NotAllowed(_("Jobs of this cycle are still running. Wait until they are over."))
    if reasons := objections(CLOSE_CYCLE, stored):
        raise NotAllowed(" ".join(reasons))
    before = stored.state
    stored.state = Cycle.State.CLOSED
    stored.full_clean()
    stored.save(update_fields=["state"])
    audit.record("close_cycle", stored, by=by, before={"state": before}, after={"state": stored.state})
    return stored


@transaction.atomic
def edit_cycle(
    *,
    cycle: Cycle,
    title_zh: str,
    title_en: str,
    gri_edition: str,
    period_start: date,
    period_end: date,
    by: User | None,
) -> Cycle:
    """Change titles, period and GRI edition. NotAllowed once the review has begun, or where the period is reversed."""
    stored = locked_cycle(cycle, BEFORE_REVIEW)
    if period_end < period_start:
        raise NotAllowed(_("The period ends before it starts."))
    wanted = {
        "title_zh": title_zh,
        "title_en": title_en,
        "gri_edition": gri_edition,
        "period_start": period_start,
        "period_end": period_end,
    }
    before = {name: getattr(stored, name) for name in wanted if getattr(stored, name) != wanted[name]}
    if not before:
        return stored
    after = {name: wanted[name] for name in before}
    for name, value in after.items():
        setattr(stored, name, value)
    stored.save(update_fields=list(after))
    audit.record("edit_cycle", stored, by=by, before=before, after=after)
    return stored


@transaction.atomic
def open_cycle(
    *,
    code: str,
    title_zh: str,
    title_en: str,
    gri_edition: str,
    period_start: date,
    period_end: date,
    purpose: str = Cycle.Purpose.PRIORITY,
    by: User | None,
) -> Cycle:
    """Create a cycle on the edition in force with the method for its purpose and the default groups, and open it.

    NotAllowed where no edition is in force, the code is taken or the period ends before it starts.
    """
    edition = edition_in_force()
    if edition is None:
        raise NotAllowed(_("No edition of the issue library is in force. Load the library first."))
    if Cycle.objects.filter(code=code).exists():
        raise NotAllowed(_("There is already a cycle with the code %(code)s.") % {"code": code})
    if period_end < period_start:
        raise NotAllowed(_("The period ends before it starts."))
    details = {"gri_edition": gri_edition, "period_start": period_start, "period_end": period_end}
    cycle = Cycle.objects.create(
        code=code,
        title_zh=title_zh,
        title_en=title_en,
        edition=edition,
        state=Cycle.State.OPEN,
        method=_plain(METHODS[purpose]),
        **details,
    )
    groups = Group.objects.bulk_create(Group(cycle=cycle, **values) for values in default_groups())
    after = {"edition": edition.code, "method": cycle.method, **details}
    audit.record("open_cycle", cycle, by=by, after=after, touched=groups)
    return cycle


METHODS = {
    Cycle.Purpose.PRIORITY: Method(),
    # Nobody has set thresholds before there is an assessment to look at.
    Cycle.Purpose.DOUBLE: Method(rule="either", thresholds="shares"),
}


@transaction.atomic
def set_method(*, cycle: Cycle, values: dict[str, Any], by: User | None) -> Cycle:
    """Set parameters of `Method` by name, all but the weights; what is not named stays.

    The event names the last run (`after_run`) where results had been seen before the change. NotAllowed once the
    review has begun; MethodError where a value cannot be used.
    """
    stored = locked_cycle(cycle, BEFORE_REVIEW)
    before = _plain(method_of(stored))
    method = replace(method_of(stored), **values)
    method.validate(list(method.weights) or None)
    after = _plain(method)
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        return stored
    stored.method = after
    stored.save(update_fields=["method"])
    last_run = last_run_number(stored)
    mark = {"after_run": last_run} if last_run else {}
    audit.record(
        "set_method",
        stored,
        by=by,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed} | mark,
    )
    return stored


def _plain(method: Method) -> dict[str, Any]:
    """Weights stand with the groups, so the cycle keeps none."""
    return {name: value for name, value in method.as_dict().items() if name != "weights"}
