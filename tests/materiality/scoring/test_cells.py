"""The eight worked examples of scoring.md, version 2, to the digits printed there."""

import numpy as np
import pytest

from materiality.scoring.cells import Cells, Ratings, _one_by_one, cells_of, fit_dimension, ratings_of
from materiality.scoring.certainty import drawn_to_mean, within_cuts
from materiality.scoring.estimates import Estimates, Sources, deviations_of, moderate
from materiality.scoring.figures import Halo, halo, spread_beyond_chance
from materiality.scoring.method import Method
from materiality.scoring.run import Counts, run, score_counts
from materiality.scoring.tiers import Cuts, Placing, place

from .responses import table

ONE_ISSUE = table(
    [
        ("users", [(5, 4)]),
        ("users", [(4, 4)]),
        ("users", [(3, 0)]),
        ("users", [(5, 2)]),
        ("employees", [(2, 3)]),
        ("employees", [(4, 5)]),
        ("employees", [(0, 4)]),
    ]
)
ONE_ISSUE_METHOD = Method(min_n=2, weights={"employees": {"society": 1, "business": 3}})


def digits(values, number):
    """Equal to the digits printed."""
    return pytest.approx(np.asarray(values, dtype=float), abs=0.5000001 * 10**-number)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("society", 65.625),
        ("business", 70.833333),
        ("plain_society", 65.625),
        ("var_society", 192.057292),
        ("var_business", 134.548611),
        ("cov", 128.806053),
        ("priority", 68.229167),
        ("var_priority", 146.054502),
        ("society_low", 21.846177),
        ("society_high", 100),
        ("business_low", 34.190563),
        ("business_high", 100),
    ],
)
def test_one_issue(field, value):
    issue = run(Counts.of(ONE_ISSUE.cube()), ONE_ISSUE_METHOD, {}).issues[0]
    assert getattr(issue, field) == digits(value, 6)
    assert issue.base == {"society": (2, 2), "business": (2, 2)}


@pytest.mark.parametrize(
    ("group", "dimension", "n", "mean", "score"),
    [
        ("users", "society", 4, 4.25, 81.25),
        ("users", "business", 3, 3.333333, 58.333333),
        ("employees", "society", 2, 3, 50),
        ("employees", "business", 3, 4, 75),
    ],
)
def test_one_issue_cells(group, dimension, n, mean, score):
    result = run(Counts.of(ONE_ISSUE.cube()), ONE_ISSUE_METHOD, {})
    cell = result.groups_of(result.issues[0])[group][dimension]
    assert (cell.n, cell.counts) == (n, True)
    assert [cell.mean, cell.score] == digits([mean, score], 6)


def test_one_issue_degrees_of_freedom():
    scored = score_counts(Counts.of(ONE_ISSUE.cube()), ONE_ISSUE_METHOD)
    assert scored.estimates.freedom.tolist() == [[3, 3]]


def test_clipping():
    pairs = [(5, 1), (1, 5), (3, 0), (3, 0), (3, 0), (0, 3), (0, 3), (0, 3)]
    method = Method(cuts="absolute", cut_low=40.0, cut_high=60.0)
    issue = run(Counts.of(table([("users", [pair]) for pair in pairs]).cube()), method, {}).issues[0]
    assert [issue.var_society, issue.var_business, issue.cov] == pytest.approx([250, 250, -250], abs=1e-9)
    assert (issue.var_priority, issue.tier, issue.tier_certainty) == (0, "medium", None)


SCORES = np.array([[70, 60, 65, 50], [80, 70, 74, 60], [np.nan, 40, 54, np.nan]])


def test_comparable_score():
    found = fit_dimension(SCORES, ~np.isnan(SCORES), np.ones(3))
    assert found.plain == digits([75, 56.666667, 64.333333, 55], 6)
    assert found.habit == pytest.approx([1.875, 11.625, -13.5], abs=1e-12)
    assert found.comparable == digits([68.25, 56.666667, 64.333333, 48.25], 6)


def test_comparable_score_with_weights():
    found = fit_dimension(SCORES, ~np.isnan(SCORES), np.array([1.0, 3.0, 1.0]))
    assert found.plain == pytest.approx([77.5, 62, 68.2, 57.5], abs=1e-12)
    assert found.habit == pytest.approx([-2.7875, 6.9625, -18.1], abs=1e-12)
    assert found.comparable == pytest.approx([72.975, 62, 68.2, 52.975], abs=1e-12)


