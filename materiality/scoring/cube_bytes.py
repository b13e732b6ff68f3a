"""Compact bytes of a cube's arrays: a JSON header and zlib-packed integers of the narrowest width, no pickle."""

import json
import struct
import zlib
from collections.abc import Mapping

import numpy as np

MAGIC = b"yiti-cube-1\n"
WIDTHS = ("<u1", "<u2", "<u4", "<i8")


def pack(labels: Mapping[str, object], arrays: Mapping[str, np.ndarray]) -> bytes:
    """Bytes of JSON-able `labels` and of non-negative integer `arrays`; equal input gives equal bytes."""
    header, bodies = dict(labels), []
    header["arrays"] = []
    for name, array in arrays.items():
        width = _narrowest(array)
        header["arrays"].append([name, width, list(array.shape)])
        bodies.append(np.ascontiguousarray(array, dtype=width).tobytes())
    head = json.dumps(header, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return MAGIC + struct.pack("<I", len(head)) + head + zlib.compress(b"".join(bodies), 6)


def unpack(data: bytes) -> tuple[dict[str, object], dict[str, np.ndarray]]:
    """Labels and int64 arrays of `pack`. ValueError where `data` is anything else."""
    if not data.startswith(MAGIC):
        raise ValueError("not the bytes of a cube")
    try:
        return _unpacked(data)
    except (struct.error, zlib.error, KeyError, TypeError, UnicodeDecodeError) as error:
        raise ValueError("damaged bytes of a cube") from error


def _unpacked(data: bytes) -> tuple[dict[str, object], dict[str, np.ndarray]]:
    start = len(MAGIC) + 4
    (length,) = struct.unpack("<I", data[len(MAGIC) : start])
    labels = json.loads(data[start : start + length])
    body, at, arrays = zlib.decompress(data[start + length :]), 0, {}
    for name, width, shape in labels.pop("arrays"):
        if width not in WIDTHS:
            raise ValueError("damaged bytes of a cube")
        count = int(np.prod(shape, dtype=np.int64))
        array = np.frombuffer(body, dtype=width, count=count, offset=at)
        at += array.nbytes
        arrays[name] = array.astype(np.int64).reshape(shape)
    if at != len(body):
        raise ValueError("damaged bytes of a cube")
    return labels, arrays


def _narrowest(array: np.ndarray) -> str:
    top = int(array.max(initial=0))
    if int(array.min(initial=0)) < 0:
        raise ValueError("a cube holds no negative counts")
    return next(width for width in WIDTHS if top <= np.iinfo(width).max)
