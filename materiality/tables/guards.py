"""How large a spreadsheet may be, and a look into a workbook before anything of it is held in memory."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from posixpath import join, normpath
from typing import BinaryIO
from xml.etree import ElementTree

import numpy as np

from materiality.tables.problems import Fault, FileProblem

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """Bytes, rows below the header, columns; `max_cells` and `max_unpacked` (bytes) hold for workbooks.

    A sheet is held in memory while it is read, about 100 bytes per cell; one of more than `whole_cells` is opened in
    pieces of `piece` bytes of its XML, and of cells that are equal one is held. `max_errors` bad cells are listed,
    the rest are counted; of `max_bad_rows` bad rows the cells are kept for the error workbook.
    """

    max_bytes: int = 100 * MEGABYTE
    max_rows: int = 300_000
    max_columns: int = 2_000
    max_cells: int = 15_000_000
    max_sheets: int = 200
    whole_cells: int = 500_000
    piece: int = 2 * MEGABYTE
    max_unpacked: int = 1_500 * MEGABYTE
    max_errors: int = 100_000
    max_bad_rows: int = 20_000


@dataclass(frozen=True)
class Size:
    """Cells and last row of a member; `placed`: each cell and row says where it stands."""

    cells: int
    rows: int
    placed: bool


_LONGEST_REFERENCE = 12
_LONGEST_TAG = 8 << 20
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)(\d*)""")
_CELL = re.compile(rb"<c\s([^>]*[^/>])>(.*?)</c>", re.DOTALL)
_PLACE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Za-z]+)(\d+)["']""")
_TYPE = re.compile(rb"""(?:^|\s)t\s*=\s*["'](\w+)["']""")
_VALUE = re.compile(rb"<v[^>]*>([^<]*)</v>")
_FORMULA = re.compile(rb"<f[^>]*>([^<]*)</f>")
_HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\shidden\s*=\s*["'](?:1|true)["'][^>]*>""")
_FAR = 1 << 30
EQUALS, OPEN, COLON = b"=<:"
# Bytes that can follow the name of an element.
_ENDS_NAME = np.array([byte <= 32 or byte in b"/>" for byte in range(256)])


class SheetScan:
    """Fed with pieces of one member of the workbook; raises FileProblem as soon as a limit is passed."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.faults: dict[tuple[int, int], Fault] = {}
        self.hidden_rows = 0
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

    @property
    def size(self) -> Size:
        return Size(self._cells, self._max_row, not (self._unplaced_rows or self._unplaced_cells))

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
        if b"hidden" in data:
            self.hidden_rows += len(_HIDDEN_ROW.findall(data))
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
                formula = _FORMULA.search(content)
                written = unescape("=" + formula[1].decode("utf-8", "replace")) if formula else ""
                self.faults[int(place[2]), _column_number(place[1]) - 1] = Fault(code, shown, written)
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


ARCHIVE_CHUNK = 1 << 18
_MOST_MEMBERS = 10_000
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class Archive:
    """What was measured: per member (path inside the workbook) the cells without a usable value, hidden rows, size."""

    faults: dict[str, dict[tuple[int, int], Fault]]
    hidden_rows: dict[str, int]
    sizes: dict[str, Size]
    sheet_paths: dict[str, str]

    def faults_of(self, sheet: str) -> dict[tuple[int, int], Fault]:
        """Faults of a sheet by (row from 1, column from 0)."""
        return self.faults.get(self.sheet_paths.get(sheet, ""), {})

    def hidden_rows_of(self, sheet: str) -> int:
        """How many rows of a sheet are hidden, as those that a filter leaves out are."""
        return self.hidden_rows.get(self.sheet_paths.get(sheet, ""), 0)

    def size_of(self, sheet: str) -> Size:
        return self.sizes.get(self.sheet_paths.get(sheet, ""), Size(0, 0, False))


def check_archive(stream: BinaryIO, limits: Limits) -> Archive:
    """Unpack every member, count and scan it.

    The sizes that the archive states are not trusted. FileProblem `not_xlsx`, `encrypted`, `zip_bomb`,
    `too_many_rows`, `too_many_columns`, `too_many_cells`, `too_many_bad_cells`, `too_many_sheets`.
    """
    members = _members(stream)
    scans: dict[str, SheetScan] = {}
    kept = {_WORKBOOK: bytearray(), _RELATIONS: bytearray()}
    unpacked = 0
    for member in members:
        scan = scans[member.filename] = SheetScan(limits)
        for chunk in _unpack(stream, member):
            unpacked += len(chunk)
            if unpacked > limits.max_unpacked:
                raise FileProblem("zip_bomb", limit_mb=limits.max_unpacked // MEGABYTE)
            scan.feed(chunk)
            if member.filename in kept and len(kept[member.filename]) < 16 * ARCHIVE_CHUNK:
                kept[member.filename] += chunk
        scan.close()
    if kept[_WORKBOOK].count(b"sheetId") > limits.max_sheets:
        raise FileProblem("too_many_sheets", limit=limits.max_sheets)
    faults = {name: scan.faults for name, scan in scans.items() if scan.faults}
    hidden = {name: scan.hidden_rows for name, scan in scans.items() if scan.hidden_rows}
    sizes = {name: scan.size for name, scan in scans.items()}
    return Archive(faults, hidden, sizes, _sheet_paths(bytes(kept[_WORKBOOK]), bytes(kept[_RELATIONS])))


_SHEET_DATA, _ROW_END, _END = b"<sheetData>", b"</row>", b"</sheetData></worksheet>"
_DIMENSION = re.compile(rb"<dimension [^>]*/>")


def workbook_pieces(stream: BinaryIO, path: str, size: int) -> Iterator[BinaryIO]:
    """The workbook once more for every few thousand rows of the sheet at `path`, without all other sheets.

    A reader needs several times the memory of a sheet to open it. Nothing where its XML is not written as usual.
    """
    archive = zipfile.ZipFile(stream)
    others = {
        name: archive.read(name)
        for name in archive.namelist()
        if not name.startswith(("xl/worksheets/", "xl/media/", "xl/drawings/", "docProps/"))
    }
    # The texts that cells share are read once more with every piece.
    size = max(size, min(4 * len(others.get("xl/sharedStrings.xml", b"")), 64_000_000))
    for piece in _split_rows(_unpack(stream, archive.getinfo(path)), size):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as target:
            for name, contents in {**others, path: piece}.items():
                target.writestr(name, contents)
        buffer.seek(0)
        yield buffer


def _split_rows(chunks: Iterator[bytes], size: int) -> Iterator[bytes]:
    head, data = b"", bytearray()
    for chunk in chunks:
        data += chunk
        if not head and (at := data.find(_SHEET_DATA)) >= 0:
            head = _DIMENSION.sub(b"", bytes(data[: at + len(_SHEET_DATA)]))
            del data[: at + len(_SHEET_DATA)]
        if head and len(data) > size and (cut := data.rfind(_ROW_END) + len(_ROW_END)) >= len(_ROW_END):
            yield head + bytes(data[:cut]) + _END
            del data[:cut]
    if head and (cut := data.rfind(_ROW_END) + len(_ROW_END)) >= len(_ROW_END):
        yield head + bytes(data[:cut]) + _END


def _members(stream: BinaryIO) -> list[zipfile.ZipInfo]:
    stream.seek(0)
    try:
        members = zipfile.ZipFile(stream).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, struct.error):
        raise FileProblem("not_xlsx") from None
    if len(members) > _MOST_MEMBERS:
        raise FileProblem("not_xlsx")
    if any(member.flag_bits & 1 for member in members):
        raise FileProblem("encrypted")
    if _WORKBOOK not in {member.filename for member in members}:
        raise FileProblem("not_xlsx")
    return members


def _unpack(stream: BinaryIO, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The member's content in pieces of at most 256 KB; stops only where the compressed data stop."""
    stream.seek(member.header_offset)
    head = stream.read(30)
    if (
        len(head) < 30
        or head[:4] != b"PK\3\4"
        or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    ):
        raise FileProblem("not_xlsx")
    stream.seek(sum(struct.unpack("<HH", head[26:30])), 1)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS) if member.compress_type == zipfile.ZIP_DEFLATED else None
    left = member.compress_size
    while left > 0:
        block = stream.read(min(ARCHIVE_CHUNK // 4, left))
        if not block:
            raise FileProblem("not_xlsx")
        left -= len(block)
        if inflater is None:
            yield block
        else:
            yield from _inflate(inflater, block)


def _inflate(inflater, block: bytes) -> Iterator[bytes]:
    while True:
        try:
            piece = inflater.decompress(block, ARCHIVE_CHUNK)
        except zlib.error:
            raise FileProblem("not_xlsx") from None
        if piece:
            yield piece
        block = inflater.unconsumed_tail
        if not block and len(piece) < ARCHIVE_CHUNK:
            return


def _sheet_paths(workbook: bytes, relations: bytes) -> dict[str, str]:
    """Sheet name -> path of its member; empty where the parts are unusual."""
    if b"<!" in workbook or b"<!" in relations:
        return {}
    try:
        targets = {part.get("Id"): part.get("Target", "") for part in ElementTree.fromstring(relations)}
        sheets = [
            (part.get("name", ""), part.get(_RELATION))
            for part in ElementTree.fromstring(workbook).iter(f"{_MAIN}sheet")
        ]
    except ElementTree.ParseError:
        return {}
    return {name: normpath(join("/xl", targets.get(key, ""))).lstrip("/") for name, key in sheets}
