"""Differences between groups beyond chance."""

import numpy as np
import pytest

from materiality.scoring.contrasts import contrasts, holm, two_sided
from materiality.scoring.method import Method
from materiality.scoring.run import Counts, score_counts

from .responses import random_answers


def test_holm_by_hand():
    found = holm(np.array([0.01, 0.04, 0.03, np.nan, 0.005]))
    assert found[:3].tolist() == pytest.approx([0.03, 0.06, 0.06])
    assert np.isnan(found[3]) and found[4] == pytest.approx(0.02)
    assert holm(np.array([])).size == 0


@pytest.mark.parametrize("freedom", [1, 5, 8.5, 30, 199, 250, 4000])
def test_two_sided_p_is_that_of_student(freedom):
    from scipy.stats import t as student

    for t in (0, 0.3, 1, 2, 2.5, 4, 6):
        expected = pytest.approx(2 * student.sf(t, freedom), rel=0.05, abs=1e-8)
        assert float(two_sided(np.array(float(t)), np.array(float(freedom)))) == expected


def test_a_group_is_compared_with_the_mean_of_the_others_without_its_habit():
    answers = random_answers(3, 200, 3, 6, absent=0.1, whole=True)
    scored = score_counts(Counts.of(answers.cube()), Method())
    found = contrasts(scored.cells, scored.fits, scored.moved, np.array([True, False, False]))
    level = scored.cells.ratings.score[:, :, 0] - scored.fits[0].habit[:, None]
    assert found.of_groups[1, :, 0] == pytest.approx(level[1] - (level[0] + level[2]) / 2)
    assert found.of_sides[:, 0] == pytest.approx(level[0] - (level[1] + level[2]) / 2)
    assert found.of_groups[..., 0].mean(axis=1) == pytest.approx(0, abs=1e-9)  # habits are out
    assert np.nanmin(found.p_of_groups) >= 0 and np.nanmax(found.p_of_groups) <= 1


def test_a_planted_difference_is_found_and_chance_is_not():
    rng = np.random.default_rng(2)
    answers = random_answers(5, 600, 3, 20, absent=0.0, whole=True)
    ratings = rng.integers(2, 5, answers.ratings.shape).astype(np.uint8)
    column = answers.columns.index((4, 0))
    ratings[answers.group_index == 1, column] = 5
    cube = type(answers)(answers.groups, answers.issues, 5, answers.columns, answers.group_index, ratings).cube()
    scored = score_counts(Counts.of(cube), Method())
    found = contrasts(scored.cells, scored.fits, scored.moved, np.array([False, True, False]))
    beyond = np.argwhere(found.p_of_groups < 0.05)
    assert {tuple(each) for each in beyond.tolist()} <= {(0, 4, 0), (1, 4, 0), (2, 4, 0)}
    assert found.p_of_groups[1, 4, 0] < 0.001 and found.of_sides[4, 0] > 20


def test_an_issue_of_one_group_has_nothing_to_compare():
    answers = random_answers(5, 60, 1, 3, whole=True)
    scored = score_counts(Counts.of(answers.cube()), Method())
    found = contrasts(scored.cells, scored.fits, scored.moved, np.array([True]))
    assert np.isnan(found.of_groups).all() and np.isnan(found.p_of_sides).all()
