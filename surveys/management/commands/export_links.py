"""Export the personal links of a batch from the command line."""

import sys
import time
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from materiality.platform.commands import ActionCommand
from materiality.platform.files import write_whole
from surveys.invitations.links import csv_pieces, zip_pieces
from surveys.queries.surveys import named_batch

WRITERS = {".csv": csv_pieces, ".zip": zip_pieces}


class Command(ActionCommand):
    help = (
        "Write the links of a batch in the `invitations` format; FILE ends in .csv, or in .zip for CSV parts of "
        "500,000 links. Links begin with YITI_URL."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("batch", help="id of the batch, as create_batch printed it")
        parser.add_argument("file", type=Path)

    def handle(self, *args: str, **options: object) -> None:
        path: Path = options["file"]
        write = WRITERS.get(path.suffix.lower())
        if write is None:
            raise CommandError(f'"{path.name}" must end in .csv or .zip.')
        batch = named_batch(options["batch"])
        if not settings.PUBLIC_URL_IS_SET:
            self.stderr.write(f"YITI_URL is not set: the links begin with {settings.PUBLIC_URL}")
        start = time.perf_counter()
        _write(path, write(batch, progress=_progress(batch.size)))
        seconds = max(time.perf_counter() - start, 1e-3)
        self.stdout.write(f"{batch.size:,} links written to {path} ({batch.size / seconds:,.0f} a second)")


def _write(path: Path, pieces) -> None:
    if not path.parent.is_dir():
        raise CommandError(f"There is no folder {path.parent}.")
    write_whole(path, pieces, 0o600)  # it holds every link


def _progress(size: int):
    """Tells on a terminal how far it is; elsewhere nothing."""
    if not sys.stderr.isatty():
        return None

    def tell(done: int) -> None:
        if done == size or done // 100_000 > (done - 8_192) // 100_000:
            print(f"\r{done:,} of {size:,}", end="\n" if done == size else "", file=sys.stderr, flush=True)

    return tell
