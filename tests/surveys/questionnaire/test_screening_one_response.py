from datetime import UTC, datetime, timedelta

import pytest

from materiality.scoring.cube import DONT_KNOW, SKIPPED
from surveys.questionnaire.screening import FLAGS, Rules, flag_names, flags_of

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


@pytest.mark.parametrize(
    ("effect", "anonymous", "expected"),
    [
        ("off", False, []),
        ("off", True, ["speeding", "out_of_window", "attention"]),
        ("mark", False, ["out_of_window", "attention"]),
    ],
)
def test_flags_that_cannot_be_computed_again_are_kept_of_anonymous_responses(effect, anonymous, expected):
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
        anonymous=anonymous,
    )
    assert flag_names(flags) == expected
