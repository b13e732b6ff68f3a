"""Delete the recipients of a closed survey from the command line."""

from django.core.management.base import CommandParser

from materiality.platform.commands import ActionCommand
from surveys.actions.invitations import purge_recipients
from surveys.queries.surveys import named_survey


class Command(ActionCommand):
    help = "Delete addresses, names and deliveries of all recipients of a closed survey."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("survey", help="code of the survey")

    def handle(self, *args: str, **options: object) -> None:
        number = purge_recipients(survey=named_survey(options["survey"]), by=None)
        self.stdout.write(f"{number:,} recipients of {options['survey']} deleted")
