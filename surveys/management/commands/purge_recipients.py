"""Delete the recipients of a closed survey from the command line."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from materiality.platform.refusals import NotAllowed
from surveys.actions.invitations import purge_recipients
from surveys.queries.plans import named_survey


class Command(BaseCommand):
    help = "Delete addresses, names and deliveries of all recipients of a closed survey."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("survey", help="code of the survey")

    def handle(self, *args: str, **options: object) -> None:
        try:
            number = purge_recipients(survey=named_survey(options["survey"]), by=None)
        except NotAllowed as refusal:
            raise CommandError(refusal.reason) from refusal
        self.stdout.write(f"{number:,} recipients of {options['survey']} deleted")
