"""Export an edition of the library in the `issues` format."""

from pathlib import Path

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from materiality.formats.issues import IssueResource
from materiality.models import Edition
from materiality.platform.anchors import anchored
from materiality.platform.audit import daily_anchor
from materiality.platform.commands import ActionCommand
from materiality.platform.files import write_whole
from materiality.tables.imports import sheet_file
from materiality.tables.widgets import Scope
from materiality.tables.write import TYPES


class Command(ActionCommand):
    help = "Write the issues of an edition (default: the one in force) to FILE, a .csv or .xlsx."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--edition", default="", metavar="E")

    def handle(self, *args: str, **options: object) -> None:
        file: Path = options["file"]
        kind = file.suffix.lower().removeprefix(".")
        if kind not in TYPES:
            raise CommandError(_("The name of the file must end with .csv or .xlsx."))
        edition = _edition(str(options["edition"]))
        contents = sheet_file(IssueResource(Scope(edition)), kind)
        write_whole(file, [anchored(contents, kind, daily_anchor())])
        count = edition.issues.count()
        self.stdout.write(_("%(edition)s: %(count)s issues written.") % {"edition": edition.title, "count": count})


def _edition(code: str) -> Edition:
    held = Edition.objects.filter(code=code) if code else Edition.objects.filter(state=Edition.State.PUBLISHED)
    edition = held.first()
    if edition is None:
        known = ", ".join(Edition.objects.values_list("code", flat=True)) or "–"
        raise CommandError(_("There is no such edition. There are: %(codes)s.") % {"codes": known})
    return edition
