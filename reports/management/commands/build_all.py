"""Make every output of a cycle from the command line, without worker and queue."""

from itertools import product
from pathlib import Path

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from materiality.models import Cycle
from materiality.platform.commands import ActionCommand
from materiality.platform.files import write_whole
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import cycle_named
from reports.outputs import KINDS, build_output, output_file_name, output_inputs
from reports.queries.outputs import LANGUAGES


class Command(ActionCommand):
    help = "Write every output of a cycle in every format to a folder; what cannot be made is said with the reason."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("cycle", help="code of the cycle")
        parser.add_argument(
            "--language", required=True, nargs="+", action="extend", choices=LANGUAGES, help="may be repeated"
        )
        parser.add_argument("--out", required=True, type=Path, metavar="DIR")

    def handle(self, *args: str, **options: object) -> None:
        cycle = cycle_named(options["cycle"])
        options["out"].mkdir(parents=True, exist_ok=True)
        languages = list(dict.fromkeys(options["language"]))
        number = sum(self._kind(cycle, kind, languages, options["out"]) for kind in KINDS)
        if not number:
            raise CommandError(_("Nothing could be created."))
        self.stdout.write(ngettext("%(count)s file written", "%(count)s files written", number) % {"count": number})

    def _kind(self, cycle: Cycle, kind: str, languages: list[str], folder: Path) -> int:
        """All formats of a kind in all languages, from the same inputs; how many files."""
        number, files = 0, list(product(languages, KINDS[kind].formats))
        try:
            held = output_inputs(cycle, kind=kind, format=files[0][1], language=files[0][0])
            for language, format in files:
                inputs = held | {"language": language, "format": format}
                write_whole(folder / output_file_name(inputs), [build_output(inputs)])
                number += 1
        except NotAllowed as refusal:
            self.stderr.write(f"{kind}: {refusal.reason}")
        return number
