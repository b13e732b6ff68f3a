"""What can be wrong with a method, as values that an interface can put into words."""

import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from .codes import DIMENSIONS
from .method_checks import Problem
from .tier_names import TIERS

if TYPE_CHECKING:
    from .parameters import Method

CHOICES = {
    "estimator": ("comparable", "plain"),
    "weighting": ("balanced", "by_response"),
    "rule": ("priority", "either"),
    "cuts": ("shares", "absolute"),
    "thresholds": ("absolute", "shares"),
}
NUMBERS = {
    **dict.fromkeys(("lam", "q_high", "q_low", "q_society", "q_business", "panel_society", "panel_business"), 1),
    **dict.fromkeys(("cut_low", "cut_high", "threshold_society", "threshold_business"), 100),
}
OPTIONAL = {"cut_low", "cut_high", "threshold_society", "threshold_business"}
WHOLE = {"min_n": (2, 2**31 - 1), "seed": (0, 2**63 - 1)}
YES_NO = ("all_groups", "panel_alone")


def find_problems(method: "Method", groups: Sequence[str] | None) -> list[Problem]:
    """All problems of `method`.

    Codes: not_a_number, not_whole, not_yes_no, out_of_range (low, high), unknown_choice (choices), required,
    not_weights, negative (group, dimension), unknown_dimension (group, dimension), unknown_group (group),
    all_zero (dimension), unknown_tier (tier), shares_over_one (sum), out_of_order (low, high).
    """
    single = list(_single_values(method))
    unsound = {each.field for each in single}
    weights = list(_weight_values(method.weights))
    problems = [*single, *weights, *_tiers(method.material), *_together(method, unsound)]
    if groups is not None and not any(each.code == "not_weights" for each in weights):
        problems += _unknown_groups(method, groups)
        problems += [] if weights else _all_zero(method, groups)
    return problems


def _single_values(method: "Method") -> Iterator[Problem]:
    for name, choices in CHOICES.items():
        if getattr(method, name) not in choices:
            yield Problem(name, "unknown_choice", {"choices": list(choices)})
    for name, high in NUMBERS.items():
        value = getattr(method, name)
        if value is not None or name not in OPTIONAL:
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


def _unknown_groups(method: "Method", groups: Sequence[str]) -> Iterator[Problem]:
    for group in method.weights:
        if group not in groups:
            yield Problem("weights", "unknown_group", {"group": group})


def _all_zero(method: "Method", groups: Sequence[str]) -> Iterator[Problem]:
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


def _together(method: "Method", unsound: set[str]) -> Iterator[Problem]:
    """What depends on two parameters, checked where each alone is sound."""
    if not unsound & {"q_high", "q_low"}:
        total = Decimal(str(float(method.q_high))) + Decimal(str(float(method.q_low)))
        if total > 1:
            yield Problem("q_high", "shares_over_one", {"sum": float(total)})
    for name in _needed(method):
        if getattr(method, name) is None:
            yield Problem(name, "required", {})
    low, high = method.cut_low, method.cut_high
    if None not in (low, high) and not unsound & {"cut_low", "cut_high"} and low > high:
        yield Problem("cut_high", "out_of_order", {"low": low, "high": high})


def _needed(method: "Method") -> tuple[str, ...]:
    if method.rule == "either" and method.thresholds == "absolute":
        return "threshold_society", "threshold_business"
    return ("cut_low", "cut_high") if method.rule == "priority" and method.cuts == "absolute" else ()
