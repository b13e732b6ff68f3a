"""How many ratings an interval takes, and the variance that it is computed from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from materiality.scoring.intervals import t_quantile
from surveys.questionnaire.needed_ratings import needed_ratings, variances
from surveys.questionnaire.planning import ratings_needed


@given(
    variance=st.lists(st.floats(0, 25), min_size=1, max_size=5), width=st.floats(0.5, 40), k=st.integers(2, 10)
)  # fmt: skip
def test_needed_ratings_are_the_fewest_that_are_enough(variance, width, k):
    unit = np.array(variance) * (100 / (k - 1)) ** 2
    found = needed_ratings(np.array(variance), width, k)

    def half(number):
        return t_quantile(number - 1) * np.sqrt(unit / number)

    assert (half(found) <= width * (1 + 1e-9)).all()
    assert ((found == 2) | (half(np.maximum(found - 1, 2)) > width * (1 - 1e-9))).all()


@pytest.mark.parametrize("width", [3, 5, 8])
def test_needed_ratings_agree_with_planning(width):
    assert needed_ratings(np.array([1.0]), width, 5).tolist() == [ratings_needed(width, 25)]


def test_needed_ratings_refuse_a_width_of_nothing():
    with pytest.raises(ValueError, match="positive"):
        needed_ratings(np.array([1.0]), 0, 5)


def test_variance_of_few_ratings_is_that_within_all_cells():
    columns = [[1, 2, 3, 4], [5, 5], [], [3]]
    number, total, squares = (np.array([[sum(v**p for v in each) for each in columns]]) for p in (0, 1, 2))
    pooled = (5.0 + 0.0) / (3 + 1)
    found = variances(number, total, squares, least=3, k=5)
    assert found == pytest.approx(np.array([[5 / 3, pooled, pooled, pooled]]))


def test_variance_without_any_rating_is_that_of_an_even_spread():
    nothing = np.zeros((1, 2), np.int64)
    assert variances(nothing, nothing, nothing, least=5, k=5).tolist() == [[2.0, 2.0]]
