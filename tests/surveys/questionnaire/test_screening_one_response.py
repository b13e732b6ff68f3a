from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from materiality.scoring.cube import DONT_KNOW, NOT_ASKED, SKIPPED
from surveys.questionnaire.screening import (
    EFFECTS,
    FLAGS,
    GRACE_SECONDS,
    NOT_RECOMPUTABLE,
    Answers,
    Fieldwork,
    Rules,
    flag_names,
    flags_of,
    screen,
    seconds_per_item,
)

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
VARIED = bytes([1, 2, 3, 4, 5] * 8)


@pytest.mark.parametrize(
    ("ratings", "seconds", "closes_after", "expected"),
    [
        (VARIED, 400, None, []),
        (VARIED, 39, None, ["speeding"]),
        (bytes([3] * 40), 400, None, ["straight_line"]),
        (bytes([SKIPPED] * 21) + VARIED[:19], 400, None, ["incomplete"]),
        (bytes([DONT_KNOW] * 20) + bytes([SKIPPED] * 20), 400, None, []),
        (VARIED, 1600, 600, ["out_of_window"]),
        (VARIED, 1400, 600, []),
    ],
)
def test_flags_of_a_submitted_response(ratings, seconds, closes_after, expected):
    flags = flags_of(
        ratings,
        started_at=START,
        submitted_at=START + timedelta(seconds=seconds),
        opens_at=START - timedelta(days=1),
        closes_at=closes_after and START + timedelta(seconds=closes_after),
        rules=Rules(),
    )
    assert flag_names(flags) == expected


CODES = st.sampled_from([*range(1, 11), 1, 1, 1, SKIPPED, DONT_KNOW, NOT_ASKED])
VECTORS = st.one_of(
    st.binary(max_size=30), st.lists(CODES, max_size=60).map(bytes), CODES.map(lambda code: bytes([code] * 25))
)
# Round moments, and times a microsecond beside them, so that limits are met exactly.
MOMENTS = st.builds(
    lambda seconds, beside: START + timedelta(seconds=seconds, microseconds=beside),
    st.sampled_from([-GRACE_SECONDS, 0, 1, 2, 10, 25, GRACE_SECONDS, GRACE_SECONDS + 10]),
    st.integers(-1, 1),
)
ALL_RULES = st.builds(
    Rules,
    st.fixed_dictionaries({flag: st.sampled_from(EFFECTS) for flag in FLAGS}),
    incomplete_percent=st.integers(1, 100),
    straight_line_percent=st.integers(1, 100),
    straight_line_min=st.integers(2, 30),
    speeding_seconds=st.integers(1, 50).map(lambda tenths: tenths / 10),
)


@settings(deadline=None, max_examples=300)
@given(
    ratings=VECTORS,
    started=MOMENTS,
    submitted=MOMENTS,
    opens=st.none() | MOMENTS,
    closes=st.none() | MOMENTS,
    rules=ALL_RULES,
    attention=st.none() | CODES,
    wanted=st.none() | st.integers(1, 5),
    anonymous=st.booleans(),
)
def test_flags_of_one_response_are_those_of_screening_many(
    ratings, started, submitted, opens, closes, rules, attention, wanted, anonymous
):
    answers = Answers(
        ratings=np.frombuffer(ratings, dtype=np.uint8).reshape(1, -1),
        consent=np.ones(1, dtype=bool),
        submitted=np.ones(1, dtype=bool),
        started_at=np.array([started.timestamp()]),
        submitted_at=np.array([submitted.timestamp()]),
        tokens=[""],
        attention=np.array([-1 if attention is None else attention], dtype=np.int16),
    )
    window = {"opens": opens and opens.timestamp(), "closes": closes and closes.timestamp()}
    fieldwork = Fieldwork(**window, grace_seconds=GRACE_SECONDS, attention=wanted)
    expected = screen(answers, rules, fieldwork, always=NOT_RECOMPUTABLE if anonymous else 0)
    flags = flags_of(
        ratings,
        started_at=started,
        submitted_at=submitted,
        opens_at=opens,
        closes_at=closes,
        rules=rules,
        attention=attention,
        attention_value=wanted,
        anonymous=anonymous,
    )
    assert flags == int(expected[0])


@pytest.mark.parametrize(
    ("effect", "anonymous", "expected"),
    [
        ("off", False, []),
        ("off", True, ["out_of_window", "attention"]),
        ("mark", False, ["out_of_window", "attention"]),
    ],
)
def test_flags_that_cannot_be_computed_again_are_kept_of_anonymous_responses(effect, anonymous, expected):
    off = dict.fromkeys(("incomplete", "straight_line", "speeding", "duplicate", "no_consent"), "off")
    flags = flags_of(
        VARIED,
        started_at=START,
        submitted_at=START + timedelta(seconds=10),
        opens_at=START + timedelta(days=1),
        closes_at=None,
        rules=Rules({**off, "out_of_window": effect, "attention": effect}),
        attention=4,
        attention_value=2,
        anonymous=anonymous,
    )
    assert flag_names(flags) == expected


@pytest.mark.parametrize(
    ("ratings", "seconds", "expected"),
    [
        (bytes([1, 2, SKIPPED, NOT_ASKED]), 3.19, 1.5),
        (bytes([1, DONT_KNOW]), 90, 5.0),
        (bytes([SKIPPED, NOT_ASKED]), 90, None),
        (bytes([1]), -4, 0.0),
    ],
)
def test_seconds_per_item_count_what_is_answered(ratings, seconds, expected):
    assert seconds_per_item(ratings, START, START + timedelta(seconds=seconds)) == expected
