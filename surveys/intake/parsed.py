"""The result of reading a file of responses: columns of values and every error."""

import datetime as dt
from dataclasses import dataclass, field

import numpy as np

from surveys.intake.problems import CellError


@dataclass
class ParsedResponses:
    """R rows in file order, bad ones included; what a bad cell would have said is left at its default.

    With errors in the header no row is read and R is 0.
    """

    kind: str  # "csv" or "xlsx"
    sha256: str
    encoding: str  # '' for a workbook
    sheet: str  # '' for CSV
    header: list[str]
    header_row: int
    group_codes: tuple[str, ...]
    row_numbers: np.ndarray  # int32[R], as the spreadsheet shows them
    ratings: np.ndarray  # uint8[R, n items], byte codes in frozen item order
    group: np.ndarray  # int16[R], place in group_codes, -1 where bad
    token: list[str]
    channel: list[str]
    language: list[str]
    comment: list[str]
    started_at: list[dt.datetime | None]
    submitted_at: list[dt.datetime | None]
    consent: np.ndarray  # bool[R]
    unfinished: np.ndarray  # bool[R]: no time of submission, though other rows have one
    bad: np.ndarray  # bool[R]
    errors: list[CellError] = field(default_factory=list)  # by row and column, at most Limits.max_errors
    error_count: int = 0  # all of them
    bad_rows: dict[int, list[object]] = field(default_factory=dict)  # row number -> cells, at most Limits.max_bad_rows
    profile: list[dict] = field(default_factory=list)  # answers by question per row; empty where there are none
    attention: list[int | None] = field(default_factory=list)  # byte codes per row, None = not asked; or empty
    notes: list[dict] = field(default_factory=list)  # what a foreign file holds and a person should know

    @property
    def ok(self) -> bool:
        """Whether every row can be stored."""
        return self.error_count == 0

    @property
    def header_ok(self) -> bool:
        """Whether the rows were read at all."""
        return not any(error.row == self.header_row for error in self.errors)

    def seconds(self, times: list[dt.datetime | None]) -> np.ndarray:
        """Times as seconds since 1970, float64[R], nan where unknown; what screening reads."""
        return np.array([np.nan if time is None else time.timestamp() for time in times], dtype=np.float64)
