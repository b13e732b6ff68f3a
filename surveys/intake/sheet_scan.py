"""A quick look through a sheet's XML: how far it reaches, and which cells have no usable value.

The sheet reader allocates the whole rectangle from the first cell to the last, so that a file of 5 KB with one cell
far away would ask for 500 GB; and it gives empty text for errors such as #N/A and for formulas never calculated,
which would pass for skipped ratings. Both are found here, before it runs.
"""

import re

import numpy as np

from surveys.intake.limits import Limits
from surveys.intake.problems import Fault, FileProblem

_LONGEST_REFERENCE = 12
_LONGEST_TAG = 8 << 20
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)(\d*)""")
_CELL = re.compile(rb"<c\s([^>]*[^/>])>(.*?)</c>", re.DOTALL)
_PLACE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Za-z]+)(\d+)["']""")
_TYPE = re.compile(rb"""(?:^|\s)t\s*=\s*["'](\w+)["']""")
_VALUE = re.compile(rb"<v[^>]*>([^<]*)</v>")
_FAR = 1 << 30
EQUALS, OPEN, COLON = b"=<:"
# Bytes that can follow the name of an element.
_ENDS_NAME = np.array([byte <= 32 or byte in b"/>" for byte in range(256)])


class SheetScan:
    """Fed with pieces of one member of the workbook; raises FileProblem as soon as a limit is passed."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.faults: dict[tuple[int, int], Fault] = {}
        self._carry = b""
        self._max_row = self._max_column = 0
        self._rows = self._cells = self._row_cells = self._widest = 0
        self._unplaced_rows = self._unplaced_cells = False

    def feed(self, chunk: bytes) -> None:
        """Take the next piece. The last cell is kept back until all of it is there."""
        data = self._carry + chunk
        cell = data.rfind(b"<c ", -200_000)
        cut = cell if cell >= 0 else data.rfind(b"<")
        cut = cut if cut >= 0 else len(data)
        self._carry = data[cut:]
        if len(self._carry) > _LONGEST_TAG:
            raise FileProblem("not_xlsx")
        self._scan(data[:cut])

    def close(self) -> None:
        """The member is at its end."""
        self._scan(self._carry)
        self._carry = b""

    def _scan(self, data: bytes) -> None:
        if not data:
            return
        around = np.frombuffer(b"    " + data + b" " * (_LONGEST_REFERENCE + 4), np.uint8)
        equals = np.flatnonzero(around == EQUALS)
        equals = equals[(equals > 3) & (equals < len(data) + 4)]
        before, after = around[equals - 1], around[equals + 1]
        if ((before <= 32) | (after <= 32)).any():
            self._references_slowly(data)
        quoted = equals[((after == 34) | (after == 39)) & (around[equals - 2] <= 32)]
        self._references(around, quoted[around[quoted - 1] == ord("r")] + 2)
        has_formula = self._count(around)
        self._check()
        types = quoted[around[quoted - 1] == ord("t")]
        with_error = ((around[types + 2] == ord("e")) & ((around[types + 3] == 34) | (around[types + 3] == 39))).any()
        if has_formula or with_error:
            self._find_faults(data)

    def _references(self, around: np.ndarray, at: np.ndarray) -> None:
        """Read `A1` (a cell) or `1` (a row) at each position, all of them at once."""
        column, row = np.zeros(len(at), np.int64), np.zeros(len(at), np.int64)
        going = np.ones(len(at), bool)
        for step in range(_LONGEST_REFERENCE):
            char = around[at + step].astype(np.int64)
            letter = (char & 0xDF) - 64
            is_letter, is_digit = going & (letter >= 1) & (letter <= 26), going & (char >= 48) & (char <= 57)
            column = np.where(is_letter, column * 26 + letter, column)
            row = np.where(is_digit, row * 10 + char - 48, row)
            going = is_letter | is_digit
            if not going.any():
                break
        if len(at):
            self._reach(_FAR if going.any() else int(row.max()), int(column.max()))

    def _references_slowly(self, data: bytes) -> None:
        """The same where somebody put spaces around an equals sign."""
        for letters, digits in _REFERENCE.findall(data):
            self._reach(int(digits[:10] or 0), _column_number(letters[:6]))

    def _reach(self, row: int, column: int) -> None:
        self._max_row, self._max_column = max(self._max_row, row), max(self._max_column, column)

    def _count(self, around: np.ndarray) -> bool:
        """Count rows and cells, with or without a prefix to the name, and the cells of the fullest row.

        True where a formula may be among them.
        """
        names = np.flatnonzero((around == OPEN) | (around == COLON)) + 1
        names = names[names < len(around) - 8]
        first, second = around[names], around[names + 1]
        cells = names[(first == ord("c")) & _ENDS_NAME[second]]
        rows = names[(first == ord("r")) & (second == ord("o"))]
        rows = rows[(around[rows + 2] == ord("w")) & _ENDS_NAME[around[rows + 3]]]
        in_rows = np.diff(np.concatenate([[0], np.searchsorted(cells, rows), [len(cells)]]))
        in_rows[0] += self._row_cells
        self._row_cells, self._widest = int(in_rows[-1]), max(self._widest, int(in_rows.max()))
        self._rows, self._cells = self._rows + len(rows), self._cells + len(cells)
        self._unplaced_rows |= not _has_place(around, rows + 4)
        self._unplaced_cells |= not _has_place(around, cells + 2)
        return bool((first == ord("f")).any())

    def _check(self) -> None:
        """Refuse a rectangle that is too large; cells and rows without a place follow the last one that has it."""
        if not self._rows + self._cells:
            # Not a sheet: themes have an `r` that means something else.
            return
        rows = self._max_row + (self._rows if self._unplaced_rows else 0)
        columns = self._max_column + (self._widest if self._unplaced_cells else 0)
        if rows > self.limits.max_rows + 1:
            raise FileProblem("too_many_rows", limit=self.limits.max_rows)
        if columns > self.limits.max_columns:
            raise FileProblem("too_many_columns", limit=self.limits.max_columns)
        if max(rows * columns, self._cells) > self.limits.max_cells:
            raise FileProblem("too_many_cells", limit=self.limits.max_cells)

    def _find_faults(self, data: bytes) -> None:
        for attributes, content in _CELL.findall(data):
            place, kind, value = _PLACE.search(attributes), _TYPE.search(attributes), _VALUE.search(content)
            shown = value[1].decode("utf-8", "replace") if value else ""
            kind_name = kind[1] if kind else b"n"
            if kind_name == b"e":
                code = "cell_error"
            elif b"<f" in content and not shown and kind_name not in (b"str", b"inlineStr", b"s"):
                code = "formula_without_value"
            else:
                continue
            if place:
                self.faults[int(place[2]), _column_number(place[1]) - 1] = Fault(code, shown)
            if len(self.faults) > self.limits.max_errors:
                raise FileProblem("too_many_bad_cells", limit=self.limits.max_errors)


def _has_place(around: np.ndarray, at: np.ndarray) -> bool:
    """Whether every element's first attribute, at these positions, is its place."""
    return bool(((around[at] == ord("r")) & (around[at + 1] == EQUALS)).all())


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
