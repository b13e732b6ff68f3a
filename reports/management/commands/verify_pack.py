"""Check an evidence pack: hashes, scores and audit chain. The pack's own verify.py does the same without Yiti."""

from pathlib import Path

from django.core.management.base import CommandError, CommandParser

from materiality.platform.commands import ActionCommand
from reports.documents.verify import held, unchecked, verify


class Command(ActionCommand):
    help = "Check hashes, scores and audit chain of an evidence pack."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *args: str, **options: object) -> None:
        if problems := verify(options["file"]):
            raise CommandError("\n".join(problems))
        if unchecked(options["file"]):
            raise CommandError(held(options["file"]), returncode=2)
        self.stdout.write(held(options["file"]))
