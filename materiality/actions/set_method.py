"""Change the method of a cycle."""

from dataclasses import replace
from typing import Any

from django.db import transaction

from materiality import audit
from materiality.cycle_states import BEFORE_REVIEW, locked_cycle
from materiality.models import Cycle, User
from materiality.queries.method import method_of
from materiality.queries.runs import last_run_number
from materiality.scoring.method import Method


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
    return {name: value for name, value in method.as_dict().items() if name != "weights"}
