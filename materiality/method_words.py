"""What is wrong with a method, in words."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.plain_number import plain_number, plain_percent
from materiality.scoring.method_checks import Problem
from materiality.words import word_for

# Shares are shown to people in per cent.
IN_PERCENT = {"lam", "q_high", "q_low", "panel_society", "panel_business"}

NO_LIMIT = 2**31 - 1  # an upper end that nobody reaches is not worth naming

SENTENCES: dict[str, str | Promise] = {
    "not_a_number": gettext_lazy("Enter a number."),
    "not_whole": gettext_lazy("Enter a whole number."),
    "not_yes_no": gettext_lazy("Choose yes or no."),
    "out_of_range": gettext_lazy("Enter a number from %(low)s to %(high)s."),
    "too_small": gettext_lazy("Enter a number of %(low)s or more."),
    "unknown_choice": gettext_lazy("Choose one of the options."),
    "required": gettext_lazy("This rule needs a value here."),
    "not_weights": gettext_lazy("The weights cannot be read."),
    "negative": gettext_lazy("A weight cannot be below 0."),
    "unknown_dimension": gettext_lazy("There is no dimension “%(dimension)s”."),
    "unknown_group": gettext_lazy("There is no group “%(group)s” in this cycle."),
    "all_zero": gettext_lazy("All groups have the weight 0 for “%(dimension)s”. At least one must be above 0."),
    "unknown_tier": gettext_lazy("There is no tier “%(tier)s”."),
    "shares_over_one": gettext_lazy("The two shares add up to %(sum)s %%; together they may not exceed 100 %%."),
    "out_of_order": gettext_lazy("The cut for “high” (%(high)s) must not lie below the cut for “low” (%(low)s)."),
    "unknown_key": gettext_lazy("This parameter is not known."),
}


def problem_sentence(problem: Problem) -> str:
    """One problem of a method in the active language."""
    unlimited = problem.code == "out_of_range" and problem.params["high"] >= NO_LIMIT
    sentence = SENTENCES.get("too_small" if unlimited else problem.code)
    if sentence is None:
        return _("This value cannot be used.")
    return str(sentence) % _shown(problem)


def problem_sentences(problems: Iterable[Problem]) -> str:
    """All problems, one sentence after another."""
    return " ".join(problem_sentence(problem) for problem in problems)


def _shown(problem: Problem) -> dict[str, object]:
    values = dict(problem.params)
    if "dimension" in values:
        values["dimension"] = word_for("dimension", str(values["dimension"]))
    for name in ("low", "high", "sum"):
        if isinstance(values.get(name), int | float):
            shown = plain_percent if problem.field in IN_PERCENT else plain_number
            values[name] = shown(values[name])
    return values
