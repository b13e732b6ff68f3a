"""Which personal links are used: a bit each in UsedLinks, so that neither the time nor the order of use is kept."""

from collections.abc import Iterable

import numpy as np
from django.db import connection, transaction

from materiality.platform.statements import changed, one_row
from surveys.models import UsedLinks

PER_BLOCK = 4_096
_BYTES = PER_BLOCK // 8
_EMPTY = bytes(_BYTES)

_MAKE = """
INSERT INTO surveys_usedlinks (batch_id, block, bits) VALUES (%s, %s, %s) ON CONFLICT (batch_id, block) DO NOTHING
"""
_READ = "SELECT bits FROM surveys_usedlinks WHERE batch_id = %s AND block = %s"
_WRITE = "UPDATE surveys_usedlinks SET bits = %s WHERE batch_id = %s AND block = %s"


def mark_used(batch_id: int, serial: int) -> bool:
    """Mark the link as used, in the caller's transaction; False where it was used already.

    The block's row stays locked until the transaction ends: of two that mark the same link one gets False.
    """
    block, at, bit = _place(serial)
    with transaction.atomic(savepoint=False):
        bits = bytearray(_locked_bits(batch_id, block))
        if bits[at] & bit:
            return False
        bits[at] |= bit
        changed(_WRITE, [bytes(bits), batch_id, block])
    return True


def is_used(batch_id: int, serial: int) -> bool:
    """Whether the link has been used."""
    block, at, bit = _place(serial)
    found = one_row(_READ, [batch_id, block])
    return found is not None and bit_is_set(found[0], serial)


def used_serials(batch_id: int) -> np.ndarray:
    """The serials of all used links of a batch in ascending order, int64."""
    rows = UsedLinks.objects.filter(batch_id=batch_id).order_by("block").values_list("block", "bits")
    parts = [np.flatnonzero(_bits_of(bits)) + block * PER_BLOCK for block, bits in rows.iterator()]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)


def used_counts(batch_ids: Iterable[int]) -> dict[int, int]:
    """How many links of each batch are used; batches of which none is are left out."""
    counts: dict[int, int] = {}
    rows = UsedLinks.objects.filter(batch_id__in=list(batch_ids)).values_list("batch_id", "bits")
    for batch_id, bits in rows.iterator():
        counts[batch_id] = counts.get(batch_id, 0) + int.from_bytes(bits, "big").bit_count()
    return {batch_id: number for batch_id, number in counts.items() if number}


def bit_is_set(bits: bytes, serial: int) -> bool:
    """Whether the bit of the serial is set in the bits of its block."""
    _block, at, bit = _place(serial)
    return bool(bytes(bits)[at] & bit)


def _place(serial: int) -> tuple[int, int, int]:
    within = serial % PER_BLOCK
    return serial // PER_BLOCK, within // 8, 1 << within % 8


def _locked_bits(batch_id: int, block: int) -> bytes:
    """The bits of the block, its row locked; it is made where it is not there yet.

    SQLite locks the whole file from the first write of a transaction on, PostgreSQL the row.
    """
    read = _READ + (" FOR UPDATE" if connection.vendor == "postgresql" else "")
    found = one_row(read, [batch_id, block])
    if found is None:
        changed(_MAKE, [batch_id, block, _EMPTY])
        found = one_row(read, [batch_id, block])
    return bytes(found[0])


def _bits_of(bits: bytes) -> np.ndarray:
    return np.unpackbits(np.frombuffer(bytes(bits), dtype=np.uint8), bitorder="little")
