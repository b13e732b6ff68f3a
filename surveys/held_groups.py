"""Groups of which too few new responses came: in a new run they stay as they were in the last one.

While an anonymous survey is open, two runs with one response between them would tell that response by subtraction. So
a group counts anew only with at least 5 new responses (architecture.md, Anonymous means unlinkable).
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

import numpy as np
from django.utils.translation import gettext as _

from materiality.counted import Counted
from materiality.models import Cycle, Run
from materiality.refusals import NotAllowed
from materiality.scoring.cube import Cube
from surveys.models import Survey

FEWEST_NEW = 5
_COUNTS = ("total", "submitted", "valid")


def hold_small_changes(cycle: Cycle, surveys: Iterable[Survey], counted: Counted) -> Counted:
    """The counts with the groups that changed by 1 to 4 valid responses as in the cycle's last run, nobody where there
    is none; their codes stand in `responses["held"]`. Unchanged unless an anonymous survey is open.

    NotAllowed where the last run has another scale, so that nothing of it can be kept.
    """
    if not any(survey.anonymous and survey.state == Survey.State.OPEN for survey in surveys):
        return counted
    last = Run.objects.filter(cycle=cycle).order_by("-number").first()
    held = _held(counted.responses["groups"], last.responses["groups"] if last else {})
    if not held:
        return counted
    kept = Cube.from_bytes(bytes(last.cube)) if last else counted.cube
    if kept.k != counted.cube.k:
        raise NotAllowed(
            _("Close the anonymous survey first: fewer than 5 new responses came, and the last run has another scale.")
        )
    cube = _with_slices(counted.cube, _only(kept, held if last else ()), held)
    return replace(counted, cube=cube, responses=_summary(counted.responses, last, held))


def _held(now: dict[str, dict], before: dict[str, dict]) -> list[str]:
    change = {code: abs(counts["valid"] - before.get(code, {}).get("valid", 0)) for code, counts in now.items()}
    return sorted(code for code, number in change.items() if 0 < number < FEWEST_NEW)


def _only(cube: Cube, groups: Collection[str]) -> Cube:
    """The cube of those of its groups that are named."""
    rows = np.array([place for place, code in enumerate(cube.groups) if code in groups], dtype=np.intp)
    return Cube(
        groups=tuple(cube.groups[row] for row in rows.tolist()),
        issues=cube.issues,
        k=cube.k,
        counts=cube.counts[rows],
        absent=cube.absent[rows],
        valid=cube.valid[rows],
        parts=None if cube.parts is None else cube.parts[:, rows],
    )


def _with_slices(cube: Cube, slices: Cube, held: Collection[str]) -> Cube:
    """`cube` in which the held groups have what `slices` has of them, nothing where it has nothing."""
    issues = sorted({*cube.issues, *slices.issues})
    others = _only(cube, set(cube.groups) - set(held))
    return others.aligned(cube.groups, issues) + slices.aligned(cube.groups, issues)


def _summary(responses: dict, last: Run | None, held: Collection[str]) -> dict:
    """The counts that a run stores beside its cube, with those of the last run for the held groups."""
    nothing = dict.fromkeys(_COUNTS, 0)
    before = last.responses["groups"] if last else {}
    groups = {code: before.get(code, nothing) if code in held else own for code, own in responses["groups"].items()}
    sums = {name: sum(counts[name] for counts in groups.values()) for name in _COUNTS}
    return {**responses, **sums, "unfinished": sums["total"] - sums["submitted"], "groups": groups, "held": [*held]}
