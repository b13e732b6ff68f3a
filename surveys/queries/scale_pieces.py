"""HTML of issues cut into pieces, so that a page with chosen answers is put together without a template."""

import re
from collections.abc import Sequence

from materiality.scoring.codes import DONT_KNOW, NOT_ASKED, SKIPPED

_FIELDSET = re.compile(r"(<fieldset.*?</fieldset>)", re.S)
_FIELD = re.compile(r'name="r(\d+)"')

# A fixed piece of HTML, or the position of an item with its scale's HTML for every code it can have.
Piece = bytes | tuple[int, dict[int, bytes]]


def pieces_of(html: str) -> tuple[Piece, ...]:
    """One issue's HTML in pieces: its scales, and what stands between them."""
    return tuple(
        (int(_FIELD.search(piece)[1]), scale_by_code(piece)) if piece.startswith("<fieldset") else piece.encode()
        for piece in _FIELDSET.split(html)
    )


def scale_by_code(scale: str) -> dict[int, bytes]:
    """The scale's HTML for every code: nothing chosen, each of its values, and nothing at all if it is not asked."""
    by_code = {SKIPPED: scale.encode(), NOT_ASKED: b""}
    for value in re.findall(r'value="(\w+)"', scale):
        code = DONT_KNOW if value == "d" else int(value)
        by_code[code] = scale.replace(f'value="{value}"', f'value="{value}" checked').encode()
    return by_code


def joined(pieces: Sequence[Piece], ratings: bytes) -> bytes:
    """The HTML with the given answers chosen."""
    return b"".join(piece if type(piece) is bytes else piece[1][ratings[piece[0]]] for piece in pieces)
