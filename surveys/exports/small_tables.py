"""Small tables of an export as CSV; without the spreadsheet library, which takes longer to load than they to write."""

import csv
import io
from collections.abc import Iterable, Sequence

from surveys.intake.formula import neutralise


def csv_table(columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> bytes:
    """Header and rows in UTF-8 with BOM; texts that a spreadsheet could run are neutralised."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([neutralise(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")
