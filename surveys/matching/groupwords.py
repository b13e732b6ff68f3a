"""Which stakeholder group a word of another tool means."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from surveys.matching.answers import DONT_KNOW_WORDS, SKIPPED_WORDS
from surveys.matching.texts import squashed, word


@dataclass(frozen=True)
class GroupNames:
    """A stakeholder group as a cycle knows it."""

    code: str
    zh: str
    en: str

    def spellings(self) -> set[str]:
        """Its code and names, squashed."""
        return {squashed(self.code), squashed(self.zh), squashed(self.en)} - {""}


def groups_of(texts: Iterable[str], groups: Sequence[GroupNames]) -> tuple[dict[str, str], list[str]]:
    """`word` of an answer -> code of the group, and the words that none or several groups fit.

    A word that is not a group's own name must fit one group alone, and no other word may fit it.
    """
    keys = sorted({word(text) for text in texts} - SKIPPED_WORDS)
    found = {key: group.code for key in keys for group in groups if squashed(key) in group.spellings()}
    for fits in (_holds, _begins, _abbreviates):
        taken = set(found.values())
        proposed = {
            key: fitting
            for key in keys
            if key not in found and (fitting := [g.code for g in groups if g.code not in taken and fits(key, g)])
        }
        chosen = [codes[0] for codes in proposed.values() if len(codes) == 1]
        found |= {key: codes[0] for key, codes in proposed.items() if len(codes) == 1 and chosen.count(codes[0]) == 1}
    every = {spelling: group.code for group in groups for spelling in map(word, (group.code, group.zh, group.en))}
    unknown = [key for key in keys if key not in found and key not in DONT_KNOW_WORDS]
    return {**every, **found}, unknown + [key for key in keys if key not in found and key in DONT_KNOW_WORDS]


def share_of_groups(texts: Iterable[str], groups: Sequence[GroupNames]) -> float:
    """How many of the different answers are surely groups, 0 to 1."""
    keys = {word(text) for text in texts} - SKIPPED_WORDS
    if not keys or len(keys) > 60:
        return 0.0
    found, unknown = groups_of(keys, groups)
    return 1 - len(unknown) / len(keys)


def _holds(key: str, group: GroupNames) -> bool:
    """`政府与监管机构` holds `政府`, `users` stands in `users and consumers`."""
    text = squashed(key)
    return any(
        (name in text or text in name) and min(len(name), len(text)) >= (2 if not name.isascii() else 4)
        for name in group.spellings()
    )


def _begins(key: str, group: GroupNames) -> bool:
    text = squashed(key)
    return len(text) >= 2 and any(name.startswith(text) for name in group.spellings() if text.isascii())


def _abbreviates(key: str, group: GroupNames) -> bool:
    """`usr` has the letters of `users` in their order, beginning with the first."""
    text, name = squashed(key), squashed(group.code)
    if not (2 <= len(text) <= 6 and text.isalpha() and text.isascii() and name.startswith(text[0])):
        return False
    letters = iter(name)
    return all(letter in letters for letter in text)
