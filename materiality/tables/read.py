"""Reading CSV and XLSX of any origin: encodings, archives, sheets, cells, all within limits."""

import codecs
import csv
import hashlib
import io
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from materiality.tables.guards import MEGABYTE, Limits, check_archive, workbook_pieces
from materiality.tables.problems import Fault, FileProblem

Rows = Iterator[tuple[int, list[object]]]
CHUNK = 1 << 20


@dataclass(frozen=True)
class TextScan:
    """Python's name of the encoding and an upper bound of the number of lines."""

    encoding: str
    lines: int


def sha256_of(stream: BinaryIO) -> str:
    """Hexadecimal SHA-256 of the whole stream."""
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def scan_text(stream: BinaryIO) -> TextScan:
    """Find the encoding; FileProblem `empty_file`, `nul_bytes` or `broken_encoding` (byte from 0, line from 1)."""
    stream.seek(0)
    start = stream.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return TextScan("utf-16", _read_through(stream, "utf-16"))
    if start.startswith(codecs.BOM_UTF8):
        return TextScan("utf-8-sig", _read_through(stream, "utf-8-sig"))
    try:
        return TextScan("utf-8", _read_through(stream, "utf-8"))
    except FileProblem as problem:
        # One bad byte in UTF-8 often decodes as GB18030, to nonsense: the bulk of the text decides which it is.
        if problem.code != "broken_encoding" or _mostly_utf8(stream):
            raise
    scan = TextScan("gb18030", _read_through(stream, "gb18030"))
    _refuse_accents(stream)
    return scan


def _read_through(stream: BinaryIO, encoding: str) -> int:
    """Number of line ends and 1, having decoded everything."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    ends, blank, last = [0, 0], True, False
    while not last:
        chunk = stream.read(CHUNK)
        last = not chunk
        at = stream.tell() - len(chunk) - len(decoder.getstate()[0])
        # Places are counted without the mark at the very beginning.
        mark = len(codecs.BOM_UTF8) if encoding == "utf-8-sig" and at == 0 else 0
        try:
            text = decoder.decode(chunk, final=last)
        except UnicodeDecodeError as error:
            raise _problem_at(stream, "broken_encoding", encoding, at + mark + error.start) from None
        if "\0" in text:
            mark = 2 if encoding == "utf-16" and at == 0 else mark
            before = text[: text.index("\0")].encode(encoding.replace("utf-16", "utf-16-le").removesuffix("-sig"))
            raise _problem_at(stream, "nul_bytes", encoding, at + mark + len(before))
        ends = [ends[0] + text.count("\n"), ends[1] + text.count("\r")]
        blank = blank and not text.strip()
    if blank:
        raise FileProblem("empty_file")
    return max(ends) + 1


def _problem_at(stream: BinaryIO, code: str, encoding: str, offset: int) -> FileProblem:
    """The problem with its byte offset (from 0) and line (from 1)."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("ignore")
    left, ends = offset, [0, 0]
    while left > 0 and (chunk := stream.read(min(CHUNK, left))):
        left -= len(chunk)
        text = decoder.decode(chunk)
        ends = [ends[0] + text.count("\n"), ends[1] + text.count("\r")]
    return FileProblem(code, offset=offset, line=max(ends) + 1)


_PAIR = re.compile(rb"[\x81-\xfe](?:[\x30-\x39][\x81-\xfe][\x30-\x39]|[\x40-\xfe])")
_PAIRS_ENOUGH = 2_000


def _refuse_accents(stream: BinaryIO) -> None:
    """Refuse what decodes as GB18030 by chance: `broken_encoding` at the first accented letter.

    A letter of Windows-1252 takes the ASCII letter behind it along; of the pairs of a Chinese text few end so.
    """
    stream.seek(0)
    pairs = accents = at = 0
    first = -1
    while pairs < _PAIRS_ENOUGH and (chunk := stream.read(CHUNK)):
        for found in _PAIR.finditer(chunk):
            pairs += 1
            if found[0][1] < 0x80:
                accents += 1
                first = at + found.start() if first < 0 else first
        at += len(chunk)
    if accents and accents * 3 > pairs:
        raise _problem_at(stream, "broken_encoding", "latin-1", first)


