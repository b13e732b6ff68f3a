"""Anchors of the audit trail in files: put where each kind of file has room, and found again in any file."""

import re
import struct
import zlib
from collections.abc import Iterator
from email import message_from_bytes
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from materiality.tables.write import repacked

ANCHOR = re.compile(rb"yiti-anchor:(\d+):([0-9a-f]{64})")
LARGEST_MEMBER = 200_000_000
_CORE = "docProps/core.xml"
_KEYWORDS = re.compile(rb"<cp:keywords>[^<]*</cp:keywords>|<cp:keywords\s*/>")
_ZIP_END, _ZIP_END_SIZE = b"PK\x05\x06", 22


def anchored(contents: bytes, kind: str, anchor: str) -> bytes:
    """The file with the anchor: among the properties of Office files, as metadata of pictures and pages, as a comment
    of PDF and ZIP. The same file and anchor give the same bytes. What has no room for it, as CSV, stays as it is.
    """
    put = _PUT.get(kind)
    return put(contents, anchor.encode()) if put and anchor else contents


def _in_office_file(contents: bytes, anchor: bytes) -> bytes:
    end = b"</cp:coreProperties>"

    def with_keywords(core: bytes) -> bytes:
        return _KEYWORDS.sub(b"", core).replace(end, b"<cp:keywords>" + anchor + b"</cp:keywords>" + end)

    return repacked(contents, {_CORE: with_keywords})


def _in_zip(contents: bytes, anchor: bytes) -> bytes:
    """As the archive's comment, where it has none."""
    end = contents[-_ZIP_END_SIZE:]
    if not end.startswith(_ZIP_END) or end[-2:] != b"\0\0":
        return contents
    return contents[:-2] + struct.pack("<H", len(anchor)) + anchor


def _in_pdf(contents: bytes, anchor: bytes) -> bytes:
    """As a comment before the last pointer, which counts bytes from the beginning."""
    before, mark, after = contents.rpartition(b"startxref")
    return before + b"%" + anchor + b"\n" + mark + after if mark else contents


def _in_png(contents: bytes, anchor: bytes) -> bytes:
    """As a text before the last chunk."""
    text = b"tEXtComment\0" + anchor
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    return contents[:-12] + chunk + contents[-12:]


def _in_svg(contents: bytes, anchor: bytes) -> bytes:
    return _before(contents, b"</svg>", b"<metadata>" + anchor + b"</metadata>")


def _in_html(contents: bytes, anchor: bytes) -> bytes:
    return _before(contents, b"</head>", b'<meta name="yiti-anchor" content="' + anchor + b'">')


def _before(contents: bytes, end: bytes, new: bytes) -> bytes:
    head, mark, tail = contents.rpartition(end)
    return head + new + mark + tail if mark else contents


_PUT = {
    **dict.fromkeys(("xlsx", "docx", "pptx"), _in_office_file),
    **{"zip": _in_zip, "pdf": _in_pdf, "png": _in_png, "svg": _in_svg, "html": _in_html},
}


def anchors_in(contents: bytes) -> dict[int, str]:
    """Number → hash of all anchors that a file holds: a mail, a text, a file that `anchored` made, a ZIP of such."""
    return {int(number): text.decode() for piece in _pieces(contents) for number, text in ANCHOR.findall(piece)}


def _pieces(contents: bytes) -> Iterator[bytes]:
    yield contents
    if contents.startswith(b"PK"):
        yield from _members(contents)
    elif not contents.startswith((b"%PDF", b"\x89PNG")):
        # A mail may be encoded, and then no line of it stands as it was written.
        for part in message_from_bytes(contents).walk():
            if isinstance(decoded := part.get_payload(decode=True), bytes):
                yield decoded


def _members(contents: bytes) -> Iterator[bytes]:
    try:
        with ZipFile(BytesIO(contents)) as archive:
            for member in archive.infolist():
                if member.file_size <= LARGEST_MEMBER:
                    yield from _pieces(archive.read(member))
    except BadZipFile:
        return
