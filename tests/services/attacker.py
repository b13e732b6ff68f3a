"""The attacker of anonymous surveys: who knows in which order people finished, and reads everything that is stored.

Each strategy brings stored rows into an order; the guess is that this is the order in which their authors finished.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, factorial, sqrt

from materiality.scoring.cube import NOT_ASKED, SKIPPED

# Each strategy may be right by chance once in a million times.
CHANCE = 1e-6
SIGMAS = 5.0


@dataclass(frozen=True)
class Guess:
    """How well one order of rows tells the order of people, within their groups.

    `right` of `people` links are right, `bound` is what chance reaches once in a million; `agreement` is the rank
    correlation (-1..1), `most` the same for it.
    """

    strategy: str
    people: int
    right: int
    bound: int
    agreement: float
    most: float

    @property
    def links(self) -> bool:
        """Whether the attacker does better than chance."""
        return self.right > self.bound or abs(self.agreement) > self.most


def guess(strategy: str, rows: Sequence[dict], people: Sequence[dict], key: Callable[[dict], object]) -> Guess:
    """Link rows, in order of `key`, to people in their known order, group by group; ties are left as rows stand.

    `rows` and `people` hold "group" and "ratings"; equal ratings show which link would be right. Both directions are
    tried, the better one counts.
    """
    stored, finished = _by_group(sorted(rows, key=key)), _by_group(people)
    forwards = backwards = total = 0
    agreement = weight = 0.0
    for group, order in finished.items():
        held = set(stored[group])
        known = [ratings for ratings in order if ratings in held]
        place = {ratings: at for at, ratings in enumerate(known)}
        found = [place[ratings] for ratings in stored[group] if ratings in place]
        total += len(found)
        forwards += sum(at == guessed for at, guessed in enumerate(found))
        backwards += sum(at == guessed for at, guessed in enumerate(reversed(found)))
        agreement += _rank_correlation(found) * len(found)
        weight += len(found)
    groups = sum(bool(stored[group]) for group in finished)
    # The variance of a rank correlation of n is 1 / (n - 1); that of the weighted mean of groups is close to 1 / N.
    most = min(1.0, SIGMAS / sqrt(max(1.0, weight - groups)))
    right = max(forwards, backwards)
    return Guess(strategy, total, right, poisson_bound(groups), agreement / max(weight, 1.0), most)


def poisson_bound(expected: float) -> int:
    """The number that a random permutation's fixed points (about Poisson, one per group) exceed once in a million."""
    number, beyond = 0, 1.0 - exp(-expected)
    while beyond > CHANCE:
        number += 1
        beyond -= exp(-expected) * expected**number / factorial(number)
    return number


def _by_group(rows: Sequence[dict]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        groups[row["group"]].append(row["ratings"])
    return groups


def _rank_correlation(found: Sequence[int]) -> float:
    """Spearman's, of a permutation of 0..n-1 with its places; 0 for fewer than 3, which say nothing."""
    n = len(found)
    if n < 3:
        return 0.0
    return 1 - 6 * sum((at - place) ** 2 for at, place in enumerate(found)) / (n * (n * n - 1))


def attack(rows: Sequence[dict], people: Sequence[dict]) -> list[Guess]:
    """Every order that rows of responses have, whatever else is known of them than the answers and flags, which some
    share.
    """
    columns = [name for name in rows[0] if name not in ("group", "ratings", "flags")] if rows else []
    return [guess(name, rows, people, lambda row, by=name: _sortable(row[by])) for name in columns]


def link_by_drafts(copy: dict[str, list[dict]], responses: Sequence[dict]) -> dict[tuple[int, int], str]:
    """{(batch, serial): ratings} that one copy of the drafts gives away: whose link stands beside what was drawn, or
    answered so far, has the one response that goes with it.
    """
    links = {}
    for name in ("draft", "sealeddraft"):
        for row in copy[name]:
            told = bytes.fromhex(row.get("ratings", ""))
            if not told or row.get("serial") is None:
                continue
            matching = [each["ratings"] for each in responses if _goes_with(told, bytes.fromhex(each["ratings"]))]
            if len(matching) == 1:
                links[row["batch_id"], row["serial"]] = matching[0]
    return links


def _goes_with(begun: bytes, finished: bytes) -> bool:
    """Whether the finished answers are asked the same items and hold what had been answered."""
    return all(
        (old == NOT_ASKED) == (new == NOT_ASKED) and old in (SKIPPED, NOT_ASKED, new)
        for old, new in zip(begun, finished, strict=True)
    )


def new_links(before: dict[str, list[dict]], after: dict[str, list[dict]]) -> set[tuple[int, int]]:
    """(batch, serial) of the links that were marked as used between two copies."""
    return _used(after) - _used(before)


def _used(copy: dict[str, list[dict]]) -> set[tuple[int, int]]:
    return {
        (row["batch_id"], 4096 * row["block"] + 8 * at + bit)
        for row in copy["usedlinks"]
        for at, byte in enumerate(bytes.fromhex(row["bits"]))
        for bit in range(8)
        if byte >> bit & 1
    }


def _sortable(value: object) -> tuple[bool, object]:
    return (True, value) if isinstance(value, int | float) else (False, str(value))
