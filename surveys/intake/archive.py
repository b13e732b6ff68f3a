"""The inside of a workbook, unpacked as a stream and measured before anything opens it."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import join, normpath
from typing import BinaryIO
from xml.etree import ElementTree

from surveys.intake.limits import MEGABYTE, Limits
from surveys.intake.problems import Fault, FileProblem
from surveys.intake.sheet_scan import SheetScan

CHUNK = 1 << 18
_MOST_MEMBERS = 10_000
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class Archive:
    """What was measured: per member (path inside the workbook) the cells without a usable value."""

    faults: dict[str, dict[tuple[int, int], Fault]]
    sheet_paths: dict[str, str]

    def faults_of(self, sheet: str) -> dict[tuple[int, int], Fault]:
        """Faults of a sheet by (row from 1, column from 0)."""
        return self.faults.get(self.sheet_paths.get(sheet, ""), {})


def check_archive(stream: BinaryIO, limits: Limits) -> Archive:
    """Unpack every member, count and scan it.

    The sizes that the archive states are not trusted. FileProblem `not_xlsx`, `encrypted`, `zip_bomb`,
    `too_many_rows`, `too_many_columns`, `too_many_cells`, `too_many_bad_cells`.
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
            if member.filename in kept and len(kept[member.filename]) < 16 * CHUNK:
                kept[member.filename] += chunk
        scan.close()
    faults = {name: scan.faults for name, scan in scans.items() if scan.faults}
    return Archive(faults, _sheet_paths(bytes(kept[_WORKBOOK]), bytes(kept[_RELATIONS])) if faults else {})


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
        block = stream.read(min(CHUNK // 4, left))
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
            piece = inflater.decompress(block, CHUNK)
        except zlib.error:
            raise FileProblem("not_xlsx") from None
        if piece:
            yield piece
        block = inflater.unconsumed_tail
        if not block and len(piece) < CHUNK:
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
