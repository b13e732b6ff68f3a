"""A drawing as PDF and PNG: pure, SVG in, bytes out."""

import resvg_py

from materiality.platform.pdf import FAMILY, FONT_FILE, typeset

PAGE = """
#let words = json("words.json")
#set document(title: words.title, author: words.author, date: none)
#set page(paper: "a4", margin: (x: 14mm, top: 14mm, bottom: 16mm), footer: text(size: 8pt, fill: rgb("#5a636a"))[
  #words.footer #h(1fr) #words.number
])
#set text(font: words.font, lang: words.lang, region: if words.lang == "zh" { "cn" })
#align(center + horizon, image("drawing.svg", width: 100%, height: 100%, fit: "contain", alt: words.alt))
"""


def pdf_bytes(svg: str, *, title: str, author: str, footer: str, number: str, alt: str, language: str) -> bytes:
    """One page with the drawing as large as fits; `footer` stands at its left, `number` at its right.

    No date is written, so that the same drawing gives the same bytes.
    """
    words = {
        **{"title": title, "author": author, "footer": footer, "number": number, "alt": alt},
        "lang": "en" if language.startswith("en") else "zh",
    }
    return typeset(PAGE, words, {"drawing.svg": svg})


SCALE = 2.0  # sharp on paper at a page's width


def png_bytes(svg: str, scale: float = SCALE) -> bytes:
    """The SVG rendered at `scale` px per unit, with no font but the package's."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=scale,
            background="#ffffff",
            skip_system_fonts=True,
            font_files=[FONT_FILE],
            font_family=FAMILY,
            sans_serif_family=FAMILY,
        )
    )
