"""How large a file of responses may be."""

from dataclasses import dataclass

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """Bytes, rows below the header, columns; `max_cells` and `max_unpacked` (bytes) hold for workbooks.

    A workbook is held in memory while it is read, about 70 bytes per cell. `max_errors` bad cells are listed,
    the rest are counted; of `max_bad_rows` bad rows the cells are kept for the error workbook.
    """

    max_bytes: int = 100 * MEGABYTE
    max_rows: int = 300_000
    max_columns: int = 2_000
    max_cells: int = 15_000_000
    max_unpacked: int = 1_500 * MEGABYTE
    max_errors: int = 100_000
    max_bad_rows: int = 20_000
