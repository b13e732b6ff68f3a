"""What a row of a foreign file says beyond fields and ratings: a duration, profile answers, the attention item."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from materiality.scoring.codes import NOT_ASKED, SKIPPED
from surveys.intake.cells import CellProblem
from surveys.intake.plan import Plan

Report = Callable[[int, object, str, dict], None]


class Extras:
    """Collects them row by row; `values` are the lists of the fields, to which derived times are added."""

    def __init__(self, plan: Plan, values: dict[str, list]) -> None:
        self.profile: list[dict] = []
        self.attention: list[int | None] = []
        self._plan, self._values = plan, values
        self._derived = self._derivable(plan)
        if self._derived:
            values[self._derived] = []
        self.any = bool(plan.profile or plan.attention or self._derived)

    @staticmethod
    def _derivable(plan: Plan) -> str:
        """The time that the duration gives: of start and submission the one that has no column."""
        missing = {"started_at", "submitted_at"} - set(plan.columns.fields)
        return missing.pop() if plan.duration and len(missing) == 1 else ""

    def take(self, cells: Sequence[object], report: Report) -> None:
        """Read one row; the fields of the row are in `values` already."""
        if self._derived:
            self._derive(cells, report)
        if self._plan.attention:
            self._attend(cells, *self._plan.attention, report)
        if self._plan.profile:
            self._describe(cells, report)

    def _derive(self, cells: Sequence[object], report: Report) -> None:
        column, read = self._plan.duration
        given = "submitted_at" if self._derived == "started_at" else "started_at"
        moment, derived = self._values[given][-1], None
        try:
            seconds = read(cells[column])
            if moment and seconds is not None:
                derived = moment + dt.timedelta(seconds=-seconds if given == "submitted_at" else seconds)
        except (CellProblem, OverflowError) as problem:
            code, params = getattr(problem, "code", "unknown_duration"), getattr(problem, "params", {})
            report(column, cells[column], code, params)
        self._values[self._derived].append(derived)

    def _attend(self, cells: Sequence[object], column: int, table: Mapping[object, int], report: Report) -> None:
        try:
            code = table[cells[column]]
        except (KeyError, TypeError):
            code = SKIPPED
            report(column, cells[column], "unknown_value", {})
        self.attention.append(None if code == NOT_ASKED else code)

    def _describe(self, cells: Sequence[object], report: Report) -> None:
        answers: dict = {}
        for column, question, read in self._plan.profile:
            try:
                answer = read(cells[column])
            except CellProblem as problem:
                report(column, cells[column], problem.code, problem.params)
                continue
            if isinstance(answer, list):
                answers[question] = answers.get(question, []) + answer
            elif answer:
                answers[question] = answer
        self.profile.append(answers)
