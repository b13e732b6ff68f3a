"""Give up sealed answers whose key is lost from the command line."""

from django.core.management.base import CommandParser

from materiality.platform.commands import ActionCommand
from surveys.actions.responses import give_up_answers
from surveys.queries.surveys import named_survey


class Command(ActionCommand):
    help = (
        "Delete what nobody can open any more in a closed anonymous survey whose key is lost, so that it is finalised."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("survey", help="code of the survey")
        parser.add_argument("--reason", required=True, help="kept in the audit trail")

    def handle(self, *args: str, **options: object) -> None:
        number = give_up_answers(survey=named_survey(options["survey"]), reason=options["reason"], by=None)
        self.stdout.write(f"{number:,} finished answers of {options['survey']} given up")
