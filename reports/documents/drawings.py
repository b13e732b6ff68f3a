"""A drawing as PDF and PNG, and with its letters as outlines: pure, SVG in, bytes or text out."""

import re
import struct
import zlib
from functools import cache
from html import unescape
from itertools import starmap

import numpy as np

from materiality.platform.pdf import FONT_FILE, typeset

PAGE = """
#let words = json("words.json")
#set document(title: words.title, author: words.author, date: none)
#set page(width: words.width * 1mm, height: words.height * 1mm, margin: 0mm)
#set text(font: words.font, lang: words.lang, region: if words.lang == "zh" { "cn" })
#image("drawing.svg", width: 100%, height: 100%, fit: "contain", alt: words.alt)
"""
_SIZE = re.compile(r'width="([\d.]+)(mm)?" height="([\d.]+)(?:mm)?"')
CSS_DPI = 96.0
MM_PER_INCH = 25.4
POINTS_PER_INCH = 72.0
BAND = 256  # rows of dots that are packed at a time


def pdf_bytes(svg: str, *, title: str, author: str, alt: str, language: str) -> bytes:
    """One page as large as the drawing; the same drawing gives the same bytes, for no date is written."""
    wide, unit, high = _SIZE.search(svg).groups()
    scale = 1.0 if unit else MM_PER_INCH / CSS_DPI
    words = {
        **{"title": title, "author": author, "alt": alt, "width": float(wide) * scale, "height": float(high) * scale},
        "lang": "en" if language.startswith("en") else "zh",
    }
    return typeset(PAGE, words, {"drawing.svg": svg})


def png_bytes(svg: str, dpi: float = 2 * CSS_DPI) -> bytes:
    """The same page as dots; the file says how many there are to an inch.

    By PDFium, and packed here: it takes a third of the time of a renderer that takes the drawing and gives the PNG.
    """
    import pypdfium2  # loads a library of its own, which only pictures and the reading of a report need

    words = {"title": "", "author": "", "alt": "", "language": ""}
    with pypdfium2.PdfDocument(pdf_bytes(svg, **words)) as pdf:
        picture = pdf[0].render(scale=dpi / POINTS_PER_INCH, rev_byteorder=True)
    per_metre = round(dpi * 1000 / MM_PER_INCH)
    chunks = {
        b"IHDR": struct.pack(">IIBBBBB", picture.width, picture.height, 8, 2, 0, 0, 0),
        b"pHYs": struct.pack(">IIB", per_metre, per_metre, 1),
        b"IDAT": _packed(picture.to_numpy()),
        b"IEND": b"",
    }
    return b"\x89PNG\r\n\x1a\n" + b"".join(starmap(_chunk, chunks.items()))


def _packed(dots: np.ndarray) -> bytes:
    """Rows of dots uint8[h, w, 3], each after a zero that says it is not filtered: the smallest for flat colours."""
    packed, wide = zlib.compressobj(6), 3 * dots.shape[1]
    rows, parts = np.zeros((BAND, 1 + wide), np.uint8), []
    for start in range(0, len(dots), BAND):
        band = dots[start : start + BAND].reshape(-1, wide)
        rows[: len(band), 1:] = band
        parts.append(packed.compress(rows[: len(band)]))
    return b"".join([*parts, packed.flush()])


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


_TEXT = re.compile(r"<text ([^>]*)>(.*?)</text>", re.DOTALL)
_SPAN = re.compile(r'<tspan x="([\d.-]+)" y="([\d.-]+)">(.*?)</tspan>', re.DOTALL)
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_FACE = "Noto Sans CJK SC"


def outlined(svg: str) -> str:
    """The drawing with its letters as paths, so that it looks the same where there is no font."""
    return _TEXT.sub(_paths, svg)


def _paths(found: re.Match) -> str:
    given = dict(_ATTRIBUTE.findall(found[1]))
    lines = _SPAN.findall(found[2]) or [(given["x"], given["y"], found[2])]
    size, anchor = float(given["font-size"]), given.get("text-anchor", "start")
    drawn = "".join(_line(unescape(words), float(x), float(y), size, anchor) for x, y, words in lines)
    kept = {name: given[name] for name in ("class", "fill", "stroke", "stroke-width") if name in given}
    if given.get("font-weight"):
        kept |= {"stroke": given["fill"], "stroke-width": "0.35"}
    attributes = " ".join(f'{name}="{value}"' for name, value in kept.items())
    return f'<path {attributes} d="{drawn}"/>'


def _line(words: str, x: float, y: float, size: float, anchor: str) -> str:
    from fontTools.pens.svgPathPen import SVGPathPen  # 0.1 s to load, and only outlines need it
    from fontTools.pens.transformPen import TransformPen

    glyphs, names, units = _face()
    placed = [names.get(ord(sign), ".notdef") for sign in words]
    scale = size / units
    width = sum(glyphs[name].width for name in placed) * scale
    at = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
    pen = SVGPathPen(glyphs, ntos=lambda value: f"{value:.2f}".rstrip("0").rstrip("."))
    for name in placed:
        glyphs[name].draw(TransformPen(pen, (scale, 0, 0, -scale, at, y)))
        at += glyphs[name].width * scale
    return pen.getCommands()


def font_letters() -> dict[int, str]:
    """Code points that the package's font has a letter for."""
    return _face()[1]


@cache
def _face() -> tuple:
    """Outlines, glyph names by code point and units per em of the face for simplified Chinese."""
    from fontTools.ttLib import TTCollection

    faces = TTCollection(FONT_FILE, lazy=True).fonts
    face = next(each for each in faces if each["name"].getDebugName(1) == _FACE)
    return face.getGlyphSet(), face.getBestCmap(), face["head"].unitsPerEm