def _mostly_utf8(stream: BinaryIO) -> bool:
    """Whether more characters beyond ASCII decode as UTF-8 than fail to."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    good = bad = 0
    last = False
    while not last:
        chunk = stream.read(CHUNK)
        last = not chunk
        text = decoder.decode(chunk, final=last)
        broken = text.count("\ufffd")
        good += len(text) - len(text.encode("ascii", "ignore")) - broken
        bad += broken
    return good > bad


DELIMITERS = (",", ";", "\t")
_QUOTED = re.compile(r'"[^"]*"')
_LONGEST_LINE = 1_000_000


def sniff_delimiter(line: str) -> str:
    """Comma, semicolon or tab: the one that stands most often outside quotation marks; comma in a draw. A bar where
    there is none of them.
    """
    bare = _QUOTED.sub("", line)
    found = max(DELIMITERS, key=bare.count)
    return found if found in bare or "|" not in bare else "|"


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
            _refuse_too_many(_delimited_rows(text, delimiter), limits.max_rows)
        yield from _delimited_rows(text, delimiter)
    finally:
        if not stream.closed:
            text.detach()


def _delimited_rows(text: io.TextIOWrapper, delimiter: str) -> Iterator[tuple[int, list[str]]]:
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


OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
_ENCRYPTED_PART = "EncryptedPackage".encode("utf-16-le")


def refuse_ole(stream: BinaryIO) -> FileProblem:
    """The problem of a file in the old container format: a workbook with a password, or an XLS."""
    stream.seek(0)
    return FileProblem("encrypted" if _ENCRYPTED_PART in stream.read() else "old_xls")


@dataclass(frozen=True)
class FileSheet:
    """One sheet of an open file; `rows` reads it from its beginning, as often as it is called."""

    name: str  # '' for CSV
    hidden: bool
    rows: Callable[[], Rows]
    hidden_rows: int = 0


class OpenWorkbook:
    """An open workbook; the sheet that was read last stays in memory, a large one as rows whose equal cells are one."""

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self._archive, self._stream, self._limits = check_archive(stream, limits), stream, limits
        self._rows: tuple[str, list[list[object]]] = "", []
        stream.seek(0)
        self._book = _opened_sheets(lambda: CalamineWorkbook.from_filelike(stream))
        self._last: tuple[str, CalamineSheet] | None = None
        metadata = [sheet for sheet in self._book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        if not metadata:
            raise FileProblem("not_xlsx")
        self.names = [sheet.name for sheet in metadata]
        self.hidden = {sheet.name for sheet in metadata if sheet.visible != SheetVisibleEnum.Visible}

    def sheet(self, name: str) -> CalamineSheet:
        if self._last is None or self._last[0] != name:
            self._last = None
            self._last = (name, _opened_sheets(lambda: self._book.get_sheet_by_name(name)))
        return self._last[1]

    def rows(self, name: str) -> Rows:
        """The sheet's non-blank rows with their numbers (from 1)."""
        every = self._every_row(name) if self._is_large(name) else _whole_rows(self.sheet(name))
        return _sheet_rows(every, self._archive.faults_of(name))

    def height(self, name: str) -> int:
        """Number of the last row."""
        return self._archive.size_of(name).rows if self._is_large(name) else self.sheet(name).total_height

    def cells(self, name: str) -> int:
        """How many cells the sheet holds, empty ones between others included."""
        if self._is_large(name):
            return self._archive.size_of(name).cells
        return self.sheet(name).total_height * self.sheet(name).total_width

    def _is_large(self, name: str) -> bool:
        size = self._archive.size_of(name)
        return size.placed and size.cells > self._limits.whole_cells

    def _every_row(self, name: str) -> list[list[object]]:
        """All rows of a large sheet, kept as long as no other is read; equal cells are one object."""
        if self._rows[0] != name or not self._rows[1]:
            self._last, self._rows = None, ("", [])
            self._rows = name, _joined_rows(self._pieces(name)) or list(_whole_rows(self.sheet(name)))
        return self._rows[1]

    def _pieces(self, name: str) -> Iterator[CalamineSheet]:
        for piece in workbook_pieces(self._stream, self._archive.sheet_paths[name], self._limits.piece):
            yield _opened_sheets(lambda piece=piece: CalamineWorkbook.from_filelike(piece).get_sheet_by_name(name))

    def hidden_rows(self, name: str) -> int:
        return self._archive.hidden_rows_of(name)

    def is_empty(self, name: str) -> bool:
        """Whether the sheet has no cell with a value or a fault."""
        if self._is_large(name):
            return False
        return self.sheet(name).start is None and not self._archive.faults_of(name)


