"""The scoring runs of a cycle."""

from django.db.models import QuerySet

from materiality.models import Cycle, Run

MOST_RUNS = 50


def last_run_number(cycle: Cycle) -> int | None:
    """The number of the newest run, None where there is none."""
    return cycle.runs.order_by("-number").values_list("number", flat=True).first()


def listed_runs(cycle: Cycle) -> QuerySet[Run]:
    """The newest runs without their cubes, newest first."""
    return cycle.runs.defer("cube").select_related("created_by").order_by("-number")[:MOST_RUNS]


def chosen_run(cycle: Cycle, runs: list[Run], number: str) -> Run | None:
    """The run with this number among `runs` or, older, in the database; the newest where no number is given."""
    if not number:
        return runs[0] if runs else None
    found = next((run for run in runs if str(run.number) == number), None)
    return found or run_with_cube(cycle, number)


def run_with_cube(cycle: Cycle, number: str = "") -> Run | None:
    """The run with this number, the newest where none is given, in one query with its cube; None if there is none."""
    runs = cycle.runs.select_related("created_by").order_by("-number")
    if not number:
        return runs.first()
    known = number.isascii() and number.isdigit() and len(number) < 10
    return runs.filter(number=int(number)).first() if known else None
