"""Bring an outline file into a cycle from the command line."""

import json
from pathlib import Path

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from materiality.platform.commands import ActionCommand
from materiality.queries.cycles import cycle_named
from reports.actions.outline import import_outline
from reports.gri.reading import REPAIRED
from reports.gri.standards import EDITIONS
from reports.outline.outline import ParsedOutline, parse_outline
from reports.queries.outline import books_of, problem_line, reading_line, readings_json


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
        parser.add_argument("--dry-run", action="store_true", help="read and tell; store nothing")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write every reading there")
        parser.add_argument(
            "--hold-back",
            action="store_true",
            help="store all but what is doubtful or refused, which stays in its row as text to decide",
        )

    def handle(self, *args: str, **options: object) -> None:
        cycle = cycle_named(options["cycle"])
        if not options["file"].is_file():
            raise CommandError(_("There is no file “%(file)s”.") % {"file": options["file"]})
        parsed = parse_outline(options["file"], books_of(cycle, options["edition"]))
        if options["json"]:
            contents = json.dumps(readings_json(parsed), ensure_ascii=False, indent=1)
            options["json"].write_text(contents + "\n", "utf-8")
        self._tell(parsed, options["hold_back"])
        if options["dry_run"]:
            self.stdout.write(_("%(count)s rows were read; nothing is stored.") % {"count": len(parsed.rows)})
            return
        import_outline(cycle=cycle, rows=parsed.rows, gri_edition=options["edition"], by=None)
        self.stdout.write(_("The outline now has %(count)s rows.") % {"count": len(parsed.rows)})

    def _tell(self, parsed: ParsedOutline, hold_back: bool) -> None:
        """Everything that was repaired, is doubtful or refused. CommandError where it keeps the file from storing."""
        for each in parsed.readings:
            if each.reading.state == REPAIRED:
                self.stdout.write(reading_line(each))
        lines = [problem_line(problem) for problem in parsed.problems]
        lines += [reading_line(each) for each in parsed.unsettled]
        for line in lines:
            self.stderr.write(line)
        if parsed.problems or (lines and not hold_back):
            number = len(lines)
            text = ngettext("%(count)s problem; nothing was stored.", "%(count)s problems; nothing was stored.", number)
            raise CommandError(text % {"count": number})