def sheet_rows(stream: BinaryIO, name: str | None, limits: Limits) -> tuple[OpenWorkbook, str, int, Rows]:
    """The workbook; name of the sheet (the first that is not empty), its number of rows, and its non-blank rows with
    their numbers (from 1), the header first.

    Cells are text, float, bool, datetime, date, time, timedelta, '' for an empty one, or a Fault.
    FileProblem as in `check_archive`, and `sheet_not_found`, `empty_file`.
    """
    workbook = OpenWorkbook(stream, limits)
    if name is not None and name not in workbook.names:
        raise FileProblem("sheet_not_found", sheet=name, sheets=", ".join(workbook.names))
    names = workbook.names if name is None else [name]
    chosen = next((each for each in names if not workbook.is_empty(each)), None)
    if chosen is None:
        raise FileProblem("empty_file")
    return workbook, chosen, workbook.height(chosen), workbook.rows(chosen)


def every_sheet(stream: BinaryIO, limits: Limits) -> Iterator[tuple[str, Rows]]:
    """(name, rows as in `sheet_rows`) of all sheets, hidden ones too. `max_cells` holds for all of them together."""
    workbook, cells = OpenWorkbook(stream, limits), 0
    for name in workbook.names:
        cells += workbook.cells(name)
        if cells > limits.max_cells:
            raise FileProblem("too_many_cells", limit=limits.max_cells)
        yield name, workbook.rows(name)


def _opened_sheets(action):
    """What `action` gives; the reader's own failures become `not_xlsx` or `encrypted`."""
    try:
        return action()
    except PasswordError:
        raise FileProblem("encrypted") from None
    except (CalamineError, OSError, ValueError):
        raise FileProblem("not_xlsx") from None
    except BaseException as error:
        # A panic of the Rust reader is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise FileProblem("not_xlsx") from None


def _whole_rows(sheet: CalamineSheet) -> Iterator[list[object]]:
    """All rows from the first; the reader starts at the first used column, empty cells before it keep the letters
    right.
    """
    before = [""] * (sheet.start[1] if sheet.start else 0)
    return (before + cells for cells in sheet.iter_rows())


def _joined_rows(pieces: Iterator[CalamineSheet]) -> list[list[object]]:
    """All rows; a piece begins at its first used row and column."""
    known: dict[object, object] = {}
    rows: list[list[object]] = []
    for sheet in pieces:
        first, column = sheet.start or (len(rows), 0)
        rows += [[] for _blank in range(first - len(rows))]
        before = [""] * column
        for cells in sheet.to_python():
            # 1.0 and True are equal, and are not to be one.
            alike = cells if bool in map(type, cells) else list(map(known.setdefault, cells, cells))
            rows.append(before + alike if before else alike)
    return rows


