"""Make the demo cycle."""

from django.core.management.base import CommandError, CommandParser

from materiality.platform.commands import ActionCommand
from surveys.actions.surveys import load_demo


class Command(ActionCommand):
    help = "Make the demo cycle and survey with N synthetic responses from a fixed seed; 0 leaves it empty."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--responses", type=int, default=15_000, metavar="N")

    def handle(self, *args: str, **options: object) -> None:
        if options["responses"] < 0:
            raise CommandError("--responses must not be negative.")
        survey = load_demo(responses=options["responses"], by=None)
        self.stdout.write(f"survey {survey.code}: {survey.responses.count()} responses")
