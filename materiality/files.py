"""Stored files: named by their contents, in the storage class of the installation."""

import hashlib
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage


def keep_bytes(contents: bytes, folder: str) -> tuple[str, str]:
    """Store bytes under their SHA-256 (once) and return (storage path, sha256)."""
    digest = hashlib.sha256(contents).hexdigest()
    return _keep(ContentFile(contents), folder, digest), digest


def digest_of(path: Path) -> str:
    """SHA-256 of a file, under which `keep_file` would store it."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def keep_file(path: Path, folder: str) -> tuple[str, str]:
    """Store a file under its SHA-256 (once) and return (storage path, sha256)."""
    digest = digest_of(path)
    with path.open("rb") as stream:
        return _keep(File(stream), folder, digest), digest


def _keep(contents: File, folder: str, digest: str) -> str:
    name = f"{folder}/{digest[:2]}/{digest}"
    if not default_storage.exists(name):
        if isinstance(default_storage._wrapped, FileSystemStorage):
            _write_whole(Path(default_storage.path(name)), contents)
        else:
            default_storage.save(name, contents)
    return name


def _write_whole(path: Path, contents: File) -> None:
    """A file appears under its name only when it is whole: a worker may be killed in the middle of writing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, delete=False) as stream:
        for chunk in contents.chunks():
            stream.write(chunk)
    os.chmod(stream.name, 0o640)
    os.replace(stream.name, path)
