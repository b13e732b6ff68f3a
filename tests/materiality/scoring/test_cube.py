"""Counting responses into a cube, adding and aligning cubes, and their bytes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from materiality.scoring import cube as cube_module
from materiality.scoring.cube import ABSENT_KINDS, DONT_KNOW, NOT_ASKED, PARTS, SKIPPED, Cube, CubeBuilder

from .responses import answers, random_answers, table

KIND = {NOT_ASKED: "not_asked", SKIPPED: "skipped", DONT_KNOW: "dont_know"}


def brute_force(given_answers):
    """The cube, counted one rating at a time."""
    cube = Cube.empty(given_answers.groups, given_answers.issues, given_answers.k)
    for g, row in zip(given_answers.group_index, given_answers.ratings.tolist(), strict=True):
        part = cube.valid[g] % PARTS
        cube.valid[g] += 1
        asked = dict(zip(given_answers.columns, row, strict=True))
        for issue in {issue for issue, _ in asked}:
            pair = []
            for dimension in (0, 1):
                value = asked.get((issue, dimension))
                pair.append(0 if value is None or value in KIND else value)
                if value in KIND:
                    cube.absent[g, issue, dimension, ABSENT_KINDS.index(KIND[value])] += 1
                elif value is not None:
                    cube.parts[part, g, issue, dimension] += (1, value)
            cube.counts[g, issue, pair[0], pair[1]] += 1
    return cube


@settings(max_examples=60, deadline=None)
@given(answers)
def test_cube_agrees_with_brute_force(given_answers):
    assert given_answers.cube() == brute_force(given_answers)


@settings(max_examples=40, deadline=None)
@given(answers, st.lists(st.integers(0, 120), max_size=5))
def test_cube_is_the_same_in_any_chunks(given_answers, cuts):
    builder = given_answers.builder()
    ends = [0, *sorted(min(cut, len(given_answers.ratings)) for cut in cuts), len(given_answers.ratings)]
    for start, end in zip(ends, ends[1:], strict=False):
        builder.add(given_answers.group_index[start:end], given_answers.ratings[start:end])
    assert builder.cube() == given_answers.cube()


@settings(max_examples=40, deadline=None)
@given(answers, st.integers(0, 2**32 - 1))
def test_cubes_of_disjoint_responses_add_up(given_answers, seed):
    """All but the parts: each survey deals its own, so these add as well, but to another dealing."""
    mine = np.random.default_rng(seed).random(len(given_answers.ratings)) < 0.5
    cubes = []
    for some in (mine, ~mine):
        builder = given_answers.builder()
        builder.add(given_answers.group_index[some], given_answers.ratings[some])
        cubes.append(builder.cube())
    total, whole = cubes[0] + cubes[1], given_answers.cube()
    assert total.without_parts() == whole.without_parts()
    assert np.array_equal(total.parts.sum(axis=0), whole.parts.sum(axis=0))


def test_cube_is_the_same_in_any_blocks(monkeypatch):
    some = random_answers(3, 500, 3, 4)
    whole = some.cube()
    monkeypatch.setattr(cube_module, "BLOCK_CELLS", 57)
    assert some.cube() == whole


@settings(max_examples=40, deadline=None)
@given(answers)
def test_bytes_round_trip(given_answers):
    cube = given_answers.cube()
    assert Cube.from_bytes(cube.to_bytes()) == cube
    assert Cube.from_bytes(cube.without_parts().to_bytes()) == cube.without_parts()
    assert Cube.from_bytes(cube.to_bytes()).to_bytes() == cube.to_bytes()
    assert cube.counts.dtype == np.int64


@pytest.mark.parametrize("top", [255, 256, 65_535, 65_536, 2**32 - 1, 2**32])
def test_bytes_hold_large_counts(top):
    cube = Cube.empty(("users",), ("I-01",), 5)
    cube.counts[0, 0, 5, 5] = top
    assert Cube.from_bytes(cube.to_bytes()) == cube


def damaged():
    data = random_answers(1, 50, 2, 2).cube().to_bytes()
    return [b"", b"PK\x03\x04", data[:-3], data[:14], data[:60], data[:12] + b"\xff\xff\xff\x00" + data[16:]]


@pytest.mark.parametrize("data", damaged())
def test_bytes_of_no_cube_are_refused(data):
    with pytest.raises(ValueError):
        Cube.from_bytes(data)


def test_aligned_cubes_of_two_surveys_add():
    first = table([("users", [(5, 4)]), ("media", [(1, 0)])], issues=("B",)).cube()
    second = table([("users", [(2, 2), (3, 3)])], issues=("A", "B")).cube()
    groups, issues = ("media", "users"), ("A", "B", "C")
    total = first.aligned(groups, issues) + second.aligned(groups, issues)
    assert total.valid.tolist() == [1, 2]
    assert total.counts.sum(axis=(2, 3)).tolist() == [[0, 1, 0], [1, 2, 0]]
    assert total.counts[1, 1, 5, 4] == total.counts[1, 1, 3, 3] == total.counts[1, 0, 2, 2] == 1
    assert total.absent.sum() == 1
    assert total.parts[0, 1, 1].tolist() == [[2, 8], [2, 7]]


def test_aligned_to_less_is_refused():
    with pytest.raises(ValueError, match="users"):
        table([("users", [(5, 4)])]).cube().aligned(("media",), ("I-00",))


@pytest.mark.parametrize(
    ("groups", "issues", "k"), [(("a", "c"), ("x",), 5), (("a", "b"), ("y",), 5), (("a", "b"), ("x",), 7)]
)
def test_adding_unlike_cubes_is_refused(groups, issues, k):
    with pytest.raises(ValueError, match="align"):
        Cube.empty(("a", "b"), ("x",), 5) + Cube.empty(groups, issues, k)


def test_adding_to_a_cube_without_parts_gives_none():
    cube = random_answers(1, 50, 2, 2).cube()
    assert (cube + cube.without_parts()).parts is None


@pytest.mark.parametrize("value", [6, 11, 200, 253])
def test_byte_off_the_scale_is_refused_and_counts_nothing(value):
    builder = CubeBuilder(("users",), ("A",), 5, [(0, 0), (0, 1)])
    ratings = np.full((3, 2), 4, np.uint8)
    ratings[2, 1] = value
    with pytest.raises(ValueError, match=f"response 2, item 1: {value}"):
        builder.add(np.zeros(3, int), ratings)
    assert builder.cube() == Cube.empty(("users",), ("A",), 5)


@pytest.mark.parametrize(
    ("groups", "ratings"),
    [
        (np.array([1]), np.ones((1, 2), np.uint8)),
        (np.array([-1]), np.ones((1, 2), np.uint8)),
        (np.array([0]), np.ones((1, 3), np.uint8)),
        (np.array([0, 0]), np.ones((1, 2), np.uint8)),
        (np.array([0]), np.ones((1, 2), int)),
    ],
)
def test_wrong_group_or_shape_is_refused(groups, ratings):
    with pytest.raises(ValueError, match="group index"):
        CubeBuilder(("users",), ("A",), 5, [(0, 0), (0, 1)]).add(groups, ratings)


@pytest.mark.parametrize("columns", [[(1, 0)], [(0, 2)], [(-1, 0)], [(0, 0), (0, 0)]])
def test_wrong_columns_are_refused(columns):
    with pytest.raises(ValueError, match="item"):
        CubeBuilder(("users",), ("A",), 5, columns)


@pytest.mark.parametrize("k", [1, 11])
def test_scale_out_of_range_is_refused(k):
    with pytest.raises(ValueError, match="K must be"):
        Cube.empty(("users",), ("A",), k)
