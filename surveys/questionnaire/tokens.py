"""Tokens of personal links: made from a batch's secret, never stored (architecture.md, Batch links).

A token is 15 bytes in lower-case base32, 24 characters: 4 of the batch's id, 4 of the serial (both big-endian) and 7 of
HMAC-SHA256(secret, those 8).
"""

import base64
import hashlib
import hmac
import struct
from dataclasses import dataclass

import numpy as np

LENGTH = 24
LARGEST = 2**32 - 1
_MAC = 7
_CHARACTERS = np.frombuffer(b"abcdefghijklmnopqrstuvwxyz234567", dtype=np.uint8)
_TEXT = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_SHIFTS = np.arange(35, -1, -5, dtype=np.uint64)
_CHUNK = 8_192
_BLOCK = 64


@dataclass(frozen=True)
class Link:
    """What a token says; whether it was made from the batch's secret, `is_genuine` tells."""

    batch: int
    serial: int
    mac: bytes


def token_of(secret: bytes, batch: int, serial: int) -> str:
    """The token of one link. ValueError where batch or serial is not in 0..LARGEST."""
    head = _head(batch, serial)
    return base64.b32encode(head + hmac.digest(secret, head, "sha256")[:_MAC]).decode().lower()


def tokens_of(secret: bytes, batch: int, start: int, stop: int) -> list[str]:
    """The tokens of the serials start..stop-1, the same as `token_of` gives, several times as fast."""
    _head(batch, max(start, stop - 1))
    found: list[str] = []
    for first in range(start, stop, _CHUNK):
        text = _base32(_joined(secret, batch, first, min(first + _CHUNK, stop)))
        found.extend(text[at : at + LENGTH] for at in range(0, len(text), LENGTH))
    return found


def parse_token(text: str) -> Link | None:
    """What the token says, upper or lower case; None where it is not 24 characters of base32."""
    if len(text) != LENGTH or not _TEXT.issuperset(text):
        return None
    raw = base64.b32decode(text.upper())
    batch, serial = struct.unpack(">II", raw[:8])
    return Link(batch, serial, raw[8:])


def is_genuine(link: Link, secret: bytes) -> bool:
    """Whether the link was made from this secret; the time it takes says nothing about how much of it is right."""
    made = hmac.digest(secret, _head(link.batch, link.serial), "sha256")[:_MAC]
    return hmac.compare_digest(made, link.mac)


def _head(batch: int, serial: int) -> bytes:
    if not (0 <= batch <= LARGEST and 0 <= serial <= LARGEST):
        raise ValueError("a batch's id and a serial lie in 0..4294967295")
    return struct.pack(">II", batch, serial)


def _joined(secret: bytes, batch: int, start: int, stop: int) -> bytes:
    """The 15 bytes of each serial, joined. HMAC by hand: the keyed states are copied, not made for each link."""
    inner, outer = _keyed(secret)
    copy_inner, copy_outer = inner.copy, outer.copy
    parts = []
    for serial in range(start, stop):
        head = struct.pack(">II", batch, serial)
        within, around = copy_inner(), copy_outer()
        within.update(head)
        around.update(within.digest())
        parts += (head, around.digest()[:_MAC])
    return b"".join(parts)


def _keyed(secret: bytes):
    """SHA-256 states that have taken the key, inner and outer (RFC 2104)."""
    key = hashlib.sha256(secret).digest() if len(secret) > _BLOCK else secret
    key = key.ljust(_BLOCK, b"\0")
    return hashlib.sha256(bytes(byte ^ 0x36 for byte in key)), hashlib.sha256(bytes(byte ^ 0x5C for byte in key))


def _base32(joined: bytes) -> str:
    """Lower-case base32 of a multiple of 5 bytes."""
    five = np.frombuffer(joined, dtype=np.uint8).reshape(-1, 5).astype(np.uint64)
    whole = (five << np.array([32, 24, 16, 8, 0], dtype=np.uint64)).sum(axis=1, dtype=np.uint64)
    return _CHARACTERS[(whole[:, None] >> _SHIFTS) & np.uint64(31)].tobytes().decode()
