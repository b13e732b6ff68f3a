"""Problems of a library file as sentences in the active language, and what its preview shows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from materiality.lineage.lineage import Likeness
from materiality.models import Issue, SheetImport
from materiality.platform.bilingual import is_chinese
from materiality.tables.headers import SheetColumn
from materiality.tables.problems import MESSAGES, Problem
from materiality.tables.widgets import ERROR, STATES, PlannedRow, SheetPlan


def problem_text(problem: Problem) -> str:
    """`Row 5, gri_2016: “305-99” is not in GRI 2016. Nearest: 305-7`, in the active language."""
    return _place(problem) + message(problem)


def message(problem: Problem) -> str:
    """What is wrong and what is nearest, without the place."""
    language = "zh" if is_chinese() else "en"
    titles = {name: problem.params.get(f"{name}_{language}", "") for name in ("title", "old_title")}
    sentence = MESSAGES[problem.kind]
    value = problem.value if "“%(value)s”" in sentence else f"“{problem.value}”"
    return _(sentence) % {**titles, "value": value, **problem.params} + _offer(problem)


def _place(problem: Problem) -> str:
    if problem.row is None or problem.row < 0:
        return ""
    if problem.sheet:
        place = {"sheet": problem.sheet, "row": problem.row, "column": problem.column}
        return _("%(sheet)s, row %(row)s, %(column)s: ") % place
    if problem.column and problem.row > 1:
        return _("Row %(row)s, %(column)s: ") % {"row": problem.row, "column": problem.column}
    return _("Row %(row)s: ") % {"row": problem.row}


def _offer(problem: Problem) -> str:
    offered = [f"“{text}”" if " " in text else text for text in problem.nearest if text]
    return _(" Nearest: %(values)s") % {"values": _(" or ").join(offered)} if offered else ""


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
    """`tabs`: (state, number, whether it is shown); `listed`: rows of the shown state; `warnings` of all rows.

    `descents`: with the names of the new and of the old issue.
    """

    plan: SheetPlan
    shown: str
    tabs: list[tuple[str, int, bool]]
    listed: list[PlannedRow]
    problems: list[str]
    warnings: list[tuple[PlannedRow, ShownProblem]]
    untouched: list[str] = field(default_factory=list)
    descents: list[tuple[Likeness, str, str]] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return self.plan.is_good

    @property
    def changes_anything(self) -> bool:
        return self.plan.changes_anything

    @property
    def to_store(self) -> int:
        return self.plan.counts["new"] + self.plan.counts["changed"]


def preview_of(imported: SheetImport, columns: Sequence[SheetColumn], state: str = "") -> Preview:
    """The plan of an import; rows of `state`, else of the first state that has any, errors first."""
    plan = SheetPlan.from_json(imported.plan)
    counts = plan.counts
    shown = state if state in STATES else next((name for name in STATES if counts[name]), ERROR)
    tabs = [(name, counts[name], name == shown) for name in STATES]
    warnings = [(row, _shown(problem)) for row in plan.rows for problem in row.warnings]
    problems = [problem_text(problem) for problem in plan.problems]
    titles = {column.name: str(column.title) for column in columns}
    untouched = [titles.get(name, name) for name in plan.untouched]
    listed = [row for row in plan.rows if row.state == shown]
    names = {row.key[0]: _name_in(row) for row in plan.rows} | _stored_names(imported, plan)
    descents = [(each, names[each.new], names[each.old]) for each in plan.descents]
    return Preview(plan, shown, tabs, listed, problems, warnings, untouched, descents)


def _name_in(row: PlannedRow) -> str:
    return next((text for name, (_old, text) in row.cells.items() if name.startswith("name_")), "")


def _stored_names(imported: SheetImport, plan: SheetPlan) -> dict[str, str]:
    """Names of the issues that new ones may go on."""
    codes = [each.old for each in plan.descents]
    rows = Issue.objects.filter(edition=imported.edition_id, code__in=codes) if codes else ()
    return {issue.code: issue.name for issue in rows}


def shown_row(row: PlannedRow, columns: Sequence[SheetColumn]) -> ShownRow:
    """The row for the page, its cells in the order of the format."""
    cells = [(column.name, *row.cells[column.name]) for column in columns if column.name in row.cells]
    return ShownRow(row, cells, [_shown(p) for p in row.problems], [_shown(p) for p in row.warnings])


def _shown(problem: Problem) -> ShownProblem:
    return ShownProblem(problem.column, problem.value, message(problem))
