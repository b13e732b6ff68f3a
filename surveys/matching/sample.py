"""The different answers of every column, as far as they are few."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from surveys.intake.cells import shown
from surveys.intake.problems import Fault

MOST_ROWS = 20_000
MOST_ANSWERS = 200
_CHUNK = 500
_LONGEST = 300


@dataclass
class Answers:
    """Different answers of a column as text; `many` where there are more than were kept."""

    texts: dict[str, None] = field(default_factory=dict)
    many: bool = False

    def take(self, cells: Iterable[object]) -> None:
        """Add cells; faults of the spreadsheet are no answers."""
        if self.many:
            return
        for cell in dict.fromkeys(cells):
            if not isinstance(cell, Fault):
                self.texts.setdefault(cell[:_LONGEST] if isinstance(cell, str) else shown(cell, _LONGEST))
        self.many = len(self.texts) > MOST_ANSWERS

    def given(self) -> list[str]:
        """The answers that are not empty."""
        return [text for text in self.texts if text.strip()]


def collect(rows: Iterable[Sequence[object]], width: int) -> list[Answers]:
    """Answers of the first `width` columns in the first 20,000 rows."""
    columns = [Answers() for _column in range(width)]
    rows = islice(rows, MOST_ROWS)
    while chunk := list(islice(rows, _CHUNK)):
        wide = [row if len(row) >= width else [*row, *[""] * (width - len(row))] for row in chunk]
        for answers, cells in zip(columns, zip(*wide, strict=False), strict=False):
            answers.take(cells)
    return columns
