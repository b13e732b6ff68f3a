"""Responses as columns: what imports and the demo hand over to be screened and stored."""

from dataclasses import dataclass, field, fields
from datetime import UTC, datetime

import numpy as np

from surveys.questionnaire.screening import Answers


def utc(moment: datetime | None) -> datetime | None:
    """A time as the database gives it, with its zone: SQLite leaves it out."""
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


@dataclass
class ResponseColumns:
    """R responses of one survey. `group` holds primary keys of groups; times are aware or None.

    ratings: uint8[R, items] in the survey's frozen order; unfinished, consent: bool[R].
    """

    group: list[int]
    channel: list[str]
    language: list[str]
    token: list[str]
    started_at: list[datetime | None]
    submitted_at: list[datetime | None]
    unfinished: np.ndarray
    consent: np.ndarray
    comment: list[str]
    ratings: np.ndarray
    seconds_per_item: list[float | None] = field(default_factory=list)
    profile: list[dict] = field(default_factory=list)
    attention: list[int | None] = field(default_factory=list)
    notice_version: list[int | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in ("seconds_per_item", "attention", "notice_version"):
            setattr(self, name, getattr(self, name) or [None] * len(self))
        self.profile = self.profile or [{}] * len(self)

    def pick(self, rows: np.ndarray) -> "ResponseColumns":
        """The responses at these places, in this order."""
        at = rows.tolist()
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return ResponseColumns(
            **{name: old[rows] if isinstance(old, np.ndarray) else [old[n] for n in at] for name, old in values.items()}
        )

    def __len__(self) -> int:
        return len(self.group)

    def answers(self) -> Answers:
        """The same responses as screening wants them."""
        return Answers(
            ratings=self.ratings,
            consent=self.consent,
            submitted=~self.unfinished,
            started_at=epoch_seconds(self.started_at),
            submitted_at=epoch_seconds(self.submitted_at),
            tokens=self.token,
            attention=np.array([-1 if code is None else code for code in self.attention], dtype=np.int16),
        )


def epoch_seconds(times: list[datetime | None]) -> np.ndarray:
    """Seconds since 1970, float64, nan where unknown."""
    return np.array([np.nan if time is None else time.timestamp() for time in times], dtype=np.float64)
