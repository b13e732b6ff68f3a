"""Bring an outline file into a cycle from the command line."""

from pathlib import Path

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from materiality.models import Cycle
from materiality.platform.commands import ActionCommand
from reports.actions.outline import import_outline
from reports.outline.outline import parse_outline
from reports.queries.outline import EDITIONS, books_of, plain_line


class Command(ActionCommand):
    help = "Replace the outline of a cycle by FILE (CSV or XLSX in the outline format)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("cycle", help="code of the cycle")
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--edition",
            choices=EDITIONS,
            default="",
            help="GRI edition of the codes in FILE; the cycle takes it over if it has another one",
        )

    def handle(self, *args: str, **options: object) -> None:
        cycle = Cycle.objects.filter(code=options["cycle"]).first()
        if cycle is None:
            raise CommandError(_("There is no cycle with the code “%(code)s”.") % {"code": options["cycle"]})
        if not options["file"].is_file():
            raise CommandError(_("There is no file “%(file)s”.") % {"file": options["file"]})
        parsed = parse_outline(options["file"], books_of(cycle, options["edition"]))
        if parsed.problems:
            for problem in parsed.problems:
                self.stderr.write(plain_line(problem))
            number = len(parsed.problems)
            text = ngettext("%(count)s problem; nothing was stored.", "%(count)s problems; nothing was stored.", number)
            raise CommandError(text % {"count": number})
        import_outline(cycle=cycle, rows=parsed.rows, gri_edition=options["edition"], by=None)
        self.stdout.write(_("The outline now has %(count)s rows.") % {"count": len(parsed.rows)})
