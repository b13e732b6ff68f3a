"""Move a cycle's outline to another GRI edition."""

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from materiality.platform.commands import ActionCommand
from materiality.queries.cycles import cycle_named
from reports.actions.index import crosswalk_outline
from reports.actions.outline import confirm_outline
from reports.gri.moves import TARGETS
from reports.queries.outline import outline_preview


class Command(ActionCommand):
    help = "Move the outline of a cycle to GRI 2021, or to the standards of 2024 and 2025; what is open stays as text."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("cycle", help="code of the cycle")
        parser.add_argument("--to", required=True, choices=TARGETS, metavar="EDITION")

    def handle(self, *args: str, **options: object) -> None:
        imported = crosswalk_outline(cycle=cycle_named(options["cycle"]), to=options["to"], by=None)
        preview = outline_preview(imported)
        confirm_outline(imported=imported, choices={}, by=None)
        for line in preview.undecided:
            names = "; ".join(name for _identity, name in line.offers)
            self.stdout.write(f"{line.cell}: {line.reading.text}: {line.note} {names}".rstrip())
        moved = len(imported.found["readings"]) - len(preview.undecided)
        told = {"moved": moved, "open": len(preview.undecided)}
        self.stdout.write(_("%(moved)s disclosures have moved; %(open)s are to be decided.") % told)
