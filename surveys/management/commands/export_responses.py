"""Export responses from the command line."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from surveys.exporting import export_csv, export_xlsx
from surveys.models import Survey

WRITERS = {".csv": export_csv, ".xlsx": export_xlsx}


class Command(BaseCommand):
    help = "Write all responses of a survey in the `responses` format; FILE ends in .csv or .xlsx."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("survey", help="code of the survey")
        parser.add_argument("file", type=Path)

    def handle(self, *args: str, **options: object) -> None:
        survey = Survey.objects.filter(code=options["survey"]).first()
        if survey is None:
            raise CommandError(f'There is no survey with the code "{options["survey"]}".')
        write = WRITERS.get(options["file"].suffix.lower())
        if write is None:
            raise CommandError(f'"{options["file"].name}" must end in .csv or .xlsx.')
        with options["file"].open("wb") as stream:
            stream.writelines(write(survey))
        self.stdout.write(f"{survey.responses.count()} responses written to {options['file']}")
