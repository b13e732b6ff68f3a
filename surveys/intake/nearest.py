"""The nearest right value to a wrong one."""

import difflib
import unicodedata
from collections.abc import Iterable

_MOST_LOOKUPS = 300
_LONGEST = 60


class Nearest:
    """Finds the most similar candidate; '' where none is near. Stops after 300 different values: it is slow."""

    def __init__(self, candidates: Iterable[str]) -> None:
        self._by_plain = {plain(candidate): candidate for candidate in candidates}
        self._known: dict[str, str] = {}

    def __call__(self, value: str) -> str:
        wanted = plain(value)[:_LONGEST]
        if wanted not in self._known:
            if len(self._known) >= _MOST_LOOKUPS:
                return ""
            found = difflib.get_close_matches(wanted, list(self._by_plain), n=1)
            self._known[wanted] = self._by_plain[found[0]] if found else ""
        return self._known[wanted]


def plain(text: str) -> str:
    """Text for comparing: full-width characters as usual ones, no case, no spaces around."""
    return unicodedata.normalize("NFKC", text).strip().casefold()
