"""QR codes of links."""

import io

import segno

TYPES = {"svg": "image/svg+xml", "png": "image/png"}
# Modules of quiet around the code (ISO/IEC 18004), and pixels of a module in a PNG.
_BORDER, _SCALE = 4, 12


def qr_bytes(text: str, kind: str) -> bytes:
    """The code of a text as `svg` or `png`, black on white, legible with up to 15 % of it damaged. KeyError else."""
    if kind not in TYPES:
        raise KeyError(kind)
    stream = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    options = {"svg": {"scale": 4, "xmldecl": False, "svgns": True, "nl": False}, "png": {"scale": _SCALE}}
    code.save(stream, kind=kind, border=_BORDER, light="#fff", **options[kind])
    return stream.getvalue()
