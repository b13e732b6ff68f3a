"""Import a library file into the draft edition."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from materiality.actions.tables import confirm, match_of, plan_file, read_sheet_file, scope_of, take_in
from materiality.formats.issues import IssueResource
from materiality.models import SheetImport
from materiality.platform.refusals import NotAllowed
from materiality.tables.headers import unknown_columns
from materiality.tables.imports import StrictResource
from materiality.tables.problems import BadLibrary, Problem
from materiality.tables.widgets import Scope, SheetPlan
from materiality.tables.words import problem_text


class Command(BaseCommand):
    resource: type[StrictResource] = IssueResource
    help = "Import FILE (CSV, XLSX; the `issues` format) into the draft edition; a draft is started where none is open."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="say what would change and store nothing")
        parser.add_argument("--reason", default="", help="why issues are added, renamed or retired")

    def handle(self, *args: str, **options: object) -> None:
        file: Path = options["file"]
        try:
            contents, scope = file.read_bytes(), self.scope(options)
            plan = self._checked(contents, file.name, scope)
            if not options["dry_run"] and plan.changes_anything:
                self._store(contents, file.name, scope, str(options["reason"]) or file.name)
        except OSError as error:
            raise CommandError(problem_text(Problem("no_file", value=str(file)))) from error
        except NotAllowed as refusal:
            raise CommandError(refusal.reason) from refusal
        if options["dry_run"]:
            self.stdout.write(_("Nothing was stored."))

    def scope(self, options: dict) -> Scope:
        """Where the rows go."""
        return scope_of(self.resource.sheet)

    def stored(self, imported: SheetImport) -> str:
        """What to say when they are stored."""
        return _("Stored in the draft %(edition)s.") % {"edition": imported.edition.title}

    def _checked(self, contents: bytes, name: str, scope: Scope) -> SheetPlan:
        """The plan, told row by row where it changes something. CommandError with all problems."""
        resource = self.resource(scope)
        try:
            file = read_sheet_file(contents, name, resource)
        except BadLibrary as error:
            self._refuse(error.problems)
        match = match_of(file, resource)
        unknown = unknown_columns(match, resource.columns)
        if unknown:
            self._refuse(unknown)
        plan = plan_file(resource, file, match.columns)
        problems = [*plan.problems, *(problem for row in plan.rows for problem in row.problems)]
        if problems:
            self._refuse(problems)
        self._tell(plan)
        return plan

    def _tell(self, plan: SheetPlan) -> None:
        for row in plan.rows:
            for column, (old, new) in row.cells.items() if row.state == "changed" else ():
                self.stdout.write(f"{row.key[0]} {column}: {old or '–'} → {new or '–'}")
            for problem in row.warnings:
                self.stderr.write(problem_text(problem))
        counts = {**plan.counts, "others": plan.others}
        text = _(
            "%(new)s new, %(changed)s changed, %(unchanged)s unchanged; %(others)s not in the file stay as they are."
        )
        self.stdout.write(text % counts)

    def _store(self, contents: bytes, name: str, scope: Scope, reason: str) -> None:
        with transaction.atomic():
            imported = confirm(take_in(self.resource.sheet, scope, name, contents, by=None), by=None, reason=reason)
        self.stdout.write(self.stored(imported))

    def _refuse(self, problems: list[Problem]) -> None:
        for problem in problems:
            self.stderr.write(problem_text(problem))
        raise CommandError(_("%(count)s problems; nothing was stored.") % {"count": len(problems)})
