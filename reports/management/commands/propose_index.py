"""Fill a cycle's outline from the library."""

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from materiality.platform.commands import ActionCommand
from materiality.queries.cycles import cycle_named
from reports.actions.index import propose_index
from reports.actions.outline import confirm_outline


class Command(ActionCommand):
    help = "Fill the outline of a cycle with what the library maps its material issues to; to be undone on its page."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("cycle", help="code of the cycle")

    def handle(self, *args: str, **options: object) -> None:
        imported = propose_index(cycle=cycle_named(options["cycle"]), by=None)
        confirm_outline(imported=imported, choices={}, by=None)
        rows, added = len(imported.found["rows"]), len(imported.found["readings"])
        told = {"rows": rows, "added": added}
        self.stdout.write(_("The outline has %(rows)s rows; %(added)s disclosures were added.") % told)
