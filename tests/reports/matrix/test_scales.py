"""How much of an axis is shown."""

from hypothesis import given
from hypothesis import strategies as st

from reports.matrix.scales import Scale, domain


@given(st.lists(st.floats(0, 100), min_size=1, max_size=40))
def test_domain_holds_all_scores_with_round_ticks(scores):
    low, high = domain(scores)
    assert low < min(scores) <= max(scores) < high
    ticks = Scale(low, high, 0, 1000).ticks()
    assert 3 <= len(ticks) <= 10
    assert all(low <= t <= high and 0 <= t <= 100 for t in ticks)
    assert len({b - a for a, b in zip(ticks, ticks[1:], strict=False)}) == 1


def test_domain_of_no_scores_is_whole():
    assert domain([]) == (0.0, 100.0)


def test_scale_is_cut_only_above_zero():
    assert Scale(*domain([55.0, 90.0]), 0, 1).is_cut
    assert not Scale(*domain([3.0, 90.0]), 0, 1).is_cut


def test_scale_of_y_runs_upwards():
    scale = Scale(50, 100, 1000, 0)
    assert (scale.px(50), scale.px(75), scale.px(100)) == (1000, 500, 0)
