"""What is not certain about a foreign file, and the answers that its columns hold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from materiality.tables.problems import Fault, column_letters
from surveys.intake.columns import shown_cell


@dataclass(frozen=True)
class Doubt:
    """`code` is a key of `kinds.KINDS`, `column` the place of the column from 0, -1 for the file as a whole."""

    code: str
    column: int = -1
    header: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    names: Sequence[str] = ()  # what it is about by name, where a saved match can remember that it is meant so

    @property
    def id(self) -> str:
        """The same for the same file: `unknown_values@F`, `sheet_unread@Averages`, `few_issues`."""
        place = column_letters(self.column) if self.column >= 0 else str(self.params.get("sheet", ""))
        return f"{self.code}@{place}" if place else self.code

    def to_json(self) -> dict:
        """Plain values."""
        params = {name: str(value) for name, value in self.params.items()}
        return {
            "id": self.id, "code": self.code, "column": self.column, "header": self.header, "params": params,
            "names": list(self.names),
        }  # fmt: skip

    @classmethod
    def of(cls, plain: Mapping) -> "Doubt":
        """The doubt of its JSON."""
        return cls(*(plain[name] for name in ("code", "column", "header", "params")), plain.get("names", ()))


MOST_ROWS = 20_000
MOST_ANSWERS = 200
_CHUNK = 500
_LONGEST = 300


@dataclass
class ColumnAnswers:
    """Different answers of a column as text; `many` where there are more than were kept."""

    texts: dict[str, None] = field(default_factory=dict)
    many: bool = False

    def take(self, cells: Iterable[object]) -> None:
        """Add cells; faults of the spreadsheet are no answers."""
        if self.many:
            return
        for cell in dict.fromkeys(cells):
            if not isinstance(cell, Fault):
                self.texts.setdefault(cell[:_LONGEST] if isinstance(cell, str) else shown_cell(cell, _LONGEST))
        self.many = len(self.texts) > MOST_ANSWERS

    def given(self) -> list[str]:
        """The answers that are not empty."""
        return [text for text in self.texts if text.strip()]


def collect(rows: Iterable[Sequence[object]], width: int) -> list[ColumnAnswers]:
    """ColumnAnswers of the first `width` columns in the first 20,000 rows."""
    columns = [ColumnAnswers() for _column in range(width)]
    rows = islice(rows, MOST_ROWS)
    while chunk := list(islice(rows, _CHUNK)):
        wide = [row if len(row) >= width else [*row, *[""] * (width - len(row))] for row in chunk]
        for answers, cells in zip(columns, zip(*wide, strict=False), strict=False):
            answers.take(cells)
    return columns
