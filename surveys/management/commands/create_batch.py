"""Make a batch of personal links from the command line."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from materiality.platform.refusals import NotAllowed
from surveys.actions.invitations import create_batch
from surveys.queries.plans import named_group, named_survey


class Command(BaseCommand):
    help = "Make a batch of SIZE personal links for a group; the last line printed is the batch's id alone."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("survey", help="code of the survey")
        parser.add_argument("group", help="code of the group")
        parser.add_argument("size", help="number of links, such as 3300000")
        parser.add_argument("--label", default="", help="what the batch is for")

    def handle(self, *args: str, **options: object) -> None:
        size = options["size"].replace(",", "").replace("_", "")
        if not (size.isascii() and size.isdigit() and len(size) <= 12):
            raise CommandError(f'"{options["size"]}" is no number of links such as 3300000.')
        try:
            survey = named_survey(options["survey"])
            group = named_group(survey, options["group"])
            batch = create_batch(survey=survey, group=group, size=int(size), label=options["label"][:120], by=None)
        except NotAllowed as refusal:
            raise CommandError(refusal.reason) from refusal
        self.stdout.write(f"{batch.size:,} links of {survey.code} for {group.code}: export_links {batch.pk} FILE")
        self.stdout.write(str(batch.pk))
