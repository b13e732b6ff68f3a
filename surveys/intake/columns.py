"""Which column of a file is which field or item (formats.md, `responses`)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from materiality.scoring.codes import DIMENSIONS
from surveys.intake.cells import shown
from surveys.intake.nearest import Nearest, plain
from surveys.intake.problems import CellError, column_letters

FIELDS = ("token", "group", "channel", "language", "started_at", "submitted_at", "consent", "comment")
# Only exports that could not else tell what is finished have it (formats.md).
UNFINISHED = "unfinished"
REQUIRED = "group"
_KNOWN = (*FIELDS, UNFINISHED)
_LONGEST_NAME = 500


@dataclass(frozen=True)
class Columns:
    """Places in a row, from 0: fields by name; per item of the survey, in frozen order, -1 where the file has none;
    further columns by name.
    """

    names: list[str]
    fields: dict[str, int]
    items: np.ndarray  # int32[n items]
    problems: list[CellError]
    more: dict[str, int] = field(default_factory=dict)


def item_name(code: str, dimension: str) -> str:
    """Header of an item's column."""
    return f"{code}:{dimension}"


def match_columns(
    header: Sequence[object], items: Sequence[tuple[str, str]], *, row: int = 1, more: Sequence[str] = ()
) -> Columns:
    """Match a header row against the fields, the survey's items (code, dimension) and `more` names of columns.

    Names are compared without case, surrounding spaces and full width. `problems` lists every column that is
    unknown, doubled, unnamed or missing; with any of them the rows must not be read.
    """
    names = [shown(cell, _LONGEST_NAME).strip() for cell in header]
    while names and not names[-1]:
        names.pop()
    wanted = {plain(name): name for name in (*FIELDS, UNFINISHED, *more, *(item_name(*item) for item in items))}
    position: dict[str, int] = {}
    problems: list[CellError] = []
    nearest = Nearest(wanted.values())
    for index, name in enumerate(names):
        known = wanted.get(_key(name))
        if known is None:
            problems.append(_unknown(row, index, name, nearest))
        elif known in position:
            first = column_letters(position[known])
            problems.append(CellError(row, index, known, name, "duplicate_column", {"value": known, "first": first}))
        else:
            position[known] = index
    places = np.array([position.get(item_name(*item), -1) for item in items], dtype=np.int32)
    problems += _missing(row, names, position, places, items)
    fields, further = ({name: position[name] for name in own if name in position} for own in (_KNOWN, more))
    return Columns(names, fields, places, problems, further)


def _key(name: str) -> str:
    """The name for comparing; `SOC-01-01 : society` is the same column as without the spaces."""
    return ":".join(part.strip() for part in plain(name).split(":"))


def _unknown(row: int, index: int, name: str, nearest: Nearest) -> CellError:
    if not name:
        return CellError(row, index, "", "", "unnamed_column")
    _, colon, dimension = _key(name).rpartition(":")
    code = "unknown_item" if colon and dimension in DIMENSIONS else "unknown_column"
    shown = name[:100]
    return CellError(row, index, shown, shown, code, {"value": shown, "nearest": nearest(name)})


def _missing(
    row: int, names: list[str], position: dict[str, int], places: np.ndarray, items: Sequence
) -> list[CellError]:
    """Problems of the header as a whole stand behind its last column."""
    problems = []
    if REQUIRED not in position:
        unused = [name for index, name in enumerate(names) if name and index not in position.values()]
        params = {"value": REQUIRED, "nearest": Nearest(unused)(REQUIRED)}
        problems.append(CellError(row, len(names), REQUIRED, "", "missing_column", params))
    if not (places >= 0).any():
        example = item_name(*items[0]) if items else item_name("SOC-01-01", DIMENSIONS[0])
        problems.append(CellError(row, len(names), "", "", "no_item_column", {"example": example}))
    return problems
