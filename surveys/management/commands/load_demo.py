"""Make the demo cycle."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from materiality.platform.refusals import NotAllowed
from surveys.actions.surveys import load_demo


class Command(BaseCommand):
    help = "Make the demo cycle and survey with N synthetic responses from a fixed seed; 0 leaves it empty."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--responses", type=int, default=15_000, metavar="N")

    def handle(self, *args: str, **options: object) -> None:
        if options["responses"] < 0:
            raise CommandError("--responses must not be negative.")
        try:
            survey = load_demo(responses=options["responses"], by=None)
        except NotAllowed as refusal:
            raise CommandError(refusal.reason) from refusal
        self.stdout.write(f"survey {survey.code}: {survey.responses.count()} responses")
