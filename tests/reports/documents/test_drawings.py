"""PNG and PDF of a drawing: the right kind of file, the package's font, the same bytes."""

import hashlib
import os
import re
import struct
import subprocess
import sys
import zlib

from reports.documents.drawings import pdf_bytes, png_bytes
from tests.repository.tree import ROOT

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200" viewBox="0 0 300 200" '
    "font-family=\"'PingFang SC', 'Noto Sans CJK SC'\">"
    '<rect width="300" height="200" fill="#ffffff"/>'
    '<text x="20" y="100" font-size="40" fill="#000000">议题 Aa</text></svg>'
)
WORDS = {
    "title": "矩阵 “#1”",
    "author": "公司",
    "alt": "图",
    "language": "zh-hans",
}


def pixels(png: bytes) -> tuple[int, int, bytes]:
    width, height = struct.unpack(">II", png[16:24])
    parts, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            parts += png[at + 8 : at + 8 + length]
        at += 12 + length
    return width, height, zlib.decompress(parts)


def unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def test_png_is_twice_as_large_and_has_the_letters():
    png = png_bytes(SVG)
    width, height, data = pixels(png)
    blank = pixels(png_bytes(SVG.replace("议题 Aa", "")))[2]
    assert png.startswith(b"\x89PNG") and (width, height) == (600, 400)
    assert data != blank and png == png_bytes(SVG)


def test_pdf_holds_vectors_text_and_its_font():
    pdf = pdf_bytes(SVG, **WORDS)
    inside = pdf + b"".join(
        unpacked(stream) for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    )
    assert pdf.startswith(b"%PDF") and b"NotoSansCJKsc" in inside and b"/Subtype/Image" not in inside
    assert b"CreationDate" not in inside and b"ModDate" not in inside


def test_pdf_has_the_same_bytes_in_another_process():
    code = (
        "import hashlib; from reports.documents.drawings import pdf_bytes, png_bytes; "
        "from tests.reports.documents.test_drawings import SVG, WORDS; "
        "print(hashlib.sha256(pdf_bytes(SVG, **WORDS) + png_bytes(SVG)).hexdigest())"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "TZ": "Asia/Tokyo"}, capture_output=True, text=True
    )
    assert run.stdout.strip() == hashlib.sha256(pdf_bytes(SVG, **WORDS) + png_bytes(SVG)).hexdigest(), run.stderr