def test_comparable_score_as_a_combination_of_cells():
    counts = ~np.isnan(SCORES)
    found = fit_dimension(SCORES, counts, np.ones(3))
    group, issue = np.nonzero(counts)
    unit = np.zeros((len(group), 4))
    unit[np.arange(len(group)), issue] = 1
    combination = np.zeros((3, 4))
    combination[group, issue] = found.carried(unit, group, plain=False)[:, 0]
    expected = [[1 / 2, -1 / 12, -1 / 12, 0], [1 / 2, -1 / 12, -1 / 12, 0], [0, 1 / 6, 1 / 6, 0]]
    assert combination == pytest.approx(np.array(expected), abs=1e-12)


def test_moderated_variance():
    v = np.array([0, 0.3, 0.7, 0.5, 0.5])[None, :, None].repeat(2, axis=2)
    n, nothing = np.full(v.shape, 5), np.zeros(v.shape)
    ratings = Ratings(
        ("g",), tuple("abcde"), 5, np.array([5]), n, nothing, nothing, v, n[..., 0], nothing[..., 0], n > 0
    )
    found = moderate(Cells(ratings, np.ones((1, 2)), np.ones((1, 2), bool), n > 0))
    assert (found.v0[0, 0], found.d0[0, 0]) == (pytest.approx(0.4), 4)
    assert found.v_star[0, :, 0] == pytest.approx([0.20, 0.35, 0.55, 0.45, 0.45], abs=1e-12)


ROWS = [[(5, 4), (5, 3)], [(4, 4), (5, 4)], [(3, 2), (5, 4)], [(5, 3), (5, 2)], [(2, 2), (5, 4)]]


def deviations(rows):
    counts = Counts.of(table([("g", row) for row in rows], issues=("X", "Y")[: len(rows[0])]).cube())
    return deviations_of(cells_of(counts.ratings, Method()), counts.parts, counts.clustered)


def test_deviations_of_two_issues():
    found = deviations(ROWS)
    assert found.var[0] == pytest.approx(np.array([[191.25, 122.5], [21.25, 102.5]]), abs=1e-9)
    assert found.cov[0] == pytest.approx([112.5, 12.5], abs=1e-9)
    first, second = found.values[:, 1].T
    assert first == digits([0, 0, 4.609772, 0, 0], 6)
    assert second == digits([-2.315253, 3.472880, 2.711631, -8.103386, 3.472880], 6)
    assert (second @ second, first @ second) == pytest.approx((102.5, 12.5), abs=1e-9)


def test_moderated_variances_of_two_issues():
    cells = cells_of(ratings_of(table([("g", row) for row in ROWS]).cube()), Method())
    assert cells.ratings.var[0] == pytest.approx(np.array([[1.7, 1.0], [0, 0.8]]))
    assert cells.ratings.c[0] == pytest.approx([1, 0])
    found = moderate(cells)
    assert (found.v0.tolist(), found.d0.tolist()) == ([[pytest.approx(0.85), pytest.approx(0.9)]], [[1, 1]])
    assert found.v_star[0] == pytest.approx(np.array([[1.53, 0.98], [0.17, 0.82]]))


def test_results_of_two_issues():
    x, y = run(Counts.of(table([("g", row) for row in ROWS], issues=("X", "Y")).cube()), Method(), {}).issues
    assert [x.priority, y.priority] == [60, 80]
    assert [x.var_priority, y.var_priority] == digits([134.6875, 37.1875], 4)
    assert [y.society_low, y.society_high] == digits([88.163188, 100], 6)


def test_deviations_of_one_issue():
    found = deviations([row[:1] for row in ROWS])
    assert found.var[0, 0] == pytest.approx([212.5, 125])
    assert found.cov[0, 0] == pytest.approx(125)
    first, second = found.values[:, 0].T
    assert first @ second / np.sqrt(212.5 * 125) == digits(0.766965, 6)
    assert first == digits([6.708204, 1.118034, -4.472136, 6.708204, -10.062306], 6)
    assert second == digits([5.590170, 5.590170, -5.590170, 0, -5.590170], 6)


