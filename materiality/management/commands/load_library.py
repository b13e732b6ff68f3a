"""Load the catalogues and the default library, or a library file."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from materiality.actions.library import Loaded, load_library
from materiality.tables.problems import BadLibrary
from materiality.tables.words import problem_text


class Command(BaseCommand):
    help = "Load the catalogues and the default issue library, or FILE (CSV, XLSX) as the next edition."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE")

    def handle(self, *args: str, **options: object) -> None:
        try:
            loaded = load_library(by=None, file=options["file"])
        except BadLibrary as error:
            for problem in error.problems:
                self.stderr.write(problem_text(problem))
            number = len(error.problems)
            text = ngettext("%(count)s problem; nothing was loaded.", "%(count)s problems; nothing was loaded.", number)
            raise CommandError(text % {"count": number}) from error
        self.stdout.write(_summary(loaded))
        if loaded.groups:
            text = _("Groups of the organisation that are new: %(groups)s.")
            self.stdout.write(text % {"groups": ", ".join(loaded.groups)})


def _summary(loaded: Loaded) -> str:
    edition = loaded.edition
    if loaded.is_new:
        counts = {
            "edition": edition.title,
            "primaries": edition.issues.filter(parent=None).count(),
            "secondaries": edition.issues.exclude(parent=None).count(),
        }
        return _("%(edition)s is in force: %(primaries)s primary and %(secondaries)s secondary issues.") % counts
    if loaded.kept:
        text = _("%(edition)s stays in force; it differs from the default library, which was not loaded.")
        return text % {"edition": edition.title}
    if loaded.catalogue_rows:
        return _("The catalogues were brought up to date (%(rows)s rows).") % {"rows": loaded.catalogue_rows}
    return _("%(edition)s is in force already; nothing changed.") % {"edition": edition.title}
