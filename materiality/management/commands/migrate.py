"""Django's `migrate`, which drops no audited column unverified."""

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from materiality.actions.audit import renew_digests
from materiality.models import AuditColumns
from materiality.queries.verification import finding_sentence, is_remark, lost_columns, row_findings


class Command(migrate.Command):
    """Where columns go that the audit trail digests, the rows are verified before, and digested anew after, in an
    event `upgrade`: what was forged before is not taken for sound later.
    """

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--with-findings", action="store_true", help="go on where audited rows were changed")

    def handle(self, *args: object, **options: object) -> None:
        lost = {} if options["app_label"] else self._verified(options["database"], options["with_findings"])
        super().handle(*args, **options)
        if lost:
            renew_digests(labels=lost)

    def _verified(self, database: str, anyway: bool) -> dict[str, set[str]]:
        executor = MigrationExecutor(connections[database])
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if not plan or AuditColumns._meta.db_table not in connections[database].introspection.table_names():
            return {}
        before = executor._create_project_state(with_applied_migrations=True).apps
        lost = lost_columns(before, executor.loader.project_state().apps)
        wrong = [each for each in row_findings(before, lost) if not is_remark(each)] if lost else []
        for finding in wrong:
            self.stderr.write(finding_sentence(finding))
        if wrong and not anyway:
            raise CommandError(_("Audited rows were changed outside the application. Use --with-findings to continue."))
        return lost
