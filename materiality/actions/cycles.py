"""Assessment cycles: open, change the details, set the method, close."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from materiality.actions.stakeholders import save_group
from materiality.models import Cycle, Group, Job, Run, User
from materiality.platform import audit
from materiality.platform.hooks import CHOOSE_SCOPE, CLOSE_CYCLE, Step, digest_for, objections, tell_rescoped
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import (
    BEFORE_ARCHIVE,
    BEFORE_REVIEW,
    BEFORE_SIGN_OFF,
    FIELDWORK,
    edition_in_force,
    last_run_number,
    left_out_by,
    locked_cycle,
    method_of,
)
from materiality.queries.stakeholders import default_groups
from materiality.queries.years import frozen_cuts, frozen_cuts_problems
from materiality.scoring.method import Method

Weights = Mapping[str, Mapping[str, float]]
OPENED_WITH = ("edition", "method", "gri_edition", "period_start", "period_end", "published_on")


@transaction.atomic
def close_cycle(*, cycle: Cycle, by: User | None) -> Cycle:
    """Move a cycle to `closed`. NotAllowed in any state but draft and open, and while work on it is unfinished."""
    stored = locked_cycle(cycle, FIELDWORK)
    if stored.jobs.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING)).exists():
        raise NotAllowed(_("Jobs of this cycle are still running. Wait until they are over."))
    if reasons := objections(CLOSE_CYCLE, stored):
        raise NotAllowed(" ".join(reasons))
    with audit.audited("close_cycle", stored, by=by, fields=["state"]):
        audit.write(stored, {"state": Cycle.State.CLOSED})
    return stored


@transaction.atomic
def edit_cycle(*, cycle: Cycle, by: User | None, **values: Any) -> Cycle:
    """Change titles, period, day of publication and GRI edition.

    NotAllowed once the review has begun (the day of publication: once the cycle is archived), or where the period is
    reversed.
    """
    stored = locked_cycle(cycle, BEFORE_ARCHIVE if set(values) == {"published_on"} else BEFORE_REVIEW)
    with audit.audited("edit_cycle", stored, by=by, fields=values):
        audit.write(stored, values)
    return stored


@transaction.atomic
def open_cycle(*, by: User | None, purpose: str = Cycle.Purpose.PRIORITY, **values: Any) -> Cycle:
    """Create a cycle of these columns on the edition in force with the method for its purpose and the default groups.

    NotAllowed where no edition is in force, the code is taken or the period ends before it starts.
    """
    edition = edition_in_force()
    if edition is None:
        raise NotAllowed(_("No edition of the issue library is in force. Load the library first."))
    if Cycle.objects.filter(code=values["code"]).exists():
        raise NotAllowed(_("There is already a cycle with the code %(code)s.") % {"code": values["code"]})
    cycle = Cycle(edition=edition, languages=edition.languages, state=Cycle.State.OPEN, method=_plain(METHODS[purpose]))
    audit.write(cycle, values)
    groups = Group.objects.bulk_create(Group(cycle=cycle, **columns) for columns in default_groups())
    audit.record("open_cycle", cycle, by=by, after=audit.told(cycle, OPENED_WITH), touched=groups)
    return cycle


@transaction.atomic
def choose_scope(*, cycle: Cycle, issues: Collection[str], by: User | None) -> Cycle:
    """Assess these issues (codes of such as have none below them) and those above them; surveys in draft follow.

    NotAllowed without any issue, once fieldwork is over, or where an app objects, as where people were asked.
    """
    stored = locked_cycle(cycle, FIELDWORK)
    if reasons := objections(CHOOSE_SCOPE, stored):
        raise NotAllowed(" ".join(reasons))
    left_out = left_out_by(stored, issues)
    with audit.audited("choose_scope", stored, by=by, fields=["left_out"]):
        audit.write(stored, {"left_out": left_out})
    tell_rescoped(stored, by)
    return stored


@transaction.atomic
def set_sample(*, cycle: Cycle, shown: bool, by: User | None) -> None:
    """Put the sample aside, or bring it back. NotAllowed for a cycle of one's own."""
    stored = Cycle.objects.select_for_update().get(pk=cycle.pk)
    if not stored.sample:
        raise NotAllowed(_("Only sample data can be put aside."))
    with audit.audited("set_sample", stored, by=by, fields=["sample"]):
        audit.write(stored, {"sample": Cycle.Sample.SHOWN if shown else Cycle.Sample.ASIDE})


