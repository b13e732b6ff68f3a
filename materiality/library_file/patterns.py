"""The pattern of an edition's codes as people write it, a part for each level from the top: `AAA-99; AAA-99-99`.

`A` is a capital letter, `a` a small one, `9` a number without a zero before it, `99` one of two digits; everything else
stands for itself, and an empty part for any code.
"""

import re
from collections.abc import Iterable
from functools import cache

from materiality.library_file.read import CODE
from materiality.lineage.records import LEVELS

_PIECES = re.compile(r"A+|a+|9+|.")
_RUNS = re.compile(r"[A-Z]+|[a-z]+|[0-9]+|.")
_EXAMPLES = {"A": "ABCDEFGH", "a": "abcdefgh"}


def stated_pattern(text: str) -> str | None:
    """As it is kept: `e.g. SOC-03` → `AAA-99`, as a part without a placeholder is an example; None where it is none."""
    parts = [part.strip() for part in re.split("[;；,，、]", text)]
    parts = [shape_of([part]) if part and not re.search("[Aa9]", part) else part for part in parts]
    while parts and not parts[-1]:
        parts.pop()
    good = all(not part or (re.search("[Aa9]", part) and CODE.fullmatch(example_of(part))) for part in parts)
    return "; ".join(parts) if good and len(parts) <= LEVELS else None


def part_of(pattern: str, level: int) -> str:
    """The part for a level, 1 at the top; '' for any code."""
    parts = pattern.split(";")
    return parts[level - 1].strip() if level <= len(parts) else ""


def fits(code: str, part: str) -> bool:
    return not part or _expression(part).fullmatch(code) is not None


@cache
def _expression(part: str) -> re.Pattern[str]:
    return re.compile("".join(map(_piece, _PIECES.findall(part))))


def _piece(piece: str) -> str:
    known = {"A": rf"[A-Z]{{{len(piece)}}}", "a": rf"[a-z]{{{len(piece)}}}"}
    known["9"] = rf"[0-9]{{{len(piece)}}}" if len(piece) > 1 else "(?:0|[1-9][0-9]*)"
    return known.get(piece[0], re.escape(piece))


def below(part: str, above: str) -> str:
    """What a part adds to the part above, where it begins so: `-99` of `AAA-99-99` below `AAA-99`; else ''."""
    return part.removeprefix(above) if above and part.startswith(above) else ""


def example_of(part: str) -> str:
    """A code of the pattern: `ABC-01` of `AAA-99`."""
    return "".join(map(_example, _PIECES.findall(part)))


def _example(piece: str) -> str:
    if piece[0] == "9":
        return "1".zfill(len(piece))
    return (_EXAMPLES[piece[0]] * len(piece))[: len(piece)] if piece[0] in _EXAMPLES else piece


def shape_of(codes: Iterable[str]) -> str:
    """The pattern that all of the codes show; '' where there is none that is theirs."""
    split = [_RUNS.findall(code) for code in codes]
    if not split or len({len(runs) for runs in split}) > 1:
        return ""
    parts = [_shape(set(runs)) for runs in zip(*split, strict=True)]
    return "" if None in parts else "".join(parts)


def _shape(runs: set[str]) -> str | None:
    lengths = {len(run) for run in runs}
    if all(run.isascii() and run.isdigit() for run in runs):
        padded = any(len(run) > 1 and run.startswith("0") for run in runs)
        return "9" * len(next(iter(runs))) if padded and len(lengths) == 1 else None if padded else "9"
    for sign, isin in (("A", str.isupper), ("a", str.islower)):
        if all(run.isascii() and run.isalpha() and isin(run) for run in runs):
            return sign * len(next(iter(runs))) if len(lengths) == 1 else None
    return next(iter(runs)) if len(runs) == 1 else None


def shown_pattern(levels: Iterable[Iterable[str]]) -> str:
    """The pattern that codes show, level by level from the top; '' where none shows any."""
    parts = [shape_of(codes) for codes in levels]
    while parts and not parts[-1]:
        parts.pop()
    return "; ".join(parts)
