"""When a survey takes answers."""

from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from surveys.questionnaire.rules import GRACE_SECONDS

GRACE = timedelta(seconds=GRACE_SECONDS)


class Window(Protocol):
    """What a survey, or a row that was read with it, says about its times."""

    state: str
    opens_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None


class Standing(Enum):
    """Whether answers are taken now."""

    NOT_YET = "not yet"
    OPEN = "open"
    GRACE = "grace"
    CLOSED = "closed"


def closing_time(window: Window) -> datetime | None:
    """The planned closing, or the moment when it was closed by hand, whichever was earlier; None = open end."""
    times = [at for at in (window.closes_at, window.closed_at) if at is not None]
    return min(times, default=None)


def standing(window: Window, now: datetime, begun: datetime | None = None) -> Standing:
    """Where the survey stands `now` for answers begun at that time; GRACE for 15 minutes after the closing if they
    were begun before it (scoring.md, out_of_window).
    """
    if window.state == "draft" or (window.opens_at is not None and now < window.opens_at):
        return Standing.NOT_YET
    end = closing_time(window)
    if end is None:
        return Standing.OPEN if window.state == "open" else Standing.CLOSED
    if now <= end:
        return Standing.OPEN
    return Standing.GRACE if begun is not None and begun < end and now <= end + GRACE else Standing.CLOSED
