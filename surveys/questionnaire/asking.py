"""The rating vector with which a respondent begins: what is asked, and nothing answered."""

from collections.abc import Collection, Iterable, Mapping

from materiality.scoring.codes import NOT_ASKED, SKIPPED


def blank_ratings(items: Iterable[Mapping[str, int]], issues: Collection[int], dimensions: Collection[str]) -> bytes:
    """A byte per item: skipped where one of the `issues` (indices) is asked on one of the `dimensions`, else not asked.

    `items` are, per issue, the positions by dimension; together they are 0..n-1.
    """
    positions = list(items)
    ratings = bytearray([NOT_ASKED]) * sum(map(len, positions))
    for issue in issues:
        for dimension, position in positions[issue].items():
            if dimension in dimensions:
                ratings[position] = SKIPPED
    return bytes(ratings)


def asked_issues(items: Iterable[Mapping[str, int]], ratings: bytes) -> list[int]:
    """The issues (indices) of which something is asked, ascending."""
    found = []
    for issue, positions in enumerate(items):
        for position in positions.values():
            if ratings[position] != NOT_ASKED:
                found.append(issue)
                break
    return found
