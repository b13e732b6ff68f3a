"""Dealing responses into parts, by id and by cluster, and adding parts up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from materiality.scoring.parts import PartsBuilder, deal_by_cluster, deal_by_id

from .responses import answers, random_answers


def builder(each):
    return PartsBuilder(len(each.groups), len(each.issues), each.k, each.columns)


@given(answers)
def test_parts_by_id_are_those_of_the_cube(each):
    found = builder(each)
    found.add(each.group_index, deal_by_id(each.group_index, len(each.groups)).part, each.ratings)
    assert np.array_equal(found.parts(), each.cube().parts)


@given(answers, st.integers(0, 120))
def test_parts_of_chunks_add_up_in_any_order(each, at):
    part = deal_by_id(each.group_index, len(each.groups)).part
    whole, pieces = builder(each), builder(each)
    whole.add(each.group_index, part, each.ratings)
    for rows in (slice(at, None), slice(0, at)):
        pieces.add(each.group_index[rows], part[rows], each.ratings[rows])
    assert np.array_equal(whole.parts(), pieces.parts())


def test_cluster_keys_are_dealt_in_code_point_order():
    group = np.zeros(45, dtype=int)
    keys = [f"店{n}" if n % 2 else f"Z{n}" for n in range(45)]
    found = deal_by_cluster(group, 1, keys, range(45))
    order = sorted(keys)
    assert found.part.tolist() == [order.index(key) % 40 for key in keys]
    assert (found.clustered.tolist(), found.one_cluster) == ([True], ())


def test_a_response_without_a_key_is_a_cluster_of_its_own():
    found = deal_by_cluster(np.zeros(5, dtype=int), 1, ["b", None, "b", "", "10"], [9, 10, 11, 12, 13])
    # keys in order: "10" (named), "10" (an id), "12" (an id), "b"
    assert found.part.tolist() == [3, 1, 3, 2, 0]


def test_a_group_with_one_cluster_is_dealt_by_id_and_named():
    group = np.array([0, 1, 0, 1, 0, 1])
    found = deal_by_cluster(group, 3, ["a", "x", "a", "y", "a", "x"], range(6))
    assert found.part.tolist() == [0, 0, 1, 1, 2, 0]
    assert (found.clustered.tolist(), found.one_cluster) == ([False, True, False], (0,))


def test_clusters_are_numbered_within_each_group():
    group = np.array([0, 0, 1, 1])
    assert deal_by_cluster(group, 2, ["a", "b", "b", "c"], range(4)).part.tolist() == [0, 1, 0, 1]


def test_no_response_gives_empty_parts():
    each = random_answers(1, 0, 2, 3)
    found = builder(each)
    found.add(each.group_index, deal_by_cluster(each.group_index, 2, [], []).part, each.ratings)
    assert not found.parts().any()


def test_parts_builder_refuses_a_wrong_width():
    with pytest.raises(ValueError, match="needs a group, a part and 2 rating bytes"):
        PartsBuilder(1, 1, 5, [(0, 0), (0, 1)]).add(np.zeros(1, int), np.zeros(1, np.uint8), np.zeros((1, 3), np.uint8))
