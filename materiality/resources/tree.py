"""Rows that name a parent: parents first, and rings found."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def rings(parents: Mapping[Node, Node | None]) -> dict[Node, list[Node]]:
    """Every node that stands above itself → the ring from it upwards, ending with itself."""
    found: dict[Node, list[Node]] = {}
    settled: set[Node] = set()
    for start in parents:
        way: list[Node] = []
        node: Node | None = start
        while node is not None and node not in settled and node not in way:
            way.append(node)
            node = parents.get(node)
        if node is not None and node in way:
            ring = way[way.index(node) :]
            found |= {each: [*ring[place:], *ring[: place + 1]] for place, each in enumerate(ring)}
        settled.update(way)
    return found


def depths(parents: Mapping[Node, Node | None]) -> dict[Node, int]:
    """How many ancestors each node has; nodes of a ring, which has no top, count from 0 up to its length."""
    found: dict[Node, int] = {}
    for start in parents:
        way: list[Node] = []
        node: Node | None = start
        while node is not None and node in parents and node not in found and node not in way:
            way.append(node)
            node = parents[node]
        above = found[node] + 1 if node in found else 0
        for place, each in enumerate(reversed(way)):
            found[each] = above + place
    return found
