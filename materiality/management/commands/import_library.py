"""Import a library file into the draft edition, or as the next edition."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from materiality.actions.tables import check_sheet, checked_whole, confirm, first_draft, forget_whole, scope_of
from materiality.formats.issues import IssueResource
from materiality.models import Edition, SheetImport
from materiality.platform.commands import ActionCommand
from materiality.tables.imports import StrictResource
from materiality.tables.problems import BadLibrary, Problem
from materiality.tables.widgets import Scope, SheetPlan
from materiality.tables.words import problem_text


class Command(ActionCommand):
    resource: type[StrictResource] = IssueResource
    help = "Import FILE (CSV, XLSX; the `issues` format) into the draft edition; a draft is started where none is open."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="say what would change and store nothing")
        parser.add_argument("--reason", default="", help="why issues are added, renamed or retired")
        if self.resource.replaceable:
            parser.add_argument(
                "--replace", action="store_true", help="FILE is the whole list: retire what is not in it"
            )
            parser.add_argument("--alike", action="store_true", help="let new issues go on retired ones of a like name")

    def handle(self, *args: str, **options: object) -> None:
        file: Path = options["file"]
        try:
            with transaction.atomic():
                self._import(contents_of(file), file.name, options)
        except BadLibrary as error:
            refuse(self, error.problems)
        if options["dry_run"]:
            self.stdout.write(_("Nothing was stored."))

    def scope(self, options: dict) -> Scope:
        """Where the rows go."""
        return scope_of(self.resource.sheet, replaces=bool(options.get("replace")))

    def stored(self, imported: SheetImport) -> str:
        """What to say when they are stored."""
        return _("Stored in the draft %(edition)s.") % {"edition": imported.edition.title}

    def _import(self, contents: bytes, name: str, options: dict) -> None:
        if self.resource.replaceable and not Edition.objects.exists():
            first_draft(contents=contents, name=name, by=None)
        scope = self.scope(options)
        imported, plan = checked_whole(self.resource.sheet, scope, name, contents, by=None)
        self._tell(plan, alike=bool(options.get("alike")))
        if options["dry_run"] or not plan.changes_anything:
            forget_whole(imported)
            return transaction.set_rollback(True)  # with it goes a first draft
        check_sheet(imported=imported, by=None)
        descents = {each.new: each.old for each in plan.descents if each.share == 1 or options.get("alike")}
        confirm(imported, by=None, reason=str(options["reason"]) or name, descents=descents)
        self.stdout.write(self.stored(imported))

    def _tell(self, plan: SheetPlan, *, alike: bool) -> None:
        for row in plan.rows:
            for column, (old, new) in row.cells.items() if row.state == "changed" else ():
                self.stdout.write(f"{row.key[0]} {column}: {old or '–'} → {new or '–'}")
            for problem in row.warnings:
                self.stderr.write(problem_text(problem))
        for each in plan.descents:
            text = _("%(new)s continues %(old)s: their names are the same.") if each.share == 1 else _like(alike=alike)
            self.stdout.write(text % vars(each))
        counts = {**plan.counts, "others": plan.others}
        text = _(
            "%(new)s new, %(changed)s changed, %(unchanged)s unchanged; %(others)s not in the file stay as they are."
        )
        self.stdout.write(text % counts)


def _like(*, alike: bool) -> str:
    if alike:
        return _("%(new)s continues %(old)s: their names are alike.")
    return _("%(new)s may be %(old)s, as their names are alike; --alike takes it for the same issue.")


def contents_of(file: Path) -> bytes:
    """The bytes of a file. Raises BadLibrary."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadLibrary([Problem("no_file", value=str(file))]) from error


def refuse(command: BaseCommand, problems: list[Problem]) -> None:
    """Tell every problem. CommandError with their number."""
    for problem in problems:
        command.stderr.write(problem_text(problem))
    text = ngettext("%(count)s problem; nothing was stored.", "%(count)s problems; nothing was stored.", len(problems))
    raise CommandError(text % {"count": len(problems)})
