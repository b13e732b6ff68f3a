"""What can be wrong with a method, as values that an interface can put into words."""

import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from .codes import DIMENSIONS
from .tier_names import TIERS

if TYPE_CHECKING:
    from .method import Method

CHOICES = {
    "weighting": ("balanced", "by_response"),
    "rule": ("priority", "either"),
    "cuts": ("shares", "absolute"),
}
NUMBERS = {"lam": 1, "q_high": 1, "q_low": 1, "panel_society": 1, "panel_business": 1}
OPTIONAL_NUMBERS = {"cut_low": 100, "cut_high": 100, "threshold_society": 100, "threshold_business": 100}
WHOLE = {"min_n": (2, 2**31 - 1), "seed": (0, 2**63 - 1)}
YES_NO = ("all_groups", "panel_alone")


class Problem(NamedTuple):
    """One thing wrong: field of the method, problem code, values for the wording."""

    field: str
    code: str
    params: dict[str, object]


class MethodError(ValueError):
    """A method that cannot be used; `problems` lists everything that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{each.field}: {each.code} {each.params or ''}".strip() for each in problems))


def find_problems(method: "Method", groups: Sequence[str] | None) -> list[Problem]:
    """All problems of `method`.

    Codes: not_a_number, not_whole, not_yes_no, out_of_range (low, high), unknown_choice (choices), required,
    not_weights, negative (group, dimension), unknown_dimension (group, dimension), unknown_group (group),
    all_zero (dimension), unknown_tier (tier), shares_over_one (sum), out_of_order (low, high).
    """
    problems = [*_single_values(method), *_weight_values(method.weights), *_tiers(method.material)]
    problems += [] if problems else [*_cut_points(method)]
    if groups is not None and not any(each.field == "weights" for each in problems):
        problems += _weights_of(method, groups)
    return problems


def _single_values(method: "Method") -> Iterator[Problem]:
    for name, choices in CHOICES.items():
        if getattr(method, name) not in choices:
            yield Problem(name, "unknown_choice", {"choices": list(choices)})
    for name, high in {**NUMBERS, **OPTIONAL_NUMBERS}.items():
        value = getattr(method, name)
        if value is not None or name in NUMBERS:
            yield from _number(name, value, high)
    for name, (low, high) in WHOLE.items():
        value = getattr(method, name)
        if not isinstance(value, int) or isinstance(value, bool):
            yield Problem(name, "not_whole", {})
        elif not low <= value <= high:
            yield Problem(name, "out_of_range", {"low": low, "high": high})
    for name in YES_NO:
        if not isinstance(getattr(method, name), bool):
            yield Problem(name, "not_yes_no", {})


def _number(name: str, value: object, high: float) -> Iterator[Problem]:
    if not _is_number(value):
        yield Problem(name, "not_a_number", {})
    elif not 0 <= value <= high:
        yield Problem(name, "out_of_range", {"low": 0, "high": high})


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _weight_values(weights: object) -> Iterator[Problem]:
    if not isinstance(weights, Mapping) or not all(isinstance(named, Mapping) for named in weights.values()):
        yield Problem("weights", "not_weights", {})
        return
    for group, named in weights.items():
        for dimension, value in named.items():
            where = {"group": group, "dimension": dimension}
            if dimension not in DIMENSIONS:
                yield Problem("weights", "unknown_dimension", where)
            elif not _is_number(value):
                yield Problem("weights", "not_a_number", where)
            elif value < 0:
                yield Problem("weights", "negative", where)


def _weights_of(method: "Method", groups: Sequence[str]) -> Iterator[Problem]:
    for group in method.weights:
        if group not in groups:
            yield Problem("weights", "unknown_group", {"group": group})
    matrix = method.weight_matrix(groups)
    for d, dimension in enumerate(DIMENSIONS):
        if not (matrix[:, d] > 0).any():
            yield Problem("weights", "all_zero", {"dimension": dimension})


def _tiers(material: object) -> Iterator[Problem]:
    if not isinstance(material, list | tuple):
        yield Problem("material", "unknown_choice", {"choices": list(TIERS)})
        return
    for tier in material:
        if tier not in TIERS:
            yield Problem("material", "unknown_tier", {"tier": tier})


def _cut_points(method: "Method") -> Iterator[Problem]:
    """Checks that need two parameters, made where each alone is sound."""
    total = Decimal(str(float(method.q_high))) + Decimal(str(float(method.q_low)))
    if total > 1:
        yield Problem("q_high", "shares_over_one", {"sum": float(total)})
    needed = ("threshold_society", "threshold_business") if method.rule == "either" else ("cut_low", "cut_high")
    if method.rule == "either" or method.cuts == "absolute":
        missing = [name for name in needed if getattr(method, name) is None]
        yield from (Problem(name, "required", {}) for name in missing)
    if None not in (method.cut_low, method.cut_high) and method.cut_low > method.cut_high:
        yield Problem("cut_high", "out_of_order", {"low": method.cut_low, "high": method.cut_high})
