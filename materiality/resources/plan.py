"""What an import would do, row by row, as values that can be stored, compared and shown."""

import hashlib
import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from materiality.library_file.problems import Problem

NEW, CHANGED, UNCHANGED, ERROR = "new", "changed", "unchanged", "error"
STATES = (ERROR, NEW, CHANGED, UNCHANGED)


@dataclass(frozen=True)
class SheetRow:
    """One row of a file: where it stands, and its trimmed cells by the names of the format."""

    number: int
    cells: dict[str, str]
    sheet: str = ""

    @property
    def place(self) -> tuple[str, int]:
        return self.sheet, self.number

    def problem(self, kind: str, column: str, value: str | None = None, **rest: Any) -> Problem:
        """A problem of the cell under `column`."""
        shown = self.cells.get(column, "") if value is None else value
        return Problem(kind, self.number, column, shown, sheet=self.sheet, **rest)


@dataclass
class PlannedRow:
    """What becomes of a row. `cells`: column → [old, new] of the cells that change, all that are filled if new."""

    sheet: str
    number: int
    key: tuple[str, ...]
    state: str = UNCHANGED
    cells: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)


@dataclass
class Plan:
    """`problems` concern the file; `others` counts rows that are stored, not in the file, and stay as they are."""

    rows: list[PlannedRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    others: int = 0
    untouched: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are in each state."""
        found = Counter(row.state for row in self.rows)
        return {state: found[state] for state in STATES}

    @property
    def is_good(self) -> bool:
        return not self.problems and not self.counts[ERROR]

    @property
    def changes_anything(self) -> bool:
        return bool(self.counts[NEW] or self.counts[CHANGED])

    @property
    def digest(self) -> str:
        """SHA-256 of what the plan does: equal where nothing changed since it was shown."""
        does = [[row.sheet, row.number, row.key, row.state, row.cells, len(row.problems)] for row in self.rows]
        return hashlib.sha256(json.dumps(does, sort_keys=True).encode()).hexdigest()

    def as_json(self) -> dict:
        """For storing; `from_json` gives the plan back."""
        return {
            "digest": self.digest,
            "counts": self.counts,
            "rows": [_row_json(row) for row in self.rows],
            "problems": [asdict(problem) for problem in self.problems],
            "others": self.others,
            "untouched": self.untouched,
            "left_out": self.left_out,
        }

    @classmethod
    def from_json(cls, held: dict) -> "Plan":
        """The plan of `as_json`; an empty one of {}."""
        return cls(
            rows=[_row(row) for row in held.get("rows", ())],
            problems=[problem_of(problem) for problem in held.get("problems", ())],
            others=held.get("others", 0),
            untouched=held.get("untouched", []),
            left_out=held.get("left_out", []),
        )


def problem_of(held: dict) -> Problem:
    """The problem of `asdict(problem)`, also after it was JSON."""
    return Problem(**{**held, "nearest": tuple(held["nearest"])})


def _row_json(row: PlannedRow) -> list:
    """Most rows of a large file are unchanged and need three values only."""
    held: list = [row.sheet, row.number, list(row.key)]
    if row.state == UNCHANGED and not row.warnings:
        return held
    return [*held, row.state, row.cells, [asdict(p) for p in row.problems], [asdict(p) for p in row.warnings]]


def _row(held: list) -> PlannedRow:
    sheet, number, key, *rest = held
    if not rest:
        return PlannedRow(sheet, number, tuple(key))
    state, cells, problems, warnings = rest
    found, warned = [problem_of(p) for p in problems], [problem_of(p) for p in warnings]
    return PlannedRow(sheet, number, tuple(key), state, cells, found, warned)
