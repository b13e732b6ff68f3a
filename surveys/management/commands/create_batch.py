"""Make a batch of personal links from the command line."""

from django.core.management.base import CommandError, CommandParser

from materiality.platform.commands import ActionCommand
from surveys.actions.invitations import create_batch
from surveys.queries.surveys import named_group, named_survey


class Command(ActionCommand):
    help = "Make a batch of SIZE personal links for a group; the last line printed is the batch's id alone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("survey", help="code of the survey")
        parser.add_argument("group", help="code of the group")
        parser.add_argument("size", help="number of links, such as 3300000")
        parser.add_argument("--label", default="", help="what the batch is for")

    def handle(self, *args: str, **options: object) -> None:
        size = options["size"].replace(",", "").replace("_", "")
        if not (size.isascii() and size.isdigit() and len(size) <= 12):
            raise CommandError(f'"{options["size"]}" is no number of links such as 3300000.')
        survey = named_survey(options["survey"])
        group = named_group(survey, options["group"])
        batch = create_batch(survey=survey, group=group, size=int(size), label=options["label"][:120], by=None)
        self.stdout.write(f"{batch.size:,} links of {survey.code} for {group.code}: export_links {batch.pk} FILE")
        self.stdout.write(str(batch.pk))
