"""Personal links as CSV and ZIP streams, QR codes and posters."""

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence

import segno
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from materiality.platform.bilingual import speaking, text_of
from materiality.platform.keys import SIZE, derived, installation_key, unseal
from materiality.platform.organisation import organisation_name
from materiality.platform.pdf import REGIONS, typeset
from materiality.tables.write import Sink, neutralise
from surveys.models import Batch, Survey
from surveys.models.instrument import brief_words
from surveys.questionnaire.asking import Effort
from surveys.questionnaire.tokens import tokens_of

COLUMNS = ("serial", "group", "url")
ROWS_PER_PART = 500_000
_PIECE = 8_192

Progress = Callable[[int], None]


# What links made before the installation had a key were made of is kept sealed in place of a salt.
KEPT = b"secret of links"


def secret_of(salt: bytes, key: bytes = b"") -> bytes:
    """The secret from which a batch's links are made, by the installation's key (default: read it); KeyMissing where
    that is away.
    """
    key, salt = key or installation_key(), bytes(salt)
    return derived(key, "links", salt) if len(salt) == SIZE else unseal(key, salt, KEPT)


def link_start(survey_code: str, address: str | None = None) -> str:
    """What stands before the token in a link; `address` such as https://survey.example.com, else the setting's.

    Not by `reverse`, which would load all views: 30 MB in a command that needs none of them.
    """
    return f"{address or settings.PUBLIC_URL}/s/{survey_code}/i/"


def file_stem(batch: Batch) -> str:
    """Name of the batch's files without ending."""
    return f"{batch.survey.code}-{batch.group.code}-{batch.pk}"


def csv_pieces(
    batch: Batch,
    address: str | None = None,
    *,
    start: int = 0,
    stop: int | None = None,
    progress: Progress | None = None,
) -> Iterator[bytes]:
    """CSV, header first, in pieces of 8,192 links; `progress` is told the links done. All of it is ASCII: no BOM."""
    secret, end = secret_of(batch.salt), batch.size if stop is None else stop
    before = f",{neutralise(batch.group.code)},{link_start(batch.survey.code, address)}"
    yield (",".join(COLUMNS) + "\n").encode()
    for first in range(start, end, _PIECE):
        tokens = tokens_of(secret, batch.pk, first, min(first + _PIECE, end))
        yield "".join([f"{serial}{before}{token}/\n" for serial, token in enumerate(tokens, start=first)]).encode()
        if progress:
            progress(first + len(tokens))


def zip_pieces(
    batch: Batch, address: str | None = None, *, per_part: int = ROWS_PER_PART, progress: Progress | None = None
) -> Iterator[bytes]:
    """A ZIP of CSV files of at most `per_part` links each, in pieces; nothing is kept that was handed out."""

    def parts() -> Iterator[tuple[str, Iterator[bytes]]]:
        for number, start in enumerate(range(0, batch.size, per_part), start=1):
            stop = min(start + per_part, batch.size)
            name = f"{file_stem(batch)}-part-{number:03}.csv"
            yield name, csv_pieces(batch, address, start=start, stop=stop, progress=progress)

    yield from streamed_zip(parts())


def streamed_zip(members: Iterator[tuple[str, Iterator[bytes]]]) -> Iterator[bytes]:
    """A ZIP (with 64-bit sizes where it takes them) of named members whose contents come in pieces."""
    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, pieces in members:
            with archive.open(name, "w", force_zip64=True) as member:
                for piece in pieces:
                    member.write(piece)
                    yield sink.take()
    yield sink.take()


QR_TYPES = {"svg": "image/svg+xml", "png": "image/png"}
# Modules of quiet around the code (ISO/IEC 18004), and pixels of a module in a PNG.
_BORDER, _SCALE = 4, 12
_ANY_MASK = 2


def qr_bytes(text: str, kind: str, *, quick: bool = False) -> bytes:
    """The code of a text as `svg` or `png`, black on white, legible with up to 15 % of it damaged. KeyError else.

    `quick` leaves out the search for the mask that is read best, which takes four fifths of the time; any can be read.
    """
    if kind not in QR_TYPES:
        raise KeyError(kind)
    stream = io.BytesIO()
    code = segno.make(text, error="m", micro=False, mask=_ANY_MASK if quick else None)
    options = {"svg": {"scale": 4, "xmldecl": False, "svgns": True, "nl": False}, "png": {"scale": _SCALE}}
    code.save(stream, kind=kind, border=_BORDER, light="#fff", **options[kind])
    return stream.getvalue()


PAGE = """
#let words = json("words.json")
#set document(title: words.parts.at(0).title, author: words.parts.at(0).organisation, date: none)
#set page(paper: "a4", margin: (x: 20mm, top: 22mm, bottom: 18mm))
#set text(font: words.font, fill: rgb("#1d2327"))
#set par(leading: 0.7em)
#let accent = rgb("#0f6b6b")
#let soft = rgb("#565f66")
#let part(said, size) = {
  set text(lang: said.language, region: said.region)
  let lines = (text(size: 12pt, fill: soft, said.organisation), text(size: size, said.title))
  lines.push(text(size: 15pt, said.scan))
  lines.push(text(size: 11pt, fill: soft, said.brief))
  stack(dir: ttb, spacing: 5.5mm, ..lines)
}
#align(center)[
  #part(words.parts.at(0), 28pt)
  #v(1fr)
  #box(stroke: 1.2pt + accent, radius: 3mm, inset: 1mm, image("code.svg", width: 104mm, alt: words.address))
  #v(2mm)
  #text(size: 13pt, words.address)
  #v(1fr)
  #if words.parts.len() > 1 { part(words.parts.at(1), 22pt) }
]
"""


def poster_pdf(survey: Survey, efforts: Sequence[Effort], address: str) -> bytes:
    """One page of A4 with the link `address` as a QR code and in letters."""
    parts = [_words(survey, efforts, language) for language in survey.languages[:2]]
    words = {"parts": parts, "address": address}
    return typeset(PAGE, words, {"code.svg": qr_bytes(address, "svg").decode()})


def _words(survey: Survey, efforts: Sequence[Effort], language: str) -> dict[str, str]:
    with speaking(language, survey.languages):
        return {
            "language": language.partition("-")[0],
            "region": REGIONS.get(language),
            "organisation": organisation_name(language),
            "title": text_of(survey, "title", language),
            "scan": _("Scan the code with your phone and answer"),
            "brief": brief_words(survey, efforts),
        }


def public_address(request: HttpRequest) -> str:
    """YITI_URL where it is set, else the address by which this page was reached, without a slash at the end."""
    return settings.PUBLIC_URL if settings.PUBLIC_URL_IS_SET else request.build_absolute_uri("/").rstrip("/")
