"""Say what responses of a survey have in common, from the command line."""

from django.core.management.base import CommandParser

from materiality.platform.commands import ActionCommand
from surveys.actions.surveys import change_open_survey, edit_survey
from surveys.models import Survey
from surveys.queries.surveys import named_survey


class Command(ActionCommand):
    help = "Take responses of a survey together by channel, batch or a profile question; intervals allow for it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("survey", help="code of the survey")
        parser.add_argument("cluster", help="channel, batch, profile:CODE of a profile question, or none")

    def handle(self, *args: str, **options: str) -> None:
        survey = named_survey(options["survey"])
        change = edit_survey if survey.state == Survey.State.DRAFT else change_open_survey
        cluster = "" if options["cluster"] == "none" else options["cluster"]
        stored = change(survey=survey, values={"cluster": cluster}, by=None)
        self.stdout.write(f"responses of {stored.code} are taken together by {stored.cluster or 'nothing'}")
