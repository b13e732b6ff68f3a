"""The rating cells of a row, all at once where they are good, one by one where one is not."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import getitem, itemgetter

import numpy as np

from materiality.scoring.codes import NOT_ASKED, SKIPPED
from surveys.intake.problems import Fault
from surveys.questionnaire.ratings import RatingError, RatingTable, rating_code

_LONGEST_REMEMBERED = 100

Report = Callable[[int, object, str, dict], None]


class RatingColumns:
    """Collects the ratings of every row; `places` is the column of each item, -1 where the file has none."""

    def __init__(
        self, places: np.ndarray, k: int, *, typed: bool, tables: Sequence[Mapping[object, int]] | None = None
    ) -> None:
        """`tables`: per item that has a column what its cells mean; without them they are as in formats.md."""
        self.k = k
        self.tables = tables
        self.typed = typed
        self.present = np.flatnonzero(places >= 0)
        self.n_items = len(places)
        self._columns = places[self.present].tolist()
        self._pick = _picker(self._columns)
        self._code_of = RatingTable(k).__getitem__
        self._bytes = bytearray()

    def add(self, cells: Sequence[object], report: Report) -> None:
        """Take a row; `report(column, cell, code, params)` is called for each bad cell, which counts as skipped."""
        picked = self._pick(cells)
        if self.tables is not None:
            self._add_by_tables(picked, report)
            return
        if not (self.typed and bool in map(type, picked)):
            try:
                self._bytes += bytes(map(self._code_of, picked))
                return
            except KeyError:
                pass
        self._bytes += bytes(self._code(*pair, report) for pair in zip(self._columns, picked, strict=True))

    def _add_by_tables(self, picked: Sequence[object], report: Report) -> None:
        """As `add`, where each column has its own words; a bad cell is `unknown_value`."""
        if not (self.typed and bool in map(type, picked)):
            try:
                self._bytes += bytes(map(getitem, self.tables, picked))
                return
            except (KeyError, TypeError):
                pass
        for column, table, cell in zip(self._columns, self.tables, picked, strict=True):
            try:
                code = table[str(cell) if isinstance(cell, bool) else cell]
            except (KeyError, TypeError):
                code = SKIPPED
                report(column, cell, cell.code if isinstance(cell, Fault) else "unknown_value", {"k": self.k})
            self._bytes.append(code)

    def _code(self, column: int, cell: object, report: Report) -> int:
        short = not isinstance(cell, str) or len(cell) <= _LONGEST_REMEMBERED
        code, problem = (_code_or_problem if short else _code_or_problem.__wrapped__)(cell, self.k)
        if problem:
            report(column, cell, cell.code if isinstance(cell, Fault) else problem, {"k": self.k})
        return code

    def matrix(self, n_rows: int) -> np.ndarray:
        """uint8[R, n items]; items without a column are not asked."""
        given = np.frombuffer(self._bytes, dtype=np.uint8).reshape(n_rows, len(self.present))
        if len(self.present) == self.n_items:
            return given
        ratings = np.full((n_rows, self.n_items), NOT_ASKED, dtype=np.uint8)
        ratings[:, self.present] = given
        return ratings


def _picker(columns: list[int]) -> Callable[[Sequence[object]], Sequence[object]]:
    first = min(columns, default=0)
    if columns == list(range(first, first + len(columns))):
        return itemgetter(slice(first, first + len(columns)))
    return itemgetter(*columns)


@lru_cache(maxsize=4096, typed=True)
def _code_or_problem(cell: object, k: int) -> tuple[int, str]:
    """Byte code and '', or skipped and the problem; remembered, because bad cells come in thousands alike."""
    try:
        return rating_code(cell, k), ""
    except RatingError as error:
        return SKIPPED, error.code
