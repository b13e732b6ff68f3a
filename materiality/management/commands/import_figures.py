"""Import figures from elsewhere into a cycle."""

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from materiality.formats.figures import FigureResource
from materiality.management.commands import import_library
from materiality.models import SheetImport
from materiality.queries.cycles import cycle_named, last_run_number
from materiality.tables.widgets import Scope


class Command(import_library.Command):
    resource = FigureResource
    help = (
        "Import FILE (CSV, XLSX; the `figures` format) into CYCLE: what a consultant or an earlier year found becomes a"
        " run of its own, marked with its source."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("cycle", metavar="CYCLE")
        super().add_arguments(parser)

    def scope(self, options: dict) -> Scope:
        return Scope(cycle=cycle_named(options["cycle"]))

    def stored(self, imported: SheetImport) -> str:
        return _("Stored; scored as run %(number)s.") % {"number": last_run_number(imported.cycle)}
