"""Check a cycle's GRI content index from the command line."""

import json
from pathlib import Path

from django.core.management.base import CommandError, CommandParser
from django.utils.translation import ngettext

from materiality.platform.commands import ActionCommand
from materiality.queries.cycles import cycle_named
from reports.queries.index import index_findings


class Command(ActionCommand):
    help = "Check the GRI content index of a cycle; ends with an error where something fails and is not accepted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("cycle", help="code of the cycle")
        parser.add_argument("--json", type=Path, metavar="FILE", help="write the findings there")

    def handle(self, *args: str, **options: object) -> None:
        findings = index_findings(cycle_named(options["cycle"]))
        if options["json"]:
            told = {"findings": [found.as_json() for found in findings]}
            options["json"].write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
        for found in findings:
            places = ", ".join((*map(str, found.finding.rows), *found.finding.codes))
            accepted = f" ({found.accepted})" if found.accepted else ""
            line = f"{found.finding.check} {found.finding.severity}: {found.sentence}{accepted} {places}"
            self.stdout.write(line.rstrip())
        if number := sum(found.stops for found in findings):
            raise CommandError(ngettext("%(count)s check fails.", "%(count)s checks fail.", number) % {"count": number})
