"""Rings and depths of rows that name a parent."""

from hypothesis import given
from hypothesis import strategies as st

from materiality.tables.headers import depths, rings

nodes = st.integers(0, 7)
parents = st.dictionaries(nodes, st.none() | nodes)


def ancestors(node, above) -> list:
    found = []
    while above.get(node) is not None and len(found) <= len(above):
        node = above[node]
        found.append(node)
    return found


def test_rings_of_a_chain_are_none():
    assert rings({"a": "b", "b": "c", "c": None}) == {}


def test_rings_name_the_way_round_from_each_node():
    assert rings({"a": "b", "b": "a", "c": "a"}) == {"a": ["a", "b", "a"], "b": ["b", "a", "b"]}


@given(parents)
def test_rings_hold_exactly_the_nodes_above_themselves(above):
    assert rings(above).keys() == {node for node in above if node in ancestors(node, above)}


@given(parents)
def test_depths_put_parents_before_children_where_there_is_no_ring(above):
    depth = depths(above)
    assert depth.keys() == above.keys()
    if not rings(above):
        assert all(depth[node] > depth[up] for node, up in above.items() if up in above)
