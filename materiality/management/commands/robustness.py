"""Say how far the tiers of a cycle's newest run hold where its choices are made otherwise."""

import json
from pathlib import Path

from django.core.management.base import CommandError, CommandParser

from materiality.models import Run
from materiality.platform.commands import ActionCommand
from materiality.queries.robustness import robustness_json


class Command(ActionCommand):
    help = "Compute the tiers of a cycle's newest run under other weights, cuts and rules; --json writes all to FILE."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("cycle", help="code of the cycle")
        parser.add_argument("--json", type=Path, metavar="FILE")

    def handle(self, *args: str, **options: object) -> None:
        run = Run.objects.filter(cycle__code=options["cycle"], source="").order_by("-number").first()
        if run is None:
            raise CommandError(f'There is no run of a cycle "{options["cycle"]}".')
        if run.scoring == 1:
            raise CommandError(f"Run {run.number} was made by version 1 of the scoring. Score the cycle again first.")
        found = robustness_json(run)
        if options["json"]:
            options["json"].write_text(json.dumps(found, ensure_ascii=False, indent=1, allow_nan=False), "utf-8")
        held = [share for share in found["held"].values() if share is not None]
        always = sum(share == 1 for share in held)
        number = len(found["scenarios"])
        self.stdout.write(f"run {run.number}: {always} of {len(held)} issues keep their tier in all {number} scenarios")
