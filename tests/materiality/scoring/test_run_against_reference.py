"""The engine against the plain-Python reference, on complete and incomplete plans."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from materiality.scoring.method import Method
from materiality.scoring.parts import PartsBuilder
from materiality.scoring.run import Counts, run

from .reference import DIMENSIONS, Reference
from .responses import Answers, random_answers
from .standing import leaves

weight = st.sampled_from([0, 0.5, 1, 1, 3])


@st.composite
def plans(draw) -> tuple[Answers, dict[str, list[int]]]:
    """Answers in which each group was asked some of the items only, and clusters of some groups."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    responses, groups, issues = draw(st.integers(5, 90)), draw(st.integers(1, 4)), draw(st.integers(1, 8))
    each = random_answers(
        int(rng.integers(2**31)),
        responses,
        groups,
        issues,
        k=draw(st.sampled_from([5, 7])),
        absent=draw(st.sampled_from([0.0, 0.3])),
        whole=draw(st.booleans()),
    )
    asked = rng.random((groups, len(each.columns))) < draw(st.sampled_from([0.3, 0.7, 1.0]))
    ratings = np.where(asked[each.group_index], each.ratings, 255).astype(np.uint8)
    clustered = {}
    if draw(st.booleans()):
        size = int((each.group_index == 0).sum())
        clusters = sorted(rng.integers(0, 6, size).tolist())
        if len(set(clusters)) > 1:
            number = {key: n for n, key in enumerate(sorted(set(clusters)))}
            clustered[each.groups[0]] = [number[key] for key in clusters]
    return Answers(each.groups, each.issues, each.k, each.columns, each.group_index, ratings), clustered


methods = st.builds(
    Method,
    estimator=st.sampled_from(["comparable", "comparable", "plain"]),
    weights=st.fixed_dictionaries({"g0": st.fixed_dictionaries(dict.fromkeys(DIMENSIONS, weight))}),
    weighting=st.sampled_from(["balanced", "by_response"]),
    min_n=st.integers(2, 5),
    all_groups=st.booleans(),
    lam=st.sampled_from([0.5, 0.3, 0, 1]),
    seed=st.integers(0, 5),
)


def counts_of(answers, clustered):
    cube = answers.cube()
    part = np.zeros(len(answers.group_index), np.uint8)
    reference = Reference(answers, Method(), clustered)
    for g, group in enumerate(answers.groups):
        part[answers.group_index == g] = reference.part_of[group]
    builder = PartsBuilder(len(answers.groups), len(answers.issues), answers.k, answers.columns)
    builder.add(answers.group_index, part, answers.ratings)
    whole = type(cube)(cube.groups, cube.issues, cube.k, cube.counts, cube.absent, cube.valid, builder.parts())
    return Counts.of(whole, clustered=tuple(clustered))


def near(value):
    return None if value is None else pytest.approx(value, rel=1e-7, abs=1e-7)


def sound(method, answers):
    return not method.problems(answers.groups)


@given(plans(), methods)
@settings(max_examples=120, deadline=None)
def test_scores_and_their_error(plan, method):
    answers, clustered = plan
    assume(sound(method, answers))
    found, expected = run(counts_of(answers, clustered), method, {}), Reference(answers, method, clustered)
    ranks = expected.ranks(expected.priority)
    for i, issue in enumerate(found.issues):
        for d, name in enumerate(DIMENSIONS):
            assert getattr(issue, name) == near(expected.score[d].get(i))
            assert getattr(issue, f"plain_{name}") == near(expected.plain[d].get(i))
            assert getattr(issue, f"var_{name}") == near(expected.var(i, d))
            assert (getattr(issue, f"{name}_low"), getattr(issue, f"{name}_high")) == tuple(
                map(near, expected.interval(i, d))
            )
            assert issue.base[name] == expected.base(i, d)
            assert issue.disagreement[name] == (
                None if expected.disagreement(i, d) is None else pytest.approx(expected.disagreement(i, d), abs=1e-4)
            )
        assert issue.cov == near(expected.cov(i))
        assert issue.priority == near(expected.priority.get(i))
        assert issue.var_priority == (near(expected.var_priority(i)) if i in expected.priority else None)
        assert (issue.rank is None) == (i not in ranks)
    for d, name in enumerate(DIMENSIONS):
        habits = {g: values[name] for g, values in found.habits.items() if name in values}
        assert habits == {g: near(float(b[0])) for g, b in expected.fits[d][1].items()}
        if method.estimator == "comparable":
            apart = [each.code for each in found.issues if name in each.not_comparable]
            parts = expected.components(d)
            assert apart == sorted(answers.issues[i] for part in parts[1:] for i in part[1])
    if expected.priority:
        assert found.variance_share == {g: near(share) for g, share in expected.variance_share().items()}


def complete(seed=5, responses=160, issues=9):
    return random_answers(seed, responses, 3, issues, absent=0.2, whole=True)


def incomplete(seed=6):
    each = complete(seed)
    asked = np.ones((3, len(each.columns)), bool)
    asked[0, :6] = asked[1, 8:14] = False
    ratings = np.where(asked[each.group_index], each.ratings, 255).astype(np.uint8)
    return Answers(each.groups, each.issues, each.k, each.columns, each.group_index, ratings)


CLUSTERS = [n // 3 for n in range(400)]


@pytest.mark.parametrize(
    "method",
    [
        Method(lam=0.4, q_high=0.35, q_low=0.25, seed=3),
        Method(cuts="absolute", cut_low=45, cut_high=55),
        Method(rule="either", threshold_society=55, threshold_business=50),
        Method(rule="either", thresholds="shares", q_society=0.4, q_business=0.3, seed=2),
    ],
    ids=["shares", "absolute", "thresholds", "thresholds by shares"],
)
@pytest.mark.parametrize("by_cluster", [False, True])
def test_standing_of_clustered_groups(method, by_cluster):
    answers = incomplete() if by_cluster else complete()
    clustered = {"g1": CLUSTERS[: int((answers.group_index == 1).sum())]} if by_cluster else {}
    found, expected = run(counts_of(answers, clustered), method, {}), Reference(answers, method, clustered)
    standing = leaves(expected)
    for i, issue in enumerate(found.issues):
        assert (issue.rank_low, issue.rank_high) == standing.rank_ends.get(i, (None, None))
        certainty = standing.certainty[i]
        near_it = None if certainty is None else pytest.approx(certainty, abs=1e-5)
        assert (issue.tier, issue.tier_certainty) == (standing.tier[i], near_it)
    plain, corrected, off = expected.halo()
    assert (found.halo.r, found.halo.r_corrected) == (near(plain), near(corrected))
    assert list(found.halo.off_diagonal) == off
