"""A drawing on one page of A4 as PDF: vectors and real text, the font embedded."""

import json
import tempfile
from functools import cache
from pathlib import Path

import typst

from reports.documents.fonts import FAMILY, FONT_FILE

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
        **{"font": FAMILY, "lang": "en" if language.startswith("en") else "zh"},
    }
    with tempfile.TemporaryDirectory(prefix="yiti-pdf-") as name:
        folder = Path(name)
        (folder / "page.typ").write_text(PAGE, "utf-8")
        (folder / "words.json").write_text(json.dumps(words, ensure_ascii=False), "utf-8")
        (folder / "drawing.svg").write_text(svg, "utf-8")
        compiler = typst.Compiler(str(folder / "page.typ"), root=name, font_paths=_fonts(), ignore_system_fonts=True)
        return compiler.compile(format="pdf", timestamp=0)


@cache
def _fonts() -> typst.Fonts:
    """The package's font alone, read once per process."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(Path(FONT_FILE).parent)]
    )
