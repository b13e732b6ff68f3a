"""Lines of a CSV file, whatever it was saved as."""

import csv
import io
from collections.abc import Iterator

from materiality.library_file.problems import unreadable
from materiality.table_file import restored


def csv_lines(contents: bytes) -> Iterator[list[str]]:
    """Cells line by line, without the apostrophe that keeps spreadsheets from running a text. Raises BadLibrary."""
    text = decode(contents)
    first = text[: (text + "\n").index("\n")]
    separator = max(",;\t", key=first.count)
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            yield [restored(cell) for cell in cells]
    except csv.Error as error:  # a quotation mark that never closes swallows the rest of the file into one cell
        raise unreadable("broken_encoding") from error


def decode(contents: bytes) -> str:
    """Text of the bytes. A UTF-8 file with a few bad bytes is refused and not taken for GB18030 by chance."""
    if b"\0" in contents:
        raise unreadable("broken_encoding")
    try:
        return contents.decode("utf-8-sig")
    except UnicodeDecodeError:
        guess = contents.decode("utf-8", errors="replace")
    bad = guess.count("\ufffd")
    if sum(letter > "\x7f" for letter in guess) - bad > 4 * bad:
        raise unreadable("broken_encoding")
    try:
        return contents.decode("gb18030")
    except UnicodeDecodeError as error:
        raise unreadable("broken_encoding") from error
