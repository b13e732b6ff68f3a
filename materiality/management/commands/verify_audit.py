"""Verify the audit trail."""

from pathlib import Path

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from materiality.platform.anchors import anchors_in
from materiality.platform.audit import Chain
from materiality.platform.commands import ActionCommand
from materiality.queries.verification import finding_sentence, findings, is_remark


class Command(ActionCommand):
    help = "Check the chain of audit events, and that the data are as their events left them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchor", default="", metavar="HASH", help="a hash that must stand in the chain")
        parser.add_argument(
            "--anchor-file",
            type=Path,
            action="append",
            default=[],
            help="a file with anchors: a mail, an output or export of Yiti other than CSV (repeatable)",
        )

    def handle(self, *args: str, **options: object) -> None:
        anchors = {}
        for file in options["anchor_file"]:
            found = anchors_in(file.read_bytes())
            if not found:
                sentence = _(
                    "There is no anchor in %(name)s. CSV has none: take another file of that day, or the pack."
                )
                raise CommandError(sentence % {"name": file})
            anchors |= found
        chain = Chain(anchor=str(options["anchor"]).strip().lower(), anchors=anchors)
        count = 0
        for finding in findings(chain):
            if is_remark(finding):
                self.stdout.write(finding_sentence(finding))
            else:
                count += 1
                self.stderr.write(finding_sentence(finding))
        self.stdout.write(_("Events: %(count)s") % {"count": chain.number})
        self.stdout.write(_("Head of the chain: %(hash)s") % {"hash": chain.head or "–"})
        if count:
            text = ngettext(
                "%(count)s finding: the audit trail is not sound.",
                "%(count)s findings: the audit trail is not sound.",
                count,
            )
            raise CommandError(text % {"count": count})
        self.stdout.write(_("The audit trail is sound."))
