"""Problems of a library file as sentences in the active language."""

from django.utils.translation import gettext as _

from materiality.platform.bilingual import is_chinese
from materiality.tables.problems import MESSAGES, Problem


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
    if problem.row is None:
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
