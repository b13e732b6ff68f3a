"""What stands against closing a cycle; apps above say so for what they hold."""

from collections.abc import Callable

from materiality.models import Cycle

Objection = Callable[[Cycle], str]

_objections: list[Objection] = []


def add_objection(objection: Objection) -> None:
    """Register a function that gives a sentence on what must be finished first, or an empty text."""
    if objection not in _objections:
        _objections.append(objection)


def objections(cycle: Cycle) -> list[str]:
    """Everything that must be finished before the cycle can be closed."""
    return [reason for objection in _objections if (reason := str(objection(cycle)))]
