"""Split questionnaires: even in sequence, every primary, every pair; nothing that a seed could tell."""

import random
import time
from itertools import combinations
from statistics import mean, median, pstdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.questionnaire.asking import draw_part, issues_each

# Sizes of the primaries of a library of 93 issues.
SIZES = [3, 4, 4, 5, 6, 3, 4, 5, 4, 3, 5, 4, 4, 3, 5, 3, 4, 5, 3, 4, 4, 3, 5]
PRIMARIES = [primary for primary, size in enumerate(SIZES) for _ in range(size)]


@st.composite
def surveys(draw):
    """(primaries, core, allowed, size, seed) of small surveys."""
    primaries = draw(st.lists(st.integers(0, 4), min_size=1, max_size=24))
    issues = st.sets(st.integers(0, len(primaries) - 1))
    allowed = draw(issues)
    core = draw(st.sets(st.sampled_from(sorted(allowed)), max_size=4)) if allowed else set()
    return primaries, core, allowed, draw(st.integers(0, 26)), draw(st.integers(0, 2**32))


def draw_many(primaries, core, allowed, size, rng, times):
    """Parts drawn one after another, each counted before the next; and the counts at the end."""
    counts = [0] * len(primaries)
    parts = []
    for _time in range(times):
        parts.append(draw_part(counts, size, primaries=primaries, core=core, allowed=allowed, rng=rng))
        for issue in parts[-1]:
            counts[issue] += 1
    return parts, counts


@pytest.mark.parametrize(
    ("issues", "expected", "min_n", "each"),
    [
        (93, 15_000, 30, 12),
        (93, 40, 5, 34),
        (93, 100, 30, 80),
        (93, 60, 30, 93),
        (93, 20, 30, 93),
        (93, 0, 30, 93),
        (8, 9000, 30, 8),
    ],
)
def test_issues_each_rates_every_issue_often_enough(issues, expected, min_n, each):
    assert issues_each(issues, expected, min_n) == each


@given(st.integers(1, 200), st.integers(1, 5000), st.integers(1, 100))
def test_issues_each_is_the_smallest_number_that_is_enough(issues, expected, min_n):
    each = issues_each(issues, expected, min_n)
    assert min(12, issues) <= each <= issues
    assert each == issues or 0.7 * each * expected > 2 * min_n * issues - 1e-6
    assert each <= 12 or 0.7 * (each - 1) * expected < 2 * min_n * issues + 1e-6


@given(surveys())
@settings(max_examples=150, deadline=None)
def test_part_has_its_size_the_core_and_no_issue_twice(survey):
    primaries, core, allowed, size, seed = survey
    for part in draw_many(primaries, core, allowed, size, random.Random(seed), 5)[0]:
        assert part == sorted(set(part))
        assert core <= set(part) <= allowed
        assert len(part) == max(len(core), min(size, len(allowed)))


@given(surveys(), st.integers(1, 40))
@settings(max_examples=150, deadline=None)
def test_counts_outside_the_core_differ_by_at_most_one_at_any_time(survey, times):
    primaries, core, allowed, size, seed = survey
    counts = draw_many(primaries, core, allowed, size, random.Random(seed), times)[1]
    drawn = [counts[issue] for issue in allowed - core]
    assert max(drawn, default=0) - min(drawn, default=0) <= 1
    assert all(counts[issue] == times for issue in core)
    assert all(counts[issue] == 0 for issue in range(len(primaries)) if issue not in allowed)


@given(surveys(), st.lists(st.integers(0, 5), min_size=24, max_size=24))
@settings(max_examples=200, deadline=None)
def test_part_takes_the_least_given_and_spreads_over_primaries(survey, counts):
    primaries, core, allowed, size, seed = survey
    part = set(draw_part(counts, size, primaries=primaries, core=core, allowed=allowed, rng=random.Random(seed)))
    drawn, free = part - core, allowed - part
    if not drawn or not free:
        return
    last = max(counts[issue] for issue in drawn)
    assert min(counts[issue] for issue in free) >= last
    # Where chance decided, no primary holds two more than another that still had an issue to give.
    held = [sum(primaries[issue] == primary for issue in part) for primary in range(5)]
    gave = {primaries[issue] for issue in drawn if counts[issue] == last}
    could = {primaries[issue] for issue in free if counts[issue] == last}
    assert all(held[some] <= held[other] + 1 for some in gave for other in could)


def test_parts_of_the_default_library_hold_at_most_two_of_a_primary():
    parts, _counts = draw_many(PRIMARIES, (), range(93), 12, random.Random(4), 2000)
    most = [max(map([PRIMARIES[issue] for issue in part].count, range(23))) for part in parts]
    assert max(most) <= 3
    # A second issue of a primary comes in only where a round of 93 ends: about one part in eight.
    assert sum(number > 1 for number in most) < len(parts) / 4


def test_pairs_of_issues_meet_about_equally_often():
    parts, _counts = draw_many(PRIMARIES, (), range(93), 12, random.Random(7), 12_000)
    met = dict.fromkeys(combinations(range(93), 2), 0)
    for part in parts:
        for pair in combinations(part, 2):
            met[pair] += 1
    apart = [times for (one, other), times in met.items() if PRIMARIES[one] != PRIMARIES[other]]
    # Independent draws would scatter by the square root of the mean (7 % of 190); pairs may scatter a third more.
    # Issues of one primary are kept apart on purpose and meet rarely.
    assert pstdev(apart) <= 1.33 * mean(apart) ** 0.5
    assert 0.6 * mean(apart) < min(apart) and max(apart) < 1.4 * mean(apart)


def test_order_of_parts_is_left_to_the_generator():
    def first(rng):
        return draw_part([0] * 93, 12, primaries=PRIMARIES, core=(), allowed=range(93), rng=rng)

    assert first(random.Random(1)) == first(random.Random(1))
    assert len({tuple(first(random.SystemRandom())) for _time in range(20)}) == 20


def test_part_is_drawn_within_a_millisecond():
    rng, counts, seconds = random.SystemRandom(), [0] * 93, []
    for _time in range(200):
        begun = time.perf_counter()
        part = draw_part(counts, 12, primaries=PRIMARIES, core=(), allowed=range(93), rng=rng)
        seconds.append(time.perf_counter() - begun)
        for issue in part:
            counts[issue] += 1
    assert median(seconds) < 0.001
