"""Load the catalogues and the default library, or put a library file in force."""

from pathlib import Path

from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from materiality.actions.library import Loaded, load_library
from materiality.actions.tables import put_in_force
from materiality.management.commands.import_library import contents_of, refuse
from materiality.models import Category, Edition, OwnGroup
from materiality.platform.commands import ActionCommand
from materiality.platform.refusals import Unacknowledged
from materiality.queries.cycles import edition_scope
from materiality.tables.problems import BadLibrary


class Command(ActionCommand):
    help = (
        "Load the catalogues and the default issue library; or make FILE (CSV, XLSX) the whole library and publish it"
        " as the next edition, as import_library --replace and publish_edition do."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
        parser.add_argument("--acknowledge", default="", metavar="REASON", help="why it is published all the same")

    def handle(self, *args: str, **options: object) -> None:
        before = set(OwnGroup.objects.values_list("code", flat=True))
        self.stdout.write(self._own(options["file"], options) if options["file"] else _summary(load_library(by=None)))
        groups = [group.code for group in OwnGroup.objects.all() if group.code not in before]
        if groups:
            text = _("Groups of the organisation that are new: %(groups)s.")
            self.stdout.write(text % {"groups": ", ".join(groups)})

    def _own(self, file: Path, options: dict) -> str:
        try:
            with transaction.atomic():
                why = options["acknowledge"]
                edition = put_in_force(contents=contents_of(file), name=file.name, by=None, acknowledged=why)
        except BadLibrary as error:
            refuse(self, error.problems)
        except Unacknowledged as refusal:
            for warning in refusal.warnings:
                self.stderr.write(warning)
            raise CommandError(_("Nothing was published. Say with --acknowledge why it should be.")) from refusal
        if edition:
            return "\n".join(filter(None, [_in_force(edition), self._categories(edition)]))
        current = Edition.objects.get(state=Edition.State.PUBLISHED)
        return _("%(edition)s is in force already; nothing changed.") % {"edition": current.title}

    def _categories(self, edition: Edition) -> str:
        """Which of them the edition before did not have."""
        before = Category.objects.filter(edition=edition.based_on).values("code") if edition.based_on else ()
        new = edition.categories.exclude(code__in=before)
        names = ", ".join(f"{row.name} ({row.code})" for row in new)
        return _("Categories that are new: %(names)s.") % {"names": names} if names else ""


def _in_force(edition: Edition) -> str:
    told = {"edition": edition.title, "issues": edition_scope(edition)}
    return _("%(edition)s is in force: %(issues)s.") % told


def _summary(loaded: Loaded) -> str:
    if loaded.is_new:
        return _in_force(loaded.edition)
    title = {"edition": loaded.edition.title}
    if loaded.edition.is_first_draft:
        return _("%(edition)s is still being written; the default library was not loaded.") % title
    if loaded.kept:
        return _("%(edition)s stays in force; it differs from the default library, which was not loaded.") % title
    if loaded.catalogue_rows:
        return _("The catalogues were brought up to date (%(rows)s rows).") % {"rows": loaded.catalogue_rows}
    return _("%(edition)s is in force already; nothing changed.") % title
