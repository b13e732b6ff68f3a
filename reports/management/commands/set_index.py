"""Set what a cycle's GRI content index says of itself."""

from datetime import date

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from materiality.platform.commands import ActionCommand
from materiality.queries.cycles import cycle_named
from reports.actions.index import set_index
from reports.models import ContentIndex


class Command(ActionCommand):
    help = "Set claim, sector standards, day of publication and of GRI's notice of a cycle's content index."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("cycle", help="code of the cycle")
        parser.add_argument("--claim", choices=ContentIndex.Claim.values)
        parser.add_argument("--sector", action="append", metavar="12@1.0", help="sector standard in use; repeatable")
        parser.add_argument("--notified", type=date.fromisoformat, metavar="DATE")
        parser.add_argument("--published", type=date.fromisoformat, metavar="DATE")

    def handle(self, *args: str, **options: object) -> None:
        given = {
            "claim": options["claim"],
            "sectors": options["sector"],
            "notified_on": options["notified"],
            "published_on": options["published"],
        }
        values = {name: value for name, value in given.items() if value is not None}
        set_index(cycle=cycle_named(options["cycle"]), values=values, by=None)
        self.stdout.write(_("The index of the cycle is set."))
