"""Tables as CSV that spreadsheets open rightly: UTF-8 with a mark, no text that could run as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from surveys.intake.formula import neutralise


def csv_bytes(names: Sequence[str], rows: Iterable[Sequence[str | int | float | None]]) -> bytes:
    """Header and rows, lines ended by CR LF; numbers stay numbers."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([neutralise(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")
