"""What the page of a spreadsheet import shows of its plan."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from materiality.library_file.problems import Problem
from materiality.library_problems import message, problem_text
from materiality.models import SheetImport
from materiality.resources.columns import SheetColumn
from materiality.resources.kinds import KINDS
from materiality.resources.plan import ERROR, STATES, Plan, PlannedRow


@dataclass(frozen=True)
class ShownProblem:
    """One thing to mend, or to know: where, what stands there, and what is wrong with it."""

    column: str
    value: str
    message: str


@dataclass(frozen=True)
class ShownRow:
    """A row with its changes: (column, old, new)."""

    row: PlannedRow
    cells: list[tuple[str, str, str]]
    problems: list[ShownProblem]
    warnings: list[ShownProblem]

    @property
    def key(self) -> str:
        return " · ".join(part for part in self.row.key if part)


@dataclass(frozen=True)
class Preview:
    """`tabs`: (state, number, whether it is shown); `listed`: rows of the shown state; `warnings` of all rows."""

    plan: Plan
    shown: str
    tabs: list[tuple[str, int, bool]]
    listed: list[PlannedRow]
    problems: list[str]
    warnings: list[tuple[PlannedRow, ShownProblem]]
    untouched: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return self.plan.is_good

    @property
    def changes_anything(self) -> bool:
        return self.plan.changes_anything

    @property
    def to_store(self) -> int:
        return self.plan.counts["new"] + self.plan.counts["changed"]


def preview_of(imported: SheetImport, state: str = "") -> Preview:
    """The plan of an import; rows of `state`, else of the first state that has any, errors first."""
    plan = Plan.from_json(imported.plan)
    counts = plan.counts
    shown = state if state in STATES else next((name for name in STATES if counts[name]), ERROR)
    tabs = [(name, counts[name], name == shown) for name in STATES]
    warnings = [(row, _shown(problem)) for row in plan.rows for problem in row.warnings]
    problems = [problem_text(problem) for problem in plan.problems]
    titles = {column.name: str(column.title) for column in KINDS[imported.kind].resource.columns}
    untouched = [titles[name] for name in plan.untouched]
    listed = [row for row in plan.rows if row.state == shown]
    return Preview(plan, shown, tabs, listed, problems, warnings, untouched)


def shown_row(row: PlannedRow, columns: Sequence[SheetColumn]) -> ShownRow:
    """The row for the page, its cells in the order of the format."""
    cells = [(column.name, *row.cells[column.name]) for column in columns if column.name in row.cells]
    return ShownRow(row, cells, [_shown(p) for p in row.problems], [_shown(p) for p in row.warnings])


def _shown(problem: Problem) -> ShownProblem:
    return ShownProblem(problem.column, problem.value, message(problem))
