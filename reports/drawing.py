"""Drawings of the matrix, kept: the same points, rule and words are placed once."""

import hashlib
from functools import cache
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from reports import matrix
from reports.matrix import Category, Point, Rule, Texts, draw_matrix

FOLDER = "drawings"
END = "</svg>\n"


def drawn_matrix(points: list[Point], rule: Rule, categories: list[Category], texts: Texts, **options: object) -> str:
    """SVG text as of `draw_matrix`, from the store where it was drawn before.

    The name of the stored file is a digest of everything that goes in, the programme that draws included, so that
    nothing ever has to be invalidated.
    """
    contents = repr((points, rule, categories, texts, sorted(options.items())))
    digest = hashlib.sha256(f"{_programme()}\n{contents}".encode()).hexdigest()
    name = f"{FOLDER}/{digest[:2]}/{digest}.svg"
    kept = _kept(name)
    if kept:
        return kept
    svg = draw_matrix(points, rule, categories, texts, **options)
    if default_storage.exists(name):  # cut off by a full disk or a killed process
        default_storage.delete(name)
    default_storage.save(name, ContentFile(svg.encode()))
    return svg


def _kept(name: str) -> str:
    """The stored drawing, "" where there is none or it is not whole."""
    try:
        with default_storage.open(name) as stream:
            svg = stream.read().decode()
    except (FileNotFoundError, UnicodeDecodeError):
        return ""
    return svg if svg.endswith(END) else ""


@cache
def _programme() -> str:
    """SHA-256 of the source that draws."""
    digest = hashlib.sha256()
    for path in sorted(Path(matrix.__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
