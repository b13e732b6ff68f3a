"""Pages as PDF: Typst with the one font of the package, so that the same words give the same bytes everywhere."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import noto_cjk_sans_otc
import typst

FONT_FILE = str(noto_cjk_sans_otc.FONT_PATH)
FAMILY = "Noto Sans CJK SC"
# Language → the region in which its letters are drawn as they are to look.
REGIONS = {"zh": "cn", "zh-hans": "cn", "zh-hant": "tw"}
# Quotation marks and apostrophes are as wide as a Chinese letter unless one asks.
_NARROW = '#set text(features: ("pwid",))\n'


def typeset(page: str, words: Mapping[str, object], files: Mapping[str, str] | None = None) -> bytes:
    """The PDF of a Typst source that reads `words.json` and the text files named; `font` is added to the words.

    Texts reach the page as data only, so that nothing in them is taken for markup. No date is written. `lang` of the
    words is the page's language.
    """
    page = page if words.get("lang", "zh") == "zh" else _NARROW + page
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


def typeset_alone(page: str, words: Mapping[str, object]) -> bytes:
    """The same in a process of its own: what typesetting takes of memory is given back. RuntimeError if it fails."""
    done = subprocess.run(
        [sys.executable, "-m", __name__],
        input=json.dumps({"page": page, "words": words}).encode(),
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
    )
    if done.returncode:
        raise RuntimeError(f"typesetting failed: {done.stderr.decode(errors='replace')[-2000:]}")
    return done.stdout


if __name__ == "__main__":
    asked = json.load(sys.stdin.buffer)
    sys.stdout.buffer.write(typeset(asked["page"], asked["words"]))
