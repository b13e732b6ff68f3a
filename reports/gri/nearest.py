"""Valid spellings close to one that is not: what to offer beside an error."""

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher

from reports.gri.catalogue import Catalogue, code_key

OFFERED = 3
MOST_DIGITS = 12  # more cannot be a slip of the pen


def nearest_codes(standard: str, number: int, catalogue: Catalogue) -> tuple[str, ...]:
    """Up to three spellings: of the same standard the closest numbers, else the codes that look most alike."""
    if standard not in catalogue.standards:
        return nearest_to_text(f"{standard}-{number}", catalogue)
    by_distance = sorted(catalogue.standards[standard], key=lambda code: abs(code_key(code)[1] - number))
    return tuple(catalogue.spell(code) for code in by_distance[:OFFERED])


def nearest_to_text(text: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Up to three spellings that look like the text; none when it holds no digit or far too many.

    What the text can only mean stands alone: `302` the standard, `2-1-a` the code, `102-1-13` the range.
    """
    numbers = re.findall(r"[0-9]+", unicodedata.normalize("NFKC", text))
    if not numbers or len("".join(numbers)) > MOST_DIGITS:
        return ()
    typed = "-".join(numbers)
    if typed in catalogue.standards:
        return (spell_standard(typed, catalogue),)
    standard, *rest = numbers
    codes = [f"{standard}-{number}" for number in rest]
    if 1 <= len(codes) <= 2 and all(code in catalogue for code in codes):
        return (" ~ ".join(catalogue.spell(code) for code in sorted(codes, key=code_key)),)
    ranked = _most_alike(typed, catalogue.disclosures)
    return tuple(catalogue.spell(code) for code in ranked[:OFFERED])


def nearest_standards(standard: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Up to three whole standards with the closest numbers."""
    ranked = _most_alike(standard, catalogue.standards)
    return tuple(spell_standard(known, catalogue) for known in ranked[:OFFERED])


def spell_standard(standard: str, catalogue: Catalogue) -> str:
    """The whole standard as it can be read back: `GRI 302`, `GRI 102 (2025)`."""
    year = f" ({catalogue.year(standard)})" if catalogue.needs_year(standard) else ""
    return f"GRI {standard}{year}"


def _most_alike(typed: str, known: Iterable[str]) -> list[str]:
    """The known codes, those that look most like the typed one first, then by distance of the numbers."""
    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(typed)  # kept between comparisons, which is what takes the time

    def key(code: str) -> tuple[float, tuple[int, ...]]:
        matcher.set_seq1(code)
        return -matcher.ratio(), _distance(typed, code)

    return sorted(known, key=key)


def _distance(typed: str, code: str) -> tuple[int, ...]:
    return tuple(abs(a - b) for a, b in zip(code_key(typed), code_key(code), strict=False))
