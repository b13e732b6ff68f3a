"""Publish a draft edition of the library."""

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _

from materiality.actions.library import publish_edition
from materiality.models import Edition
from materiality.platform.commands import ActionCommand
from materiality.platform.refusals import Unacknowledged


class Command(ActionCommand):
    help = "Put the draft EDITION in force; undecided proposals and missing translations need --acknowledge REASON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("edition", metavar="EDITION")
        parser.add_argument("--acknowledge", default="", metavar="REASON")

    def handle(self, *args: str, **options: object) -> None:
        edition = Edition.objects.filter(code=options["edition"]).first()
        if edition is None:
            raise CommandError(_("There is no edition %(code)s.") % {"code": options["edition"]})
        try:
            published = publish_edition(edition=edition, by=None, acknowledged=options["acknowledge"])
        except Unacknowledged as refusal:
            for warning in refusal.warnings:
                self.stderr.write(warning)
            raise CommandError(_("Nothing was published. Say with --acknowledge why it should be.")) from refusal
        self.stdout.write(_("%(edition)s is in force.") % {"edition": published.title})
