"""The method of a run: every parameter that turns a cube into scores and tiers (scoring.md)."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import NamedTuple, Self

import numpy as np

from .cube import DIMENSIONS

HIGH, MEDIUM, LOW = "high", "medium", "low"
DOUBLE, IMPACT, FINANCIAL, NEITHER = "double", "impact", "financial", "neither"
UNSCORED = "unscored"

PRIORITY_TIERS = (HIGH, MEDIUM, LOW)
EITHER_TIERS = (DOUBLE, IMPACT, FINANCIAL, NEITHER)
TIERS = PRIORITY_TIERS + EITHER_TIERS


class MethodProblem(NamedTuple):
    """One thing wrong: field of the method, problem code, values for the wording."""

    field: str
    code: str
    params: dict[str, object]


class MethodError(ValueError):
    """A method that cannot be used; `problems` lists everything that is wrong with it."""

    def __init__(self, problems: Sequence[MethodProblem]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(f"{each.field}: {each.code} {each.params or ''}".strip() for each in problems))


VERSION = 2  # of scoring.md
COMPARABLE, PLAIN = "comparable", "plain"


@dataclass(frozen=True)
class Method:
    """Parameters with their defaults.

    estimator: "comparable" (groups differ only by a habit) or "plain" (weighted mean of the groups that count).
    weights: {group: {dimension: weight >= 0}}; a group or dimension that is not named has 1.
    weighting: "balanced" (weights as they are) or "by_response" (times the group's valid responses).
    lam: λ of the priority, share of society. rule: "priority" or "either".
    cuts: "shares" (q_high, q_low) or "absolute" (cut_low, cut_high on 0–100), for rule "priority".
    thresholds: "shares" (q_society, q_business) or "absolute" (threshold_society, threshold_business on 0–100), for
    rule "either".
    material: tiers that make an issue material. seed: of the draws.
    names: what axes, tiers and zones are called, {axis, tier or zone: {name: {language: text}}}; where nothing is said
    they have their usual names.
    panel_society, panel_business: a[d], share of the expert panel; panel_alone: E stands where there is no S.
    """

    estimator: str = COMPARABLE
    weights: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    weighting: str = "balanced"
    min_n: int = 5
    all_groups: bool = False
    lam: float = 0.5
    rule: str = "priority"
    cuts: str = "shares"
    q_high: float = 0.3
    q_low: float = 0.3
    cut_low: float | None = None
    cut_high: float | None = None
    thresholds: str = "absolute"
    q_society: float = 0.2
    q_business: float = 0.2
    threshold_society: float | None = None
    threshold_business: float | None = None
    material: Sequence[str] = (HIGH, DOUBLE, IMPACT, FINANCIAL)
    seed: int = 1
    panel_society: float = 0.0
    panel_business: float = 0.0
    panel_alone: bool = False
    names: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)

    @property
    def threshold_values(self) -> tuple[float | None, float | None]:
        return self.threshold_society, self.threshold_business

    @property
    def threshold_shares(self) -> tuple[float, float]:
        return self.q_society, self.q_business

    @property
    def panel_share(self) -> tuple[float, float]:
        return self.panel_society, self.panel_business

    @property
    def by_shares(self) -> bool:
        """Whether the tiers of the rule in use come from shares of the scored issues."""
        return (self.thresholds if self.rule == "either" else self.cuts) == "shares"

    @property
    def used(self) -> tuple[bool, bool]:
        """Which dimensions the priority needs: λ = 1 uses society alone, λ = 0 business alone."""
        return self.lam > 0, self.lam < 1

    @property
    def used_by_rule(self) -> tuple[bool, bool]:
        return (True, True) if self.rule == "either" else self.used

    def weight_matrix(self, groups: Sequence[str]) -> np.ndarray:
        """Weights float64[G, 2] of `groups`, before any weighting by responses."""
        rows = [[self.weights.get(group, {}).get(dimension, 1) for dimension in DIMENSIONS] for group in groups]
        return np.array(rows, dtype=float).reshape(len(groups), 2)

    def problems(self, groups: Iterable[str] | None = None) -> list[MethodProblem]:
        """All that is wrong with the method; with `groups` known, also their names and all-zero weights."""
        return find_problems(self, None if groups is None else tuple(groups))

    def validate(self, groups: Iterable[str] | None = None) -> None:
        """MethodError with all problems, if there are any."""
        if problems := self.problems(groups):
            raise MethodError(problems)

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON, all parameters; names only where there are any."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        if not self.names:
            del values["names"]
        weights = {
            group: {dimension: named.get(dimension, 1) for dimension in DIMENSIONS}
            for group, named in self.weights.items()
        }
        return {**values, "weights": weights, "material": list(self.material)}

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """A method from a new file or form; what is not named has its default. MethodError with all problems."""
        return cls().overlaid(data)

    @classmethod
    def from_stored(cls, data: Mapping[str, object]) -> Self:
        """A method that a run or a cycle holds: one stored before estimators were named was the plain mean."""
        return cls.from_dict({"estimator": PLAIN, **data})

    def overlaid(self, data: Mapping[str, object], groups: Iterable[str] | None = None) -> Self:
        """This method with the values of `data` in place of its own; weights group by group.

        MethodError with all problems: unknown keys, bad values, and with `groups` known, their names. The version
        that `scores.json` writes beside a method may stand in `data`.
        """
        data = {key: value for key, value in data.items() if (key, value) != ("scoring", VERSION)}
        names = {each.name for each in fields(self)}
        values = {key: value for key, value in data.items() if key in names}
        if isinstance(values.get("material"), list):
            values["material"] = tuple(values["material"])
        if isinstance(values.get("weights"), Mapping):
            values["weights"] = {**self.weights, **values["weights"]}
        method = replace(self, **values)
        unknown = [MethodProblem(str(key), "unknown_key", {}) for key in data if key not in names]
        if problems := unknown + method.problems(groups):
            raise MethodError(problems)
        return method


NAMED = {"axis": DIMENSIONS, "tier": TIERS, "zone": TIERS}
LONGEST_NAME = 60


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


def find_problems(method: "Method", groups: Sequence[str] | None) -> list[MethodProblem]:
    """All problems of `method`.

    Codes: not_a_number, not_whole, not_yes_no, out_of_range (low, high), unknown_choice (choices), required,
    not_weights, negative (group, dimension), unknown_dimension (group, dimension), unknown_group (group),
    all_zero (dimension), unknown_tier (tier), shares_over_one (sum), out_of_order (low, high), bad_names (limit).
    """
    single = list(_single_values(method))
    unsound = {each.field for each in single}
    weights = list(_weight_values(method.weights))
    problems = [*single, *weights, *_tiers(method.material), *_together(method, unsound)]
    problems += _names(method.names)
    if groups is not None and not any(each.code == "not_weights" for each in weights):
        problems += _unknown_groups(method, groups)
        problems += [] if weights else _all_zero(method, groups)
    return problems


def _single_values(method: "Method") -> Iterator[MethodProblem]:
    for name, choices in CHOICES.items():
        if getattr(method, name) not in choices:
            yield MethodProblem(name, "unknown_choice", {"choices": list(choices)})
    for name, high in NUMBERS.items():
        value = getattr(method, name)
        if value is not None or name not in OPTIONAL:
            yield from _number(name, value, high)
    for name, (low, high) in WHOLE.items():
        value = getattr(method, name)
        if not isinstance(value, int) or isinstance(value, bool):
            yield MethodProblem(name, "not_whole", {})
        elif not low <= value <= high:
            yield MethodProblem(name, "out_of_range", {"low": low, "high": high})
    for name in YES_NO:
        if not isinstance(getattr(method, name), bool):
            yield MethodProblem(name, "not_yes_no", {})


def _number(name: str, value: object, high: float) -> Iterator[MethodProblem]:
    if not _is_number(value):
        yield MethodProblem(name, "not_a_number", {})
    elif not 0 <= value <= high:
        yield MethodProblem(name, "out_of_range", {"low": 0, "high": high})


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _weight_values(weights: object) -> Iterator[MethodProblem]:
    if not isinstance(weights, Mapping) or not all(isinstance(named, Mapping) for named in weights.values()):
        yield MethodProblem("weights", "not_weights", {})
        return
    for group, named in weights.items():
        for dimension, value in named.items():
            where = {"group": group, "dimension": dimension}
            if dimension not in DIMENSIONS:
                yield MethodProblem("weights", "unknown_dimension", where)
            elif not _is_number(value):
                yield MethodProblem("weights", "not_a_number", where)
            elif value < 0:
                yield MethodProblem("weights", "negative", where)


def _unknown_groups(method: "Method", groups: Sequence[str]) -> Iterator[MethodProblem]:
    for group in method.weights:
        if group not in groups:
            yield MethodProblem("weights", "unknown_group", {"group": group})


def _all_zero(method: "Method", groups: Sequence[str]) -> Iterator[MethodProblem]:
    matrix = method.weight_matrix(groups)
    for d, dimension in enumerate(DIMENSIONS):
        if not (matrix[:, d] > 0).any():
            yield MethodProblem("weights", "all_zero", {"dimension": dimension})


def _tiers(material: object) -> Iterator[MethodProblem]:
    if not isinstance(material, list | tuple):
        yield MethodProblem("material", "unknown_choice", {"choices": list(TIERS)})
        return
    for tier in material:
        if tier not in TIERS:
            yield MethodProblem("material", "unknown_tier", {"tier": tier})


def _names(names: object) -> Iterator[MethodProblem]:
    """Whether each is a short text in some language, of something that has a name."""
    held = names.items() if isinstance(names, Mapping) else [("", None)]
    sound = all(
        isinstance(texts, Mapping) and name in NAMED.get(about, ()) and all(map(_is_short, texts.values()))
        for about, found in held
        for name, texts in (found.items() if isinstance(found, Mapping) else [("", None)])
    )
    if not sound:
        yield MethodProblem("names", "bad_names", {"limit": LONGEST_NAME})


def _is_short(text: object) -> bool:
    return isinstance(text, str) and 0 < len(text) <= LONGEST_NAME


def _together(method: "Method", unsound: set[str]) -> Iterator[MethodProblem]:
    """What depends on two parameters, checked where each alone is sound."""
    if not unsound & {"q_high", "q_low"}:
        total = Decimal(str(float(method.q_high))) + Decimal(str(float(method.q_low)))
        if total > 1:
            yield MethodProblem("q_high", "shares_over_one", {"sum": float(total)})
    for name in _needed(method):
        if getattr(method, name) is None:
            yield MethodProblem(name, "required", {})
    low, high = method.cut_low, method.cut_high
    if None not in (low, high) and not unsound & {"cut_low", "cut_high"} and low > high:
        yield MethodProblem("cut_high", "out_of_order", {"low": low, "high": high})


def _needed(method: "Method") -> tuple[str, ...]:
    if method.rule == "either" and method.thresholds == "absolute":
        return "threshold_society", "threshold_business"
    return ("cut_low", "cut_high") if method.rule == "priority" and method.cuts == "absolute" else ()
