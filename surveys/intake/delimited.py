"""Rows of a CSV file: delimiter from the header line, rows one at a time."""

import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from surveys.intake.encoding import TextScan
from surveys.intake.limits import Limits
from surveys.intake.problems import FileProblem

DELIMITERS = (",", ";", "\t")
_QUOTED = re.compile(r'"[^"]*"')
_LONGEST_LINE = 1_000_000


def sniff_delimiter(line: str) -> str:
    """Comma, semicolon or tab: the one that stands most often outside quotation marks; comma in a draw."""
    bare = _QUOTED.sub("", line)
    return max(DELIMITERS, key=bare.count)


def csv_rows(stream: BinaryIO, scan: TextScan, limits: Limits) -> Iterator[tuple[int, list[str]]]:
    """Non-blank rows with their numbers (from 1), the header first.

    FileProblem `too_many_rows` comes before the first row; `broken_quotes`, `cell_too_long` when their row is reached.
    """
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=scan.encoding, newline="")
    try:
        line = text.readline(_LONGEST_LINE)
        while line and not line.strip():
            line = text.readline(_LONGEST_LINE)
        delimiter = sniff_delimiter(line)
        # Only a file with more lines than rows are allowed is counted first: cells can hold line ends.
        if scan.lines > limits.max_rows + 1:
            _refuse_too_many(_rows(text, delimiter), limits.max_rows)
        yield from _rows(text, delimiter)
    finally:
        if not stream.closed:
            text.detach()


def _rows(text: io.TextIOWrapper, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    text.seek(0)
    number = 0
    try:
        for number, cells in enumerate(csv.reader(text, delimiter=delimiter, strict=True), start=1):
            if any(cells) and not "".join(cells).isspace():
                yield number, cells
    except csv.Error as error:
        if "field larger" in str(error):
            raise FileProblem("cell_too_long", row=number + 1, limit=csv.field_size_limit()) from None
        raise FileProblem("broken_quotes", row=number + 1) from None


def _refuse_too_many(rows: Iterator[tuple[int, list[str]]], limit: int) -> None:
    for count, _ in enumerate(rows):
        if count > limit:
            raise FileProblem("too_many_rows", limit=limit)
