"""A rule on the weights of all groups of a cycle together."""

from django.utils.translation import gettext as _

from materiality.method_words import problem_sentences
from materiality.models import Cycle
from materiality.queries.method import method_of
from materiality.refusals import NotAllowed


def refuse_no_weight(cycle: Cycle) -> None:
    """NotAllowed where no group is left with a weight above 0 on one of the dimensions."""
    method = method_of(cycle)
    if not method.weights:
        raise NotAllowed(_("A cycle needs at least one group."))
    problems = [problem for problem in method.problems(list(method.weights)) if problem.field == "weights"]
    if problems:
        raise NotAllowed(problem_sentences(problems))
