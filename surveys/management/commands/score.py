"""Score a cycle from the command line."""

import json
from pathlib import Path

from django.core.management.base import CommandError, CommandParser

from materiality.actions.scores import score_cycle
from materiality.formats.scores import scores_json
from materiality.platform.commands import ActionCommand
from materiality.queries.cycles import cycle_named
from surveys.responses.counting import count_cycle


class Command(ActionCommand):
    help = "Make a scoring run of a cycle from its stored responses; optionally write scores.json."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("cycle", help="code of the cycle")
        parser.add_argument("--method", type=Path, metavar="FILE", help="JSON object laid over the method for this run")
        parser.add_argument(
            "--survey", action="append", default=[], metavar="CODE", help="only this survey (repeatable)"
        )
        parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers of the run to FILE")
        parser.add_argument("--all-cells", action="store_true", help="do not hide group cells with n < 5")

    def handle(self, *args: str, **options: object) -> None:
        cycle = cycle_named(options["cycle"])
        counted = count_cycle(cycle, codes=options["survey"])
        run = score_cycle(cycle=cycle, counted=counted, over=_parameters(options["method"]), by=None)
        if options["json"]:
            numbers = scores_json(run, all_cells=options["all_cells"])
            options["json"].write_text(json.dumps(numbers, ensure_ascii=False, indent=1, allow_nan=False), "utf-8")
        counts = run.responses
        self.stdout.write(f"run {run.number}: {counts['valid']} valid of {counts['total']} responses")


def _parameters(path: Path | None) -> dict:
    """The parameters in a file. CommandError where it is no JSON object."""
    if path is None:
        return {}
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except (OSError, ValueError) as problem:
        raise CommandError(f"{path} cannot be read as JSON: {problem}") from problem
    if not isinstance(found, dict):
        raise CommandError(f"{path} holds no JSON object of parameters.")
    return found
