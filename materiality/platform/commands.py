"""Commands that call actions: what an action refuses, and a file that cannot be written, is an error of the command
line.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from materiality.platform.refusals import NotAllowed


class ActionCommand(BaseCommand):
    """Ends with a sentence. The checks of the system are `manage.py check`'s."""

    requires_system_checks: list[str] = []

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except NotAllowed as refusal:
            raise CommandError(refusal.reason) from refusal
        except OSError as problem:
            if not problem.filename:
                raise
            said = _("“%(file)s” cannot be read or written: %(why)s.")
            raise CommandError(said % {"file": problem.filename, "why": problem.strerror}) from problem
