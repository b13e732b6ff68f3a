"""The steps of a cycle, which are its navigation; every app adds its own when it is loaded."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from materiality.models import Cycle


@dataclass(frozen=True)
class Standing:
    """Where a step stands: done ✓, current ●, or empty, and a few words on it."""

    done: bool
    words: str = ""


@dataclass(frozen=True)
class Step:
    """One step: its place, label, URL name (which takes the cycle's code) and what tells where it stands."""

    order: int
    key: str
    label: str | Promise
    url_name: str
    standing: Callable[[Cycle], Standing]


_steps: dict[str, Step] = {}


def add_step(step: Step) -> None:
    """Add a step to the navigation of all cycles."""
    _steps[step.key] = step


def all_steps() -> list[Step]:
    """The steps in their order."""
    return sorted(_steps.values(), key=lambda step: step.order)


def standings(cycle: Cycle) -> list[tuple[Step, Standing]]:
    """Every step with where it stands; asked once per cycle object, as head and body of a page may both show it."""
    if "_standings" not in cycle.__dict__:
        cycle._standings = [(step, step.standing(cycle)) for step in all_steps()]
    return cycle._standings


def _scope(cycle: Cycle) -> Standing:
    return Standing(done=True, words=str(cycle.edition))


def _groups(cycle: Cycle) -> Standing:
    number = cycle.groups.count()
    return Standing(done=number > 0, words=_("%(count)s groups") % {"count": number})


def _scores(cycle: Cycle) -> Standing:
    run = cycle.runs.order_by("-number").only("number", "created_at").first()
    return Standing(done=run is not None, words=_("run %(number)s") % {"number": run.number} if run else "")


add_step(Step(10, "scope", _("Scope"), "cycle", _scope))
add_step(Step(20, "groups", _("Stakeholders"), "groups", _groups))
add_step(Step(50, "scores", _("Scores"), "scores", _scores))
