"""Which column of a file is which column of a format."""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from materiality.library_file.nearest import nearest
from materiality.library_file.problems import Problem
from materiality.resources.columns import SheetColumn

LEFT_OUT = ""


@dataclass(frozen=True)
class HeaderMatch:
    """`columns`: heading → column of the format, or LEFT_OUT. `guesses`: headings whose column is the nearest only.

    `unknown`: headings that resemble nothing.
    """

    columns: dict[str, str]
    guesses: frozenset[str]
    unknown: frozenset[str]

    @property
    def is_certain(self) -> bool:
        return not self.guesses and not self.unknown


def match_headers(given: Sequence[str], columns: Sequence[SheetColumn]) -> HeaderMatch:
    """Match headings by name or title, without case and width; what is left by likeness, best first."""
    spellings = {_plain(spelling): column.name for column in columns for spelling in (*column.titles, column.name)}
    matched: dict[str, str] = {}
    for heading in dict.fromkeys(name for name in given if name):
        name = spellings.get(_plain(heading))
        if name and name not in matched.values():
            matched[heading] = name
    guesses = _guessed(given, columns, matched)
    rest = [heading for heading in dict.fromkeys(given) if heading and heading not in matched | guesses]
    everything = matched | guesses | dict.fromkeys(rest, LEFT_OUT)
    order = [heading for heading in dict.fromkeys(given) if heading]
    return HeaderMatch({name: everything[name] for name in order}, frozenset(guesses), frozenset(rest))


def check_match(match: Mapping[str, str], given: Sequence[str], columns: Sequence[SheetColumn]) -> list[Problem]:
    """What stands against reading the rows: headings twice, columns chosen twice, needed columns missing."""
    problems = [Problem("double_column", 1, name, name) for name, n in Counter(filter(None, given)).items() if n > 1]
    chosen = Counter(name for name in match.values() if name)
    problems += [Problem("column_twice", 1, name, name) for name, n in chosen.items() if n > 1]
    free = [heading for heading in given if heading and not match.get(heading)]
    for column in columns:
        if column.required and column.name not in chosen:
            problems.append(Problem("missing_column", 1, column.name, column.name, nearest(column.name, free)))
    return problems


def unknown_columns(match: HeaderMatch, columns: Sequence[SheetColumn]) -> list[Problem]:
    """The headings that are not the format's own, each with the nearest column, for those who cannot choose."""
    free = [column.name for column in columns if column.name not in match.columns.values()]
    problems = []
    for heading in match.columns:
        if heading in match.guesses:
            problems.append(Problem("unknown_column", 1, heading, heading, (match.columns[heading],)))
        elif heading in match.unknown:
            problems.append(Problem("unknown_column", 1, heading, heading, nearest(heading, free)))
    return problems


def _guessed(given: Sequence[str], columns: Sequence[SheetColumn], matched: dict[str, str]) -> dict[str, str]:
    free = {column.name: column for column in columns if column.name not in matched.values()}
    found: dict[str, str] = {}
    for heading in given:
        if heading and heading not in matched and heading not in found:
            spellings = {spelling: name for name, c in free.items() for spelling in (name, *c.titles)}
            close = nearest(heading, spellings, at_least=0.6)
            if close:
                found[heading] = spellings[close[0]]
                del free[spellings[close[0]]]
    return found


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().replace("_", " ").replace("-", " ").split())
