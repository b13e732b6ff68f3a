"""What a person says of doubts in one word each, and what becomes of the match."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from materiality.scoring.cube import DIMENSIONS
from surveys.matching.apply import MatchChanges, revise, twice, words_of
from surveys.matching.guess import Guess
from surveys.matching.kinds import (
    ACCEPT,
    GROUP,
    KINDS,
    LEAVE,
    LENGTH,
    LETTERS,
    ORDER,
    SKIP,
    SURVEY,
    TARGET,
    TURN,
    WORDS,
    ZONE,
    Doubt,
)
from surveys.matching.match import BY_GROUP, FIELD, IGNORED, ITEM, Asked, Target, read_target
from surveys.matching.moments import zone_info
from surveys.matching.scales import rescaled
from surveys.matching.words import word

_VALUES = {"dk": "DK", "na": "NA", SKIP: "", "yes": "yes", "no": "no"}


def said_of(own: str, code: str, said: Mapping[str, str]) -> str:
    """What was said of a doubt, under its `own` id or its kind, which answers all of that kind; '' for nothing."""
    return said.get(own, said.get(code, ""))


def answered(found: Guess, said: Mapping[str, str], asked: Asked, edits: MatchChanges | None = None) -> Guess:
    """The guess with the answers and a person's own `edits` taken over; doubts of which nothing, or nothing that is
    understood, was said stay.
    """
    if not said and edits is None:
        return found
    answering = _Answering(found, asked, edits or MatchChanges())
    left = [doubt for doubt in found.doubts if not answering.take(doubt, said_of(doubt.id, doubt.code, said))]
    revised = revise(found.match, answering.changes, found.examples, asked)
    left = [doubt for doubt in left if not answering.is_settled(doubt, revised.items())]
    for place in twice([column.target for column in revised.columns]):
        column = revised.columns[place]
        left.append(Doubt("doubled", place, column.header[:200], {"target": column.target.text, "first": "?"}))
    return replace(found, match=revised, doubts=left)


def together(doubts: Sequence[Doubt]) -> list[list[Doubt]]:
    """The doubts as they are asked: those of one kind about what columns are together, all others one by one."""
    found: dict[str, list[Doubt]] = {}
    for doubt in doubts:
        found.setdefault(doubt.code if KINDS[doubt.code].many else doubt.id, []).append(doubt)
    return list(found.values())


class _Answering:
    def __init__(self, found: Guess, asked: Asked, edits: MatchChanges) -> None:
        self.found, self.match, self.asked, self.changes = found, found.match, asked, edits
        self.unknown = {
            name: {key for key in seen if key not in self.match.maps.get(name, {})}
            for name, seen in words_of(self.match, found.examples).items()
        }

    def take(self, doubt: Doubt, choice: str) -> bool:
        """Whether the choice is one that the doubt has; then it is in `changes`."""
        for pattern in KINDS[doubt.code].choices if choice else ():
            if pattern == choice or not pattern.islower():
                reader = getattr(self, f"_{_READERS.get(pattern, 'plain')}")
                if reader(doubt, choice):
                    self._remember(doubt)
                    return True
        return False

    def _remember(self, doubt: Doubt) -> None:
        if doubt.names:
            meant = self.changes.more.get("meant", self.match.meant)
            self.changes.more["meant"] = meant | {doubt.code: [*meant.get(doubt.code, ()), *doubt.names]}

    def is_settled(self, doubt: Doubt, items: Collection[tuple[str, str]]) -> bool:
        """Whether what was changed elsewhere leaves nothing of the doubt; `items` are those with a column by now."""
        changes, kind, name = self.changes, KINDS[doubt.code], self._map(doubt)
        if doubt.code in ("no_issues", "few_issues"):
            issues, every = ({code for code, _dimension in of} for of in (items, self.asked.items))
            return bool(items) if doubt.code == "no_issues" else 2 * len(issues) >= len(every)
        if doubt.code == "lacking":
            held = {*items}
            return all({item, (item[0], BY_GROUP)} & held for item in map(tuple, self.asked.asked_items()))
        if GROUP in kind.choices:
            constant = changes.more.get("constants", {}).get("group")
            return bool(constant) or Target(FIELD, "group") in changes.targets.values()
        if doubt.column in changes.targets and not kind.of_answers:
            return changes.targets[doubt.column] != self.match.columns[doubt.column].target
        if WORDS in kind.choices:
            unknown = self.unknown.get(name, set())
            return bool(unknown) and unknown <= {key for of, key in changes.values if of == name}
        return ZONE in kind.choices and "zone" in changes.more or LENGTH in kind.choices and name in changes.lengths

    def _map(self, doubt: Doubt) -> str:
        return self.match.columns[doubt.column].values if doubt.column >= 0 else ""

    def _plain(self, doubt: Doubt, choice: str) -> bool:
        if choice == TURN:
            of_items = {column.values for column in self.match.columns if column.target.kind == ITEM}
            self.changes.turned |= {self._map(doubt)} if doubt.column >= 0 else of_items
        elif choice in DIMENSIONS:
            self.changes.targets[doubt.column] = replace(self.match.columns[doubt.column].target, detail=choice)
        elif choice == LEAVE:
            self.changes.targets[doubt.column] = Target(IGNORED)
        elif choice == SKIP:
            self.changes.values[self._map(doubt), str(doubt.params["value"])] = ""
        elif choice in ("dmy", "mdy"):
            self.changes.more["dates"] = choice
        elif choice == SURVEY:
            self.changes.more |= {"zone": self.asked.zone, "zones": {}}
        elif choice != ACCEPT:
            self.changes.targets[doubt.column] = Target(FIELD, choice)
        return True

    def _target(self, doubt: Doubt, choice: str) -> bool:
        questions = {each.code: [code for code, _zh, _en in each.options] for each in self.asked.questions}
        target = read_target(choice, self.asked.items, questions)
        if doubt.column < 0 or target is None or target.kind == IGNORED:
            return False
        self.changes.targets[doubt.column] = target
        return True

    def _letters(self, doubt: Doubt, choice: str) -> bool:
        """Another column for the field of which several could be it."""
        name = "group" if doubt.code == "several_groups" else "comment"
        place = column_place(choice)
        if not 0 <= place < len(self.match.columns):
            return False
        for at, column in enumerate(self.match.columns):
            if column.target == Target(FIELD, name) and at != place:
                self.changes.targets[at] = Target(IGNORED)
        self.changes.targets[place] = Target(FIELD, name)
        return True

    def _group(self, _doubt: Doubt, choice: str) -> bool:
        if choice not in {group.code for group in self.asked.groups}:
            return False
        self.changes.more["constants"] = {**self.match.constants, "group": choice}
        return True

    def _zone(self, _doubt: Doubt, choice: str) -> bool:
        if zone_info(choice) is None:
            return False
        self.changes.more |= {"zone": choice, "zones": {}}
        return True

    def _length(self, doubt: Doubt, choice: str) -> bool:
        if not choice.isdecimal() or rescaled(1, int(choice), self.asked.k) is None:
            return False
        self.changes.lengths[self._map(doubt)] = int(choice)
        return True

    def _order(self, doubt: Doubt, choice: str) -> bool:
        written = ordered_words(choice)
        if len(written) != self.asked.k or len(set(written)) < len(written):
            return False
        self.changes.values |= {(self._map(doubt), key): str(level) for level, key in enumerate(written, 1)}
        return True

    def _words(self, doubt: Doubt, choice: str) -> bool:
        pairs = [part.rpartition("=") for part in choice.split(";") if part.strip()]
        known = (
            {group.code for group in self.asked.groups} | set(self.asked.languages) | {str(n + 1) for n in range(10)}
        )
        values = {word(key): _VALUES.get(value.strip().casefold(), value.strip()) for key, equals, value in pairs}
        if not pairs or not all(equals for _key, equals, _value in pairs):
            return False
        if any(value not in known and value not in _VALUES.values() for value in values.values()):
            return False
        self.changes.values |= {(self._map(doubt), key): value for key, value in values.items()}
        return self._map(doubt) != ""


_READERS = {
    TARGET: "target", LETTERS: "letters", WORDS: "words", ORDER: "order", ZONE: "zone", GROUP: "group",
    LENGTH: "length",
}  # fmt: skip


def ordered_words(text: str) -> list[str]:
    """Answers that a person wrote in a line, the lowest first: `low < middle < high`."""
    return [word(part) for part in re.split(r"[<>|;；\n]|(?<=\S)\s+-\s+", text) if part.strip()]


def column_place(letters: str) -> int:
    """`A` -> 0, `AA` -> 26; -1 for no letters of a column."""
    place = 0
    if not re.fullmatch(r"[A-Za-z]{1,3}", letters.strip()):
        return -1
    for letter in letters.strip().upper():
        place = place * 26 + ord(letter) - 64
    return place - 1
