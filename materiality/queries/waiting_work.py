"""What waits for a member of staff, such as files to be confirmed; every app adds its own when it is loaded."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class WaitingWork:
    """One thing that goes on only when somebody decides: what it is about, what is to be done, where, since when."""

    title: str
    words: str
    url: str
    since: datetime


Ask = Callable[[], list[WaitingWork]]
_asks: list[Ask] = []


def add_waiting(ask: Ask) -> None:
    """Have an app tell what waits; it should return few rows and take one query."""
    _asks.append(ask)


def what_waits() -> list[WaitingWork]:
    """All of it, the oldest first."""
    return sorted((work for ask in _asks for work in ask()), key=lambda work: work.since)
