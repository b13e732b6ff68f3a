"""The default library's file as rows and bytes, for tests that spoil it."""

import csv
import io
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[3] / "fixtures"


def flat_rows() -> list[list[str]]:
    """The default library file, headings first."""
    with (FOLDER / "issue_library.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def csv_bytes(rows: list[list[str]], encoding: str = "utf-8") -> bytes:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode(encoding)


def with_cell(row: int, column: str, value: str, rows: list[list[str]] | None = None) -> list[list[str]]:
    """A copy with one cell changed; `row` counts as a spreadsheet does."""
    rows = [list(cells) for cells in (rows or flat_rows())]
    rows[row - 1][rows[0].index(column)] = value
    return rows
