"""Pages as PDF: Typst with the one font of the package, so that the same words give the same bytes everywhere."""

import json
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import noto_cjk_sans_otc
import typst

FONT_FILE = str(noto_cjk_sans_otc.FONT_PATH)
FAMILY = "Noto Sans CJK SC"


def typeset(page: str, words: Mapping[str, object], files: Mapping[str, str] | None = None) -> bytes:
    """The PDF of a Typst source that reads `words.json` and the text files named; `font` is added to the words.

    Texts reach the page as data only, so that nothing in them is taken for markup. No date is written.
    """
    with tempfile.TemporaryDirectory(prefix="yiti-pdf-") as name:
        folder = Path(name)
        said = json.dumps({**words, "font": FAMILY}, ensure_ascii=False)
        for file_name, text in {**(files or {}), "page.typ": page, "words.json": said}.items():
            (folder / file_name).write_text(text, "utf-8")
        compiler = typst.Compiler(str(folder / "page.typ"), root=name, font_paths=_fonts(), ignore_system_fonts=True)
        return compiler.compile(format="pdf", timestamp=0)


@cache
def _fonts() -> typst.Fonts:
    """The package's font alone, read once per process."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(Path(FONT_FILE).parent)]
    )