def _sheet_rows(rows: Iterable[list[object]], faults: dict[tuple[int, int], Fault]) -> Rows:
    by_row: dict[int, dict[int, Fault]] = {}
    for (row, column), fault in faults.items():
        by_row.setdefault(row, {})[column] = fault
    number = 0
    for number, cells in enumerate(rows, start=1):
        row = _with_faults(cells, by_row.get(number)) if faults else cells
        if any(cell != "" and (not isinstance(cell, str) or cell.strip()) for cell in row):
            yield number, row
    for beyond in sorted(by_row.keys()):
        if beyond > number:
            yield beyond, _with_faults([], by_row[beyond])


def _with_faults(cells: list[object], faults: dict[int, Fault] | None) -> list[object]:
    if faults:
        cells = cells + [""] * (max(faults) + 1 - len(cells))
        for column, fault in faults.items():
            cells[column] = fault
    return cells


CSV, XLSX = "csv", "xlsx"


@dataclass
class Table:
    """An open file: `rows` gives (row number as the spreadsheet shows it, cells) for each row that is not blank."""

    kind: str
    sha256: str
    encoding: str  # '' for a workbook
    sheet: str  # '' for CSV
    header: list[object]
    header_row: int
    rows: Rows
    rows_total: int  # rows below the header, for progress: blank ones and line ends within cells included
    sheets: Sequence[FileSheet] = field(default_factory=tuple)  # all of the file, this one among them


@contextmanager
def open_table(
    source: str | os.PathLike | bytes, *, sheet: str | None = None, limits: Limits | None = None
) -> Iterator[Table]:
    """Open a path or the bytes of a file. FileProblem says what is wrong with it as a whole.

    The first sheet is read unless `sheet` names one.
    """
    limits = limits or Limits()
    with _opened(source) as stream:
        yield _table(stream, source, sheet, limits)


def open_sheets(contents: bytes, limits: Limits) -> Iterator[tuple[str, Rows]]:
    """(name, rows with their numbers, the header first) of every sheet; CSV is one without a name. FileProblem."""
    stream = io.BytesIO(contents)
    if _is_workbook(stream, limits):
        yield from every_sheet(stream, limits)
    else:
        yield "", csv_rows(stream, scan_text(stream), limits)


def _is_workbook(stream: BinaryIO, limits: Limits) -> bool:
    size = stream.seek(0, os.SEEK_END)
    if size > limits.max_bytes:
        raise FileProblem("file_too_large", limit_mb=limits.max_bytes // MEGABYTE)
    if size == 0:
        raise FileProblem("empty_file")
    stream.seek(0)
    start = stream.read(8)
    if start == OLE_START:
        raise refuse_ole(stream)
    return start.startswith(ZIP_STARTS)


def _opened(source: str | os.PathLike | bytes) -> BinaryIO:
    return io.BytesIO(source) if isinstance(source, bytes) else Path(source).open("rb")


def _table(stream: BinaryIO, source: str | os.PathLike | bytes, sheet: str | None, limits: Limits) -> Table:
    if _is_workbook(stream, limits):
        kind, encoding = XLSX, ""
        workbook, name, height, rows = sheet_rows(stream, sheet, limits)
        sheets = [
            FileSheet(each, each in workbook.hidden, lambda each=each: workbook.rows(each), workbook.hidden_rows(each))
            for each in workbook.names
        ]
    else:
        scan = scan_text(stream)
        kind, name, encoding, height = CSV, "", scan.encoding, scan.lines
        rows = csv_rows(stream, scan, limits)
        sheets = [FileSheet("", False, lambda: _read_again(source, scan, limits))]
    digest = sha256_of(stream)
    header_row, header = next(rows, (0, []))
    if not header:
        raise FileProblem("empty_file")
    if len(header) > limits.max_columns:
        raise FileProblem("too_many_columns", limit=limits.max_columns)
    return Table(kind, digest, encoding, name, header, header_row, rows, max(height - header_row, 0), sheets)


def _read_again(source: str | os.PathLike | bytes, scan: TextScan, limits: Limits) -> Rows:
    with _opened(source) as stream:
        yield from csv_rows(stream, scan, limits)
