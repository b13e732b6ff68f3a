"""Single SVG elements as text, with presentation attributes only."""

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from .geometry import Place, PlacedText
from .marks import Style, outline
from .palette import PAPER
from .text_width import LEADING

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def number(value: float) -> str:
    """A number to 1/100 px without needless digits."""
    text = f"{float(value):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def escaped(words: str) -> str:
    """Words as XML text; characters that XML cannot hold are left out."""
    return escape(_NOT_XML.sub("", words))


def attribute(words: str) -> str:
    """Words as a quoted attribute value."""
    return quoteattr(_NOT_XML.sub("", words))


def group(name: str, parts: Sequence[str]) -> str:
    """A group of elements; nothing where there are none."""
    return f'<g class="matrix-{name}">' + "\n".join(parts) + "</g>" if parts else ""


def line(start: Place, end: Place, colour: str, width: float, more: str = "") -> str:
    """A straight line; `more` holds further attributes."""
    (x1, y1), (x2, y2) = start, end
    ends = f'x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"{more}/>'


def text_element(text: PlacedText) -> str:
    """A placed text, each line at its own baseline."""
    anchor = "" if text.anchor == "start" else f' text-anchor="{text.anchor}"'
    weight = ' font-weight="600"' if text.bold else ""
    at = f'x="{number(text.x)}" y="{number(text.y)}" font-size="{number(text.size)}"'
    head = f'<text class="matrix-{text.kind}" {at} fill="{text.ink}"'
    if len(text.lines) == 1:
        return f"{head}{anchor}{weight}>{escaped(text.lines[0])}</text>"
    spans = [
        f'<tspan x="{number(text.x)}" y="{number(text.y + i * LEADING * text.size)}">{escaped(words)}</tspan>'
        for i, words in enumerate(text.lines)
    ]
    return f"{head}{anchor}{weight}>{''.join(spans)}</text>"


def shape(style: Style, r: float, x: float, y: float) -> str:
    """The mark of a category around (x, y), with a white hairline so that overlapping marks stay apart."""
    paint = f'fill="{style.colour}" stroke="{PAPER}" stroke-width="1" transform="translate({number(x)} {number(y)})"'
    corners = outline(style.shape, r)
    if not corners:
        return f'<circle class="matrix-mark" r="{number(r)}" {paint}/>'
    path = "M" + "L".join(f"{number(a)} {number(b)}" for a, b in corners) + "Z"
    return f'<path class="matrix-mark" d="{path}" {paint} stroke-linejoin="round"/>'
