"""Counting the ranking step: of those who rated an issue and took the step, how many named it."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from surveys.models import Survey
from surveys.questionnaire.ranking import RATINGS


class NamedCounts:
    """Adds up responses of one survey; `groups` are codes by place."""

    def __init__(self, survey: Survey, groups: Sequence[str]) -> None:
        positions: dict[str, list[int]] = {}
        for code, position in survey.items.values_list("issue__code", "position").order_by("position"):
            positions.setdefault(code, []).append(position)
        self._positions = {code: np.array(own) for code, own in positions.items()}
        self._groups = groups
        self._asked: Counter[tuple[str, str]] = Counter()
        self._named: Counter[tuple[str, str]] = Counter()

    def add(self, group: np.ndarray, ratings: np.ndarray, named: Mapping[int, str]) -> None:
        """Count responses: place of the group int[R], ratings uint8[R, items], JSON of the codes named by place of the
        response, of those that count and named any.
        """
        sets = {row: frozenset(json.loads(codes)) for row, codes in named.items()}
        if not sets:
            return
        took = np.array(list(sets))
        for code, positions in self._positions.items():
            cells = ratings[np.ix_(took, positions)]
            rated = took[((cells >= RATINGS[0]) & (cells <= RATINGS[-1])).any(axis=1)]
            for place, number in enumerate(np.bincount(group[rated], minlength=len(self._groups)).tolist()):
                self._asked[self._groups[place], code] += number
            self._named.update((self._groups[group[row]], code) for row in rated.tolist() if code in sets[row])

    def counts(self) -> dict[str, dict[str, list[int]]]:
        """{group: {issue: [named, asked]}} without what nobody was asked."""
        found: dict[str, dict[str, list[int]]] = {}
        for (group, code), asked in sorted(self._asked.items()):
            if asked:
                found.setdefault(group, {})[code] = [self._named[group, code], asked]
        return found


def added(counts: Sequence[dict[str, dict[str, list[int]]]]) -> dict[str, dict[str, list[int]]]:
    """The counts of several surveys together."""
    whole: dict[str, dict[str, list[int]]] = {}
    for each in counts:
        for group, issues in each.items():
            own = whole.setdefault(group, {})
            for code, (named, asked) in issues.items():
                before = own.get(code, [0, 0])
                own[code] = [before[0] + named, before[1] + asked]
    return whole
