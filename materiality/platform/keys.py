"""Keys that lie outside the database, in YITI_KEYS: of the installation, and of each anonymous survey.

A file is called `purpose-fingerprint` and holds 32 random bytes. The database holds the fingerprint only, so that a
copy of it opens nothing, and a key that is another's is never taken for the right one.
"""

import hashlib
import hmac
import os
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from materiality.models import KeyCheck
from materiality.platform.hooks import declared
from materiality.platform.refusals import NotAllowed

SIZE = 32
# What sealing adds to a text, in bytes: the nonce before it, the tag behind it.
NONCE = 12
INSTALLATION = "installation"
# A process looks so often whether a key that it has read is still there.
KEPT_SECONDS = 5.0

_kept: dict[tuple[Path, str, str], tuple[float, bytes]] = {}


class KeyMissing(NotAllowed):
    """A key's file is away, cannot be read or is not the right one. It is never made anew."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("The key %(name)s is missing from the folder of keys (YITI_KEYS): put it back from where it was moved.")
            % {"name": name}
        )
        self.name = name


def fingerprint_of(key: bytes) -> str:
    """By what a key is known; says nothing about it."""
    return hmac.digest(key, b"yiti fingerprint", "sha256")[:16].hex()


def derived(key: bytes, purpose: str, about: bytes = b"") -> bytes:
    """32 bytes for one purpose (HKDF-Expand of RFC 5869 with SHA-256; a key is uniform, so nothing is extracted)."""
    return signed(begun_with(key), purpose.encode() + b"\0" + about + b"\1")


def begun_with(key: bytes) -> tuple["hashlib._Hash", "hashlib._Hash"]:
    """What of HMAC-SHA256 (RFC 2104) follows from a key of at most 64 bytes alone, for `signed`.

    Written out, as OpenSSL takes four times as long to find out which HMAC is meant, three times for each answer.
    """
    block = key.ljust(64, b"\0")
    return hashlib.sha256(block.translate(hmac.trans_36)), hashlib.sha256(block.translate(hmac.trans_5C))


def signed(begun: tuple["hashlib._Hash", "hashlib._Hash"], message: bytes) -> bytes:
    """HMAC-SHA256 of a message, 32 bytes."""
    inner, outer = begun[0].copy(), begun[1].copy()
    inner.update(message)
    outer.update(inner.digest())
    return outer.digest()


class CannotOpen(ValueError):
    """What was sealed was changed, or sealed with another key or about something else."""


def seal(key: bytes, plain: bytes, about: bytes = b"") -> bytes:
    """AES-256-GCM under a random nonce; it opens only with the same key and `about`. 28 bytes longer."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, about)


def unseal(key: bytes, sealed: bytes, about: bytes = b"") -> bytes:
    """What `seal` was given; CannotOpen."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], about)
    except (InvalidTag, ValueError) as problem:
        raise CannotOpen from problem


def make_key(purpose: str) -> str:
    """Make a new key and give back its fingerprint; file and folder are on the disk before this returns.

    Call it before the commit that needs it. What fails afterwards leaves a file that nothing names.
    """
    key = secrets.token_bytes(SIZE)
    fingerprint = fingerprint_of(key)
    settings.KEYS.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(_path(purpose, fingerprint), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(file, key)
        os.fsync(file)
    finally:
        os.close(file)
    _sync_folder()
    return fingerprint


def read_key(purpose: str, fingerprint: str | None) -> bytes:
    """The key with this fingerprint; KeyMissing where its file is away or holds something else, or there is none."""
    if fingerprint is None:
        raise KeyMissing(purpose)
    name, now = (settings.KEYS, purpose, fingerprint), time.monotonic()
    at, key = _kept.get(name, (-KEPT_SECONDS, b""))
    if now - at < KEPT_SECONDS:
        return key
    # Of a survey that was finalised by another process nothing stays here either.
    for old, (then, _key) in list(_kept.items()):
        if now - then >= KEPT_SECONDS:
            _kept.pop(old, None)
    path = _path(purpose, fingerprint)
    with suppress(OSError):
        key = path.read_bytes()
        if len(key) == SIZE and hmac.compare_digest(fingerprint_of(key), fingerprint):
            _kept[name] = now, key
            return key
    raise KeyMissing(path.name)


def destroy_key(purpose: str, fingerprint: str) -> None:
    """Take the key's file away for good, on the disk before this returns; once more does no harm."""
    path = _path(purpose, fingerprint)
    _kept.pop((settings.KEYS, purpose, fingerprint), None)
    path.unlink(missing_ok=True)
    _sync_folder()


def installation_key(purpose: str = INSTALLATION) -> bytes:
    """The installation's key, or another of it by its purpose; KeyMissing where it is away, or was never made."""
    return read_key(purpose, KeyCheck.objects.filter(purpose=purpose).values_list("fingerprint", flat=True).first())


def ensure_installation_key(purpose: str = INSTALLATION) -> bytes:
    """As `installation_key`; made where the database has never known one of this purpose."""
    if not KeyCheck.objects.filter(purpose=purpose).exists():
        fingerprint = make_key(purpose)
        try:
            with transaction.atomic():
                KeyCheck.objects.create(purpose=purpose, fingerprint=fingerprint)
        except IntegrityError:  # another process was quicker
            destroy_key(purpose, fingerprint)
    return installation_key(purpose)


def made_at(purpose: str, key: bytes) -> datetime:
    """When the file of a key was written, by a clock that the database knows nothing of."""
    return datetime.fromtimestamp(_path(purpose, fingerprint_of(key)).stat().st_mtime, UTC)


def missing_keys() -> list[str]:
    """Names of the files that should be there and are not."""
    return list(_names_of_missing(_needed()))


def _needed() -> QuerySet:
    """(purpose, fingerprint) of every key, in one query: the start page asks for them each time."""
    own = KeyCheck.objects.order_by().values_list("purpose", "fingerprint")
    return own.union(*(hooks.keys() for hooks in declared() if hooks.keys is not None), all=True)


def _names_of_missing(needed: Iterable[tuple[str, str]]) -> Iterator[str]:
    for purpose, fingerprint in needed:
        try:
            read_key(purpose, fingerprint)
        except KeyMissing as missing:
            yield missing.name


def _path(purpose: str, fingerprint: str) -> Path:
    return settings.KEYS / f"{purpose}-{fingerprint}"


def _sync_folder() -> None:
    folder = os.open(settings.KEYS, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
