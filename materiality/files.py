"""Stored files: named by their contents, in the storage class of the installation."""

import hashlib
from pathlib import Path

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage


def keep_bytes(contents: bytes, folder: str) -> tuple[str, str]:
    """Store bytes under their SHA-256 (once) and return (storage path, sha256)."""
    digest = hashlib.sha256(contents).hexdigest()
    return _keep(ContentFile(contents), folder, digest), digest


def keep_file(path: Path, folder: str) -> tuple[str, str]:
    """Store a file under its SHA-256 (once) and return (storage path, sha256)."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        return _keep(File(stream), folder, digest), digest


def _keep(contents: File, folder: str, digest: str) -> str:
    name = f"{folder}/{digest[:2]}/{digest}"
    if not default_storage.exists(name):
        default_storage.save(name, contents)
    return name