@transaction.atomic
def confirm_step(*, cycle: Cycle, step: Step, by: User | None) -> None:
    """Vouch for what a step rests on now. NotAllowed where nothing is there to be vouched for."""
    stored = locked_cycle(cycle, BEFORE_SIGN_OFF)
    if missing := step.standing(stored).missing:
        raise NotAllowed(_("This cannot be confirmed yet: %(reasons)s.") % {"reasons": "; ".join(map(str, missing))})
    audit.write(stored, {"confirmed": stored.confirmed | {step.key: digest_for(step, stored)}})
    audit.record("confirm_step", stored, by=by, after={"step": step.key})


METHODS = {
    Cycle.Purpose.PRIORITY: Method(),
    # Nobody has set thresholds before there is an assessment to look at.
    Cycle.Purpose.DOUBLE: Method(rule="either", thresholds="shares"),
}


@transaction.atomic
def set_method(
    *, cycle: Cycle, values: dict[str, Any], by: User | None, weights: Weights | None = None, told: dict | None = None
) -> Cycle:
    """Set parameters of `Method` by name, and weights {group: {dimension: weight}}; what is not named stays. `told`
    stands in the event too.

    The event names the last run (`after_run`) where results had been seen before a change of more than names.
    NotAllowed once the review has begun; MethodError where a value cannot be used.
    """
    stored = locked_cycle(cycle, BEFORE_REVIEW)
    before = _plain(method_of(stored))
    method = replace(method_of(stored), **values)
    replace(method, weights={**method.weights, **(weights or {})}).validate(list(method.weights) or None)
    _set_weights(stored, method.weights, weights or {}, by)
    # Names stand there only where there are any.
    before, after = ({"names": {}, **each} for each in (before, _plain(method)))
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        return stored
    stored.method = _plain(method)
    stored.save(update_fields=["method"])
    last_run = last_run_number(stored)
    # What things are called changes no result.
    mark = {"after_run": last_run} if last_run and changed != ["names"] else {}
    audit.record(
        "set_method",
        stored,
        by=by,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed} | mark | (told or {}),
    )
    return stored


@transaction.atomic
def freeze_cuts(*, cycle: Cycle, run: Run, by: User | None, anyway: bool = False) -> Cycle:
    """Take the cuts of an earlier cycle's run as the numbers of this cycle's method.

    NotAllowed where a cut separates nothing, or groups, weights, estimator or scale differ: `anyway` keeps the numbers
    all the same, and the event says against which reasons.
    """
    values, problems = frozen_cuts(run), frozen_cuts_problems(cycle, run)
    if values is None:
        raise NotAllowed(_("A cut of that run separates nothing, so there is no number to keep."))
    if problems and not anyway:
        raise NotAllowed(" ".join([_("The numbers of that run would not mean the same here."), *problems]))
    told = {"cuts_of": f"{run.cycle.code}, {run.number}"} | ({"against": problems} if problems else {})
    return set_method(cycle=cycle, values=values, by=by, told=told)


def _set_weights(cycle: Cycle, before: Weights, after: Weights, by: User | None) -> None:
    for group in cycle.groups.filter(code__in=[code for code in after if after[code] != before.get(code)]):
        columns = {f"weight_{dimension}": weight for dimension, weight in after[group.code].items()}
        save_group(cycle=cycle, group=group, values={"code": group.code, **columns}, by=by)


def _plain(method: Method) -> dict[str, Any]:
    """Weights stand with the groups, so the cycle keeps none."""
    return {name: value for name, value in method.as_dict().items() if name != "weights"}
