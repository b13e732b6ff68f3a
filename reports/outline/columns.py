"""The columns of an outline file and which column of a file is which (formats.md, `outline`)."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.outline.problems import OutlineProblem
from surveys.intake.cells import shown
from surveys.intake.nearest import Nearest, plain
from surveys.intake.problems import column_letters

COLUMNS = (
    "order",
    "chapter",
    "section",
    "chapter_en",
    "section_en",
    "issues",
    "disclosures",
    "location",
    "omission_requirement",
    "omission_reason",
    "omission_explanation",
)
REQUIRED = ("order", "chapter")
ALIASES = {"chapter_zh": "chapter", "section_zh": "section"}  # people expect both languages to be named alike
LENGTHS = dict.fromkeys(COLUMNS, 300) | {"issues": 4_000, "disclosures": 8_000, "omission_explanation": 10_000}
OMISSION_REASONS = (
    "not_applicable",
    "legal_prohibitions",
    "confidentiality_constraints",
    "information_unavailable",
)


@dataclass(frozen=True)
class Columns:
    """Place of each known column in a row, from 0; with any problem the rows must not be read."""

    places: dict[str, int]
    problems: list[OutlineProblem]


def match_columns(header: Sequence[object], row: int) -> Columns:
    """Match a header row; names are compared without case, full width and surrounding spaces.

    `problems` lists every column that is unknown, doubled, unnamed or missing, with the nearest right name.
    """
    names = [shown(cell).strip() for cell in header]
    while names and not names[-1]:
        names.pop()
    known = {plain(name): name for name in COLUMNS} | ALIASES
    nearest = Nearest(COLUMNS)
    places: dict[str, int] = {}
    problems = []
    for index, name in enumerate(names):
        column = known.get(plain(name).replace(" ", "_"))
        if column is None:
            code = "unknown_column" if name else "unnamed_column"
            problems.append(OutlineProblem(row, index, name, name, code, {"value": name}, _offer(nearest(name))))
        elif column in places:
            params = {"value": column, "first": column_letters(places[column])}
            problems.append(OutlineProblem(row, index, column, name, "duplicate_column", params))
        else:
            places[column] = index
    return Columns(places, problems + _missing(names, places, row))


def _missing(names: list[str], places: dict[str, int], row: int) -> list[OutlineProblem]:
    """Required columns that there are not, with the unknown column that looks most like them."""
    strangers = Nearest(name for index, name in enumerate(names) if name and index not in places.values())
    return [
        OutlineProblem(row, None, name, "", "missing_column", {"value": name}, _offer(strangers(name)))
        for name in REQUIRED
        if name not in places
    ]


def _offer(name: str) -> tuple[str, ...]:
    return (name,) if name else ()
