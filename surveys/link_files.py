"""The personal links of a batch as a stream: CSV (formats.md, `invitations`), and CSV parts in a ZIP."""

import zipfile
from collections.abc import Callable, Iterator

from django.conf import settings

from surveys.intake.formula import neutralise
from surveys.intake.streaming_xlsx import Sink
from surveys.models import Batch
from surveys.questionnaire.tokens import tokens_of

COLUMNS = ("serial", "group", "url")
ROWS_PER_PART = 500_000
_PIECE = 8_192

Progress = Callable[[int], None]


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
    secret, end = bytes(batch.secret), batch.size if stop is None else stop
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