def centred(variances):
    """Deviations with ē = 0 and the given Σ_k e² per issue."""
    values, vectors = np.linalg.eigh(balanced_gram(np.asarray(variances, dtype=float)))
    return np.sqrt(np.maximum(values, 0))[:, None] * vectors.T


def balanced_gram(variances):
    """A symmetric matrix with rows that sum to 0, the given diagonal and no negative eigenvalue."""
    n = len(variances)
    weight = np.linalg.solve(np.eye(n) * (n - 2) + 1, variances)  # w_i (n − 2) + Σ w = v_i
    off = -(weight[:, None] + weight[None, :])
    gram = off - np.diag(np.diag(off))
    return gram - np.diag(gram.sum(axis=1))


def test_certainty():
    moved = centred([16, 9, 9, 16, 25])
    assert (moved**2).sum(axis=0) == pytest.approx([16, 9, 9, 16, 25])
    assert moved.sum(axis=1) == pytest.approx(np.zeros(5), abs=1e-9)
    priorities = np.array([72, 66, 63, 61, 55.0])
    drawn = drawn_to_mean(priorities, moved)
    assert drawn.kept == digits([0.781122, 0.847716, 0.847716, 0.781122, 0.725576], 6)
    assert drawn.centre == digits([70.117647, 65.604061, 63.060914, 61.525308, 57.305159], 6)
    assert np.sqrt(drawn.var) == digits([3.535244, 2.762144, 2.762144, 3.535244, 4.259038], 6)
    tiers = np.array(["high"] * 5, dtype=object)
    placing = Placing(priorities, np.arange(1, 6), tiers, Cuts(low=0.0, high=68.0), np.zeros((5, 2), bool))
    assert within_cuts(drawn, tiers, placing) == digits([0.7254, 0.1929, 0.0369, 0.0335, 0.0060], 4)


def test_either_by_shares():
    score = np.array([(80, 78), (72, 70), (65, 69), (60, 52), (50, 55)], dtype=float)
    found = place(score, Method(rule="either", thresholds="shares", q_society=0.4, q_business=0.2))
    assert found.cuts == Cuts(society=68.5, business=74)
    assert found.tiers.tolist() == ["double", "impact", "neither", "neither", "neither"]


def test_halo():
    score = np.array([(80, 78), (72, 70), (65, 69), (60, 52), (50, 55)], dtype=float)
    # ẽ1² = 9, ẽ2² = 12, ẽ1ẽ2 = 6 for every issue, and Σ over issues 0 in every row.
    simplex = np.linalg.cholesky(np.eye(5) * 1.25 - 0.25 + np.eye(5) * 1e-13).T
    first, second, other = simplex * 3, simplex * 2, simplex * np.sqrt(8)
    moved = np.stack([np.concatenate([first, 0 * other]), np.concatenate([second, other])], axis=2)
    nobody = np.zeros(0, dtype=int)
    sources = Sources(nobody, nobody, nobody)
    found = halo(Estimates(tuple("abcde"), score, moved, np.ones((0, 5, 2)), np.ones((5, 2), bool), sources))
    assert [found.r, found.r_corrected] == digits([0.889896, 0.928236], 6)
    assert found.off_diagonal == ("d",)


def test_halo_of_equal_scores_has_no_correlation():
    score = np.full((7, 2), 100 / 3)
    sources = Sources(np.zeros(1, int), np.ones(1, int), np.zeros(0, int))
    still = Estimates(tuple("ABCDEFG"), score, np.zeros((1, 7, 2)), np.ones((1, 7, 2)), np.ones((7, 2), bool), sources)
    assert halo(still) == Halo(None, None, ())


def test_disagreement():
    level = np.array([82, 59, 70, 76]) - np.array([2, -3, 0, 1.0])
    var, counts = np.array([4, 9, 25, 6.0]), np.ones(4, dtype=bool)
    assert spread_beyond_chance(counts, level, var, counts.sum(axis=0)) == digits(6.922187, 6)


@pytest.mark.parametrize("shape", [(4, 0), (2, 4, 0)])
def test_function_of_each_row_of_nothing(shape):
    assert _one_by_one(lambda row: 2 * row, np.zeros(shape)).shape == shape
