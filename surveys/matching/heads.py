"""Headers of a file taken apart: number, question, row; questions carried down to the rows below them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from surveys.intake.cells import shown
from surveys.intake.problems import Fault
from surveys.matching.issues import Found, Issues
from surveys.matching.texts import cleaned, number_of

_CODED = re.compile(r"([A-Za-z][A-Za-z0-9_.]*)\[([A-Za-z0-9_]+)\](?:[.\s:].*)?")
_SPLIT = re.compile(r"^(.*\S)\s*(?:—+|–|--+|\s-\s|:|\||>|/)\s*(.+)$")
_BRACKETED = re.compile(r"^(.*\S)\s*\[([^\[\]]+)\]\s*$")


@dataclass(frozen=True)
class Head:
    """One column's header. `text` is cleaned, `block` says which columns belong to one question, `stem` its wording.

    `found` is the issue that it names, `row` the part below the stem.
    """

    raw: str
    text: str
    number: str = ""
    block: str = ""
    stem: str = ""
    row: str = ""
    found: Found | None = None


def raw_headers(cells: Sequence[object]) -> list[str]:
    """Headers as text, without empty ones at the end."""
    names = ["" if isinstance(cell, Fault) else shown(cell, 2_000).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def joined_headers(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """Two rows of headers as one: a question stands above its first part only; one cell alone is the sheet's title."""
    if sum(map(bool, first)) <= 1:
        return list(second)
    joined, above = [], ""
    for place in range(max(len(first), len(second))):
        upper = first[place] if place < len(first) else ""
        lower = second[place] if place < len(second) else ""
        above = upper or above
        plain_field = lower.casefold() in ("", "response", "open-ended response", "回答")
        joined.append(f"{above if lower else upper}" + ("" if plain_field or not above else f" [{lower}]"))
    return joined


def heads_of(headers: Sequence[str], issues: Issues) -> list[Head]:
    """Every header taken apart, with the stems of matrices carried down."""
    heads = [_head(raw, issues) for raw in headers]
    carried: dict[str, str] = {}
    result: list[Head] = []
    for head in heads:
        if head.found and not head.block and result and result[-1].found:
            head = replace(head, block=result[-1].block)
        if head.block and head.stem:
            carried[head.block] = head.stem
        elif head.block in carried:
            head = replace(head, stem=carried[head.block])
        result.append(head)
    return result


def _head(raw: str, issues: Issues) -> Head:
    text = cleaned(raw)
    coded = _CODED.fullmatch(text)
    number, rest = number_of(text)
    found = issues.find(rest or text)
    if coded:
        return Head(raw, text, number, coded[1], coded[1], coded[2], found)
    stem, row = _stem_and_row(rest, found)
    return Head(raw, text, number, number or stem, stem, row, found)


def _stem_and_row(text: str, found: Found | None) -> tuple[str, str]:
    """The question and its part; a header that is nothing but an issue's name has no question."""
    if found:
        stem = found.rest.strip(" -—–:|/>[]()【】")
        return stem, text
    parts = _BRACKETED.match(text) or _SPLIT.match(text)
    return (parts[1], parts[2]) if parts else ("", text)
