"""Say how scores changed between the newest runs of two cycles."""

import json
from pathlib import Path

from django.core.management.base import CommandError, CommandParser

from materiality.models import Run
from materiality.platform.commands import ActionCommand
from materiality.queries.drafts import NoDescent
from materiality.queries.years import compared_json


class Command(ActionCommand):
    help = "Compare the newest runs of cycles A and B over the groups that count in both; --json writes all to FILE."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("a", metavar="A")
        parser.add_argument("b", metavar="B")
        parser.add_argument("--json", type=Path, metavar="FILE")

    def handle(self, *args: str, **options: object) -> None:
        try:
            found = compared_json(_newest(options["a"]), _newest(options["b"]))
        except NoDescent as problem:
            raise CommandError(str(problem)) from problem
        if options["json"]:
            options["json"].write_text(json.dumps(found, ensure_ascii=False, indent=1, allow_nan=False), "utf-8")
        numbers = {name: len(found[name]) for name in ("issues", "entries", "exits")}
        self.stdout.write("{issues} issues compared, {entries} entries, {exits} exits".format(**numbers))
        for dimension, groups in found["groups"].items():
            self.stdout.write(f"{dimension}: {', '.join(groups) or 'no group counts in both, so no change is given'}")
        if found["asked_otherwise"]:
            self.stdout.write("The two were asked in other words: a change can come from that alone.")


def _newest(cycle: str) -> Run:
    run = Run.objects.filter(cycle__code=cycle).select_related("edition").order_by("-number").first()
    if run is None:
        raise CommandError(f'There is no run of a cycle "{cycle}".')
    return run
