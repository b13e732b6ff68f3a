"""Count the runs of a cycle again from the stored responses, and compare all figures."""

from django.core.management.base import CommandError, CommandParser

from materiality.models import Cycle, Run
from materiality.platform.commands import ActionCommand
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import cycle_named
from materiality.queries.scores import differing_figures, recomputed
from materiality.scoring.cube import Cube
from surveys.responses.counting import count_cycle


class Command(ActionCommand):
    help = "Count every run of a cycle again from the stored responses and compare; fails where anything differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("cycle", help="code of the cycle")

    def handle(self, *args: str, **options: object) -> None:
        cycle = cycle_named(options["cycle"])
        differing = 0
        for run in cycle.runs.order_by("number"):
            found = [*([] if run.source else _responses(cycle, run)), *_figures(run)]
            differing += bool(found)
            note = "" if run.scoring > 1 else " (figures not recomputed: version 1)"
            note = " (figures from elsewhere)" if run.source else note
            self.stdout.write(f"run {run.number}: {'; '.join(found) or 'equal'}{note}")
        if differing:
            raise CommandError(f"{differing} runs differ.")


def _responses(cycle: Cycle, run: Run) -> list[str]:
    """What differs between the responses that the run counted and those stored now."""
    try:
        counted = count_cycle(cycle, codes=run.surveys)
    except NotAllowed as refusal:
        return [str(refusal)]
    cubes = counted.cube, Cube.from_bytes(bytes(run.cube))
    if cubes[1].parts is None or list(counted.clustered) != run.clustered:
        cubes = tuple(each.without_parts() for each in cubes)
    pairs = {
        "responses": (counted.digest, run.digest),
        "counts": (counted.responses["groups"], run.responses["groups"]),
        "cube": cubes,
    }
    return [f"{name} differ" for name, (now, stored) in pairs.items() if now != stored]


def _figures(run: Run) -> list[str]:
    """Figures that come out otherwise from what the run stored."""
    if run.scoring == 1:
        return []
    return [f"{code} {name} differs" for code, name in differing_figures(run, recomputed(run))]
