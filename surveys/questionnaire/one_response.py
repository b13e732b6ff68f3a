"""Screening of the one response that is being submitted."""

from datetime import datetime

import numpy as np

from materiality.scoring.codes import NOT_ASKED, SKIPPED
from surveys.questionnaire.rules import GRACE_SECONDS, NOT_RECOMPUTABLE, Rules
from surveys.questionnaire.screening import Answers, Fieldwork, capped_seconds_per_item, screen


def flags_of(
    ratings: bytes,
    *,
    started_at: datetime,
    submitted_at: datetime,
    opens_at: datetime | None,
    closes_at: datetime | None,
    rules: Rules,
    attention: int | None = None,
    attention_value: int | None = None,
    anonymous: bool = False,
) -> int:
    """The flags that a submitted response with consent and without a token earns (scoring.md, Screening rules).

    `attention` is the answer to the attention question (None = not asked), `attention_value` the rating it asks for.
    Of an `anonymous` response what cannot be computed again is flagged also where the rule is off.
    """
    answers = Answers(
        ratings=np.frombuffer(ratings, dtype=np.uint8).reshape(1, -1),
        consent=np.ones(1, dtype=bool),
        submitted=np.ones(1, dtype=bool),
        started_at=np.array([started_at.timestamp()]),
        submitted_at=np.array([submitted_at.timestamp()]),
        tokens=[""],
        attention=np.array([-1 if attention is None else attention], dtype=np.int16),
    )
    fieldwork = Fieldwork(
        opens=opens_at and opens_at.timestamp(),
        closes=closes_at and closes_at.timestamp(),
        grace_seconds=GRACE_SECONDS,
        attention=attention_value,
    )
    return int(screen(answers, rules, fieldwork, always=NOT_RECOMPUTABLE if anonymous else 0)[0])


def seconds_per_item(ratings: bytes, started_at: datetime, submitted_at: datetime) -> float | None:
    """Seconds per answered item as anonymous responses keep them; None where nothing was answered."""
    answered = len(ratings) - ratings.count(SKIPPED) - ratings.count(NOT_ASKED)
    return capped_seconds_per_item(max(0.0, (submitted_at - started_at).total_seconds()), answered)
