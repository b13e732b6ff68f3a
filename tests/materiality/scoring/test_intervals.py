"""The expansion of Student's t, and the ends of the intervals."""

import numpy as np
import pytest
from scipy import stats

from materiality.scoring.intervals import intervals, t_quantile


@pytest.mark.parametrize("freedom", [4, 4.5, 5, 7.3, 10, 30, 100, 1e6])
def test_t_quantile_is_close_to_student(freedom):
    assert float(t_quantile(freedom)) == pytest.approx(stats.t.ppf(0.975, freedom), abs=0.01)


def test_t_quantile_below_three_is_that_of_three():
    assert float(t_quantile(1.2)) == float(t_quantile(3.0))


def test_t_quantile_without_limit_is_z():
    assert float(t_quantile(np.inf)) == 1.959964


def test_interval_is_clipped_to_the_scale():
    low, high = intervals(np.array([2.0, 99.0]), np.array([25.0, 25.0]), np.array([50.0, 50.0]))
    assert (low[0], high[1]) == (0, 100)
    assert high[0] == pytest.approx(2 + 5 * stats.t.ppf(0.975, 50), abs=1e-3)


@pytest.mark.parametrize("var", [0.0, np.nan])
def test_interval_without_variance_is_missing(var):
    low, high = intervals(np.array([50.0]), np.array([var]), np.array([3.0]))
    assert np.isnan([low, high]).all()
