"""Which encoding a text file has, found by reading all of it once: UTF-8, UTF-16 with a mark, or GB18030."""

import codecs
import hashlib
from dataclasses import dataclass
from typing import BinaryIO

from surveys.intake.problems import FileProblem

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
    return TextScan("gb18030", _read_through(stream, "gb18030"))


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
