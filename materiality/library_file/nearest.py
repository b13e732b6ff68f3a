"""The valid value closest to a wrong one."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher


def nearest(text: str, valid: Iterable[str], at_most: int = 1, at_least: float = 0.5) -> tuple[str, ...]:
    """Up to `at_most` valid values with a likeness of `at_least` (0–1), the most alike first."""
    typed = text.casefold()
    ranked = sorted(((-_likeness(typed, value.casefold()), value) for value in valid), key=lambda pair: pair[0])
    return tuple(value for likeness, value in ranked[:at_most] if -likeness >= at_least)


def nearest_code(code: str, valid: Iterable[str]) -> tuple[str, ...]:
    """The code of the same standard with the closest number (`305-99` → `305-7`), else the one that looks alike."""
    codes = list(valid)
    typed = re.match(r"(\d+)-(\d+)", code)
    if typed:
        standard, number = typed[1], int(typed[2])
        numbers = [int(known.split("-")[1]) for known in codes if re.fullmatch(rf"{standard}-\d+", known)]
        if numbers:
            return (f"{standard}-{min(numbers, key=lambda known: abs(known - number))}",)
    if code.isdecimal() and all(known.isdecimal() for known in codes):
        return tuple(sorted(codes, key=lambda known: abs(int(known) - int(code)))[:1])
    return nearest(code, codes)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
