"""The fixtures as bytes and reference, for tests that spoil them."""

import csv
import io
from functools import cache
from pathlib import Path

from materiality.library_file.read import Reference, read_library, read_reference
from materiality.tables.problems import BadLibrary, Problem

FOLDER = Path(__file__).resolve().parents[3] / "fixtures"


@cache
def reference() -> Reference:
    return read_reference(FOLDER)


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


def problems_of(contents: bytes, name: str = "library.csv") -> list[Problem]:
    """What is wrong with a file; fails where nothing is."""
    try:
        read_library(contents, name, reference())
    except BadLibrary as error:
        return error.problems
    raise AssertionError("the file was taken")
