"""Export responses from the command line."""

from pathlib import Path

from django.core.management.base import CommandError, CommandParser

from materiality.platform.commands import ActionCommand
from materiality.platform.files import write_whole
from surveys.exports.exporting import FORMATS, OF_RESPONSES
from surveys.exports.selection import select
from surveys.queries.surveys import named_survey

BY_SUFFIX = {f".{FORMATS[name].suffix}": name for name in OF_RESPONSES}


class Command(ActionCommand):
    help = "Write responses of a survey: `responses` format as CSV or XLSX, or data and syntax for SPSS as a ZIP."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("survey", help="code of the survey")
        parser.add_argument("file", type=Path)
        parser.add_argument("--format", choices=OF_RESPONSES, help="without it, the name's ending tells")
        parser.add_argument("--group", action="append", default=[], help="code of a group; may be repeated")
        parser.add_argument(
            "--full", action="store_true", help="with screening and profile answers, which imports do not take"
        )

    def handle(self, *args: str, **options: object) -> None:
        survey = named_survey(options["survey"])
        path = options["file"]
        name = options["format"] or BY_SUFFIX.get(path.suffix.lower())
        if name is None:
            raise CommandError(
                f'"{path.name}" must end in .csv, .xlsx or .zip (SPSS), or --format must say what it is.'
            )
        selection = select(survey, options["group"], full=options["full"])
        write_whole(path, FORMATS[name].write(selection))
        self.stdout.write(f"{selection.responses().count()} responses written to {path}")
