"""What a person says of doubts in one word each: the choices that there are, and what becomes of the match."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from materiality.scoring.cube import DIMENSIONS
from surveys.matching.apply import revise, twice
from surveys.matching.doubts import Doubt
from surveys.matching.guess import Guess
from surveys.matching.match import (
    FIELD,
    IGNORED,
    ITEM,
    OUTSIDE_DROP,
    OUTSIDE_KEEP,
    OUTSIDE_WIDEN,
    TRIAL,
    Asked,
    Target,
    read_target,
)
from surveys.matching.moments import zone_info
from surveys.matching.scales import rescaled
from surveys.matching.words import word

ACCEPT, TURN, LEAVE, SKIP = "accept", "turn", "leave", "skip"
# What a choice looks like where a person writes it.
TARGET, LETTERS, WORDS, ORDER = "TARGET", "LETTERS OF A COLUMN", "ANSWER=VALUE;…", "LOWEST < … < HIGHEST"
GROUP, ZONE, LENGTH = "GROUP", "ZONE", "LENGTH"
_CHOICES: dict[str, tuple[str, ...]] = {
    "no_issues": (),
    "no_group": (GROUP,),
    "several_groups": (ACCEPT, LETTERS),
    "group_words": (WORDS,),
    "dimension": (*DIMENSIONS, LEAVE),
    "dimension_by_answers": (ACCEPT, *DIMENSIONS, LEAVE),
    "doubled": (ACCEPT, TARGET),
    "near_issue": (ACCEPT, LEAVE, TARGET),
    "unknown_issue": (ACCEPT, TARGET),
    "order_of_words": (ORDER, WORDS),
    "unknown_values": (WORDS, ORDER),
    "number_after_scale": (ACCEPT, SKIP),
    "numbers_against_words": (ACCEPT, TURN),
    "turned_round": (TURN, ACCEPT),
    "turned_in_text": (TURN, ACCEPT),
    "ranking": (TURN, ACCEPT),
    "scale_end": (ACCEPT, LENGTH),
    "consent_words": (WORDS,),
    "status_words": (WORDS,),
    "language_words": (WORDS,),
    "date_order": ("dmy", "mdy"),
    "several_comments": (ACCEPT, LETTERS),
    "duration": (),
    "rating_like": (ACCEPT, TARGET),
    "date_like": (ACCEPT, TARGET),
    "unnamed_column": (ACCEPT, TARGET),
    "status_like": (ACCEPT, "finished"),
    "text_like": (ACCEPT, "comment"),
    "consent_like": (ACCEPT, "consent"),
    "token_like": (ACCEPT, "token"),
    "trial_rows": (TRIAL, ACCEPT),
    "zone_words": (ZONE,),
    "other_zone": (ACCEPT, "survey"),
    "outside_plan": (OUTSIDE_DROP, OUTSIDE_KEEP, OUTSIDE_WIDEN),
}
_VALUES = {"dk": "DK", "na": "NA", SKIP: "", "yes": "yes", "no": "no"}


def choices_of(code: str) -> tuple[str, ...]:
    """What can be said of a doubt of this kind; words in capitals stand for what a person writes."""
    return _CHOICES.get(code, (ACCEPT,))


def said_of(doubt: Mapping, said: Mapping[str, str]) -> str:
    """What was said of a doubt, under its own id or under its kind, which answers all of that kind; '' for nothing."""
    return said.get(doubt["id"], said.get(doubt["code"], ""))


@dataclass
class _Changes:
    """What answers change in a match (`apply.revise`)."""

    targets: dict[int, Target] = field(default_factory=dict)
    values: dict[tuple[str, str], str] = field(default_factory=dict)
    turned: set[str] = field(default_factory=set)
    lengths: dict[str, int] = field(default_factory=dict)
    more: dict[str, object] = field(default_factory=dict)


def answered(found: Guess, said: Mapping[str, str], asked: Asked) -> Guess:
    """The guess with the answers taken over; doubts of which nothing, or nothing that is understood, was said stay."""
    if not said:
        return found
    answering, left = _Answering(found, asked), []
    for doubt in found.doubts:
        choice = said_of(doubt.to_json(), said)
        if not (choice and answering.take(doubt, choice)):
            left.append(doubt)
    match, changes = found.match, answering.changes
    revised = revise(
        match, changes.targets, changes.values, found.examples, asked, more=changes.more, turned=changes.turned,
        lengths=changes.lengths,
    )  # fmt: skip
    for place in twice([column.target for column in revised.columns]):
        column = revised.columns[place]
        left.append(Doubt("doubled", place, column.header[:200], {"target": column.target.text, "first": "?"}))
    return replace(found, match=revised, doubts=left)


class _Answering:
    def __init__(self, found: Guess, asked: Asked) -> None:
        self.found, self.match, self.asked = found, found.match, asked
        self.changes = _Changes()

    def take(self, doubt: Doubt, choice: str) -> bool:
        """Whether the choice is one that the doubt has; then it is in `changes`."""
        for pattern in choices_of(doubt.code):
            if pattern == choice or not pattern.islower():
                reader = getattr(self, f"_{_READERS.get(pattern, 'plain')}")
                if reader(doubt, choice):
                    return True
        return False

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
        elif choice == "survey":
            self.changes.more |= {"zone": self.asked.zone, "zones": {}}
        elif choice not in (ACCEPT, OUTSIDE_DROP, OUTSIDE_KEEP, OUTSIDE_WIDEN):
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
        known = {group.code for group in self.asked.groups} | {"zh-hans", "en"} | {str(n + 1) for n in range(10)}
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
