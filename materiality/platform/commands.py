"""Commands that call actions: what an action refuses is an error of the command line."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from materiality.platform.refusals import NotAllowed


class ActionCommand(BaseCommand):
    """Ends with the sentence of a refusal. The checks of the system are `manage.py check`'s."""

    requires_system_checks: list[str] = []

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except NotAllowed as refusal:
            raise CommandError(refusal.reason) from refusal
