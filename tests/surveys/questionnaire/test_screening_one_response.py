from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from materiality.scoring.cube import DONT_KNOW, NOT_ASKED, SKIPPED
from surveys.questionnaire.ratings import OUTSIDE
from surveys.questionnaire.responses import ResponseColumns
from surveys.questionnaire.screening import (
    DEFAULT_EFFECTS,
    FLAGS,
    GRACE_SECONDS,
    Fieldwork,
    Rules,
    flag_names,
    flags_of,
    screen,
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
        (bytes([3] * 6), 400, None, ["straight_short"]),
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


@pytest.mark.parametrize(("effect", "expected"), [("off", []), ("mark", ["out_of_window", "attention"])])
def test_flags_of_rules_that_are_not_off(effect, expected):
    off = dict.fromkeys(FLAGS, "off")
    flags = flags_of(
        VARIED,
        started_at=START,
        submitted_at=START + timedelta(seconds=10),
        opens_at=START + timedelta(days=1),
        closes_at=None,
        rules=Rules({**off, "out_of_window": effect, "attention": effect}),
        attention=4,
        attention_value=2,
    )
    assert flag_names(flags) == expected


MOMENTS = st.integers(-7200, 7200).map(lambda tenths: START + timedelta(seconds=tenths / 10))


@given(
    st.lists(st.sampled_from([SKIPPED, 1, 1, 2, 5, OUTSIDE + 2, DONT_KNOW, NOT_ASKED]), min_size=1, max_size=40),
    MOMENTS,
    MOMENTS,
    st.none() | MOMENTS,
    st.none() | MOMENTS,
    st.sampled_from([None, SKIPPED, 2, 4, DONT_KNOW]),
)
def test_flags_of_one_response_are_those_of_columns(ratings, started, submitted, opens, closes, attention):
    rules = Rules(DEFAULT_EFFECTS | {"attention": "mark"})
    columns = ResponseColumns(
        group=[0],
        ratings=np.array([ratings], np.uint8),
        started_at=[started],
        submitted_at=[submitted],
        attention=[attention],
    )
    times = {"opens": opens and opens.timestamp(), "closes": closes and closes.timestamp()}
    fieldwork = Fieldwork(**times, grace_seconds=GRACE_SECONDS, attention=4)
    own = {"opens_at": opens, "closes_at": closes, "attention": attention, "attention_value": 4}
    flags = flags_of(bytes(ratings), started_at=started, submitted_at=submitted, rules=rules, **own)
    assert flag_names(flags) == flag_names(int(screen(columns, rules, fieldwork)[0]))
