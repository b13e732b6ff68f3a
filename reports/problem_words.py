"""Problems of an outline in the active language."""

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from reports.gri.codes import CodeProblem
from reports.gri.problems import CODE_PROBLEMS
from reports.outline.cells import BadCell
from reports.outline.problems import MESSAGES, OutlineProblem
from surveys.intake.problems import MESSAGES as INTAKE_MESSAGES


@dataclass(frozen=True)
class ShownProblem:
    """One problem as a person reads it; `where` is the cell, such as `C17`, "" for the whole file."""

    where: str
    row: int | None
    column: str
    value: str
    message: str


def shown_problem(problem: OutlineProblem) -> ShownProblem:
    """The problem with its sentence, which ends with the nearest right values where there are any."""
    if problem.disclosure:
        message = disclosure_sentence(problem.disclosure)
    else:
        sentence = MESSAGES.get(problem.code) or INTAKE_MESSAGES[problem.code]
        message = _offering(_(sentence) % problem.params, problem.suggestions)
    return ShownProblem(problem.cell, problem.row, problem.column, problem.value, message)


def disclosure_sentence(problem: CodeProblem) -> str:
    """What is wrong with one part of a cell of disclosures."""
    sentence = _(CODE_PROBLEMS[problem.code]) % problem.params_in(get_language() or "zh-hans")
    return _offering(sentence, problem.suggestions)


def cell_sentence(problem: BadCell) -> str:
    """What is wrong with one entry of a form."""
    return _offering(_(MESSAGES[problem.code]) % problem.params, problem.suggestions)


def _offering(sentence: str, suggestions: tuple[str, ...]) -> str:
    if not suggestions:
        return sentence
    offer = _("Nearest: %(values)s.") % {"values": ", ".join(suggestions)}
    return f"{sentence} {offer}"


def plain_line(problem: OutlineProblem) -> str:
    """The problem on one line, for the command line."""
    shown = shown_problem(problem)
    parts = (shown.where, shown.column)
    return ": ".join([*(part for part in parts if part), shown.message])
