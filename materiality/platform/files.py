"""Stored files, named by their contents, and attachments with their guards."""

import codecs
import hashlib
import os
import re
import unicodedata
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import mkstemp

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from materiality.models import Attachment

MAX_BYTES = 20_000_000
MAX_NAME = 120
_OFFICE = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True)
class FileType:
    """A type that is taken: its name for people, MIME type, and the endings its files may have (the first is given)."""

    name: str
    content_type: str
    endings: tuple[str, ...]


PDF = FileType("PDF", "application/pdf", (".pdf",))
PNG = FileType("PNG", "image/png", (".png",))
JPEG = FileType("JPEG", "image/jpeg", (".jpg", ".jpeg"))
XLSX = FileType("XLSX", _OFFICE + "spreadsheetml.sheet", (".xlsx",))
DOCX = FileType("DOCX", _OFFICE + "wordprocessingml.document", (".docx",))
CSV = FileType("CSV", "text/csv", (".csv",))
TXT = FileType("TXT", "text/plain", (".txt",))
TYPES = (PDF, PNG, JPEG, XLSX, DOCX, TXT, CSV)

_SIGNATURES = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
_MAIN_PARTS = (
    (b"spreadsheetml.sheet.main+xml", "xl/workbook.xml", XLSX),
    (b"wordprocessingml.document.main+xml", "word/document.xml", DOCX),
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MARKUP = re.compile(r"\s*<(!doctype|!--|\?xml|html|head|body|svg|script|iframe|[a-z]+[^>\n]*\bxmlns)", re.IGNORECASE)
_RESERVED = re.compile(r'[<>:"/\\|?*]')


class NotTaken(Exception):
    """A file is refused; the message is a sentence for the person, in the active language."""


def file_type(path: Path, name: str) -> FileType:
    """The type of the file at `path` by its contents; the name decides only between the two kinds of plain text.

    Raises NotTaken with the reason where the file is empty, too large or of no type that is taken.
    """
    size = path.stat().st_size
    if size == 0:
        raise NotTaken(_("The file is empty."))
    if size > MAX_BYTES:
        limit = {"size": f"{size / 1_000_000:.1f}", "limit": MAX_BYTES // 1_000_000}
        raise NotTaken(_("The file has %(size)s MB; at most %(limit)s MB are taken.") % limit)
    with path.open("rb") as stream:
        head = stream.read(64)
    for signature, found in _SIGNATURES:
        if head.startswith(signature):
            return found
    if head.startswith(b"PK\x03\x04"):
        return _office_type(path)
    return _text_type(path, name)


def _office_type(path: Path) -> FileType:
    try:
        with zipfile.ZipFile(path) as parts:
            names = set(parts.namelist())
            listed = parts.getinfo("[Content_Types].xml")
            with parts.open(listed) as stream:
                types = stream.read(1_000_000)  # a list of parts; what is longer is no document
    except Exception as error:  # a broken archive raises what its decoder raises, of many kinds
        raise NotTaken(_not_taken()) from error
    if any(name.lower().endswith("vbaproject.bin") for name in names) or b"macroEnabled" in types:
        raise NotTaken(_("The document contains macros. Save it without macros and attach it again."))
    for mark, part, found in _MAIN_PARTS:
        if mark in types and part in names:
            return found
    raise NotTaken(_not_taken())


def _text_type(path: Path, name: str) -> FileType:
    contents = path.read_bytes()
    text = _decoded(contents)
    if text is None:
        raise NotTaken(_not_taken())
    if _MARKUP.match(text):
        raise NotTaken(
            _("This is a web page or another file of tags, which could run in a browser. Attach a PDF of it.")
        )
    return CSV if name.lower().endswith(CSV.endings) else TXT


def _decoded(contents: bytes) -> str | None:
    """The text of the bytes in one of the encodings that texts come in; None where they are no text."""
    wide = contents.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            text = contents.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if _CONTROL.search(text) else text
    return None


def clean_name(name: str, found: FileType) -> str:
    """A file name without folders, control, direction and reserved characters, ending as its type demands.

    A wrong ending of a known type is replaced, any other is kept before the right one: `a.exe` of a PDF is `a.exe.pdf`.
    """
    text = unicodedata.normalize("NFC", PurePosixPath(name.replace("\\", "/")).name)
    text = "".join(letter for letter in text if unicodedata.category(letter)[0] != "C")
    text = " ".join(_RESERVED.sub("_", text).split()).strip(". ")
    stem, ending = _split(text)
    if ending.lower() not in found.endings:
        known = {each for taken in TYPES for each in taken.endings}
        stem, ending = stem if ending.lower() in known else text, found.endings[0]
    return (stem.strip(". ")[: MAX_NAME - len(ending)] or "file") + ending


def _split(name: str) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if dot and len(ending) <= 5 else (name, "")


def _not_taken() -> str:
    names = ", ".join(found.name for found in TYPES)
    return _("The contents are of none of the types that can be attached: %(types)s.") % {"types": names}


def drop_files(paths: list[str]) -> None:
    """Delete stored attachments once the transaction is through, but those that another row names."""
    transaction.on_commit(lambda: _drop(paths))


def _drop(paths: list[str]) -> None:
    named = set(Attachment.objects.filter(path__in=paths).values_list("path", flat=True))
    for path in paths:
        if path not in named:
            default_storage.delete(path)


def keep_bytes(contents: bytes, folder: str) -> tuple[str, str]:
    """Store bytes under their SHA-256 (once) and return (storage path, sha256)."""
    digest = hashlib.sha256(contents).hexdigest()
    return _keep(ContentFile(contents), folder, digest), digest


def digest_of_file(path: Path) -> str:
    """SHA-256 of a file, under which `keep_file` would store it."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def digest_of_stored(path: str) -> str:
    """SHA-256 of a file in the storage."""
    with default_storage.open(path) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def keep_file(path: Path, folder: str) -> tuple[str, str]:
    """Store a file under its SHA-256 (once) and return (storage path, sha256)."""
    digest = digest_of_file(path)
    with path.open("rb") as stream:
        return _keep(File(stream), folder, digest), digest


def _keep(contents: File, folder: str, digest: str) -> str:
    name = f"{folder}/{digest[:2]}/{digest}"
    if not default_storage.exists(name):
        if isinstance(default_storage._wrapped, FileSystemStorage):
            path = Path(default_storage.path(name))
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, contents.chunks(), 0o640)
        else:
            default_storage.save(name, contents)
    return name


def write_whole(path: Path, pieces: Iterable[bytes], mode: int | None = None) -> None:
    """A file appears under its name only when it is whole: who writes it may be killed in the middle.

    `mode`: who may read it; None = as for any other file of this process. OSError, with the path that was given, where
    it cannot be written.
    """
    try:
        _write_beside(path, pieces, mode)
    except OSError as problem:
        raise OSError(problem.errno, problem.strerror, str(path)) from problem


def _write_beside(path: Path, pieces: Iterable[bytes], mode: int | None) -> None:
    handle, name = mkstemp(prefix=f".{path.name[:40]}-", dir=path.resolve().parent)
    try:
        with open(handle, "wb") as stream:
            stream.writelines(pieces)
        os.chmod(name, 0o666 & ~_umask() if mode is None else mode)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
