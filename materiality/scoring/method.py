"""The method of a scoring run: every parameter that turns a cube into scores and tiers (scoring.md)."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import NamedTuple, Self

import numpy as np

from .cube import DIMENSIONS

NODES, WEIGHTS = np.polynomial.legendre.leggauss(128)
SMALLEST_ANGLE = 1e-8


def normal_cdf(x: np.ndarray) -> np.ndarray:
    """Φ(x), elementwise."""
    x = np.asarray(x, dtype=float)
    return np.array([0.5 * math.erfc(-value / math.sqrt(2)) for value in x.ravel()]).reshape(x.shape)


def bivariate_normal_cdf(h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """P(X <= h, Y <= k) of standard normals with correlation `rho`, elementwise on [N]; good to about 1e-8.

    For ρ >= 0 it is Φ(h) Φ(k) plus 1/2π times the integral, over angles φ from arccos ρ to π/2, of
    exp(−(h² + k² − 2 h k cos φ) / (2 sin² φ)) (Plackett's identity). Towards φ = 0 the integrand changes by orders of
    magnitude of φ, so the quadrature runs over log φ. For ρ < 0, P(X <= h, Y <= k) = Φ(h) − P(X <= h, −Y < −k).
    """
    h, k, rho = (np.atleast_1d(np.asarray(each, dtype=float)) for each in (h, k, rho))
    sign = np.where(rho < 0, -1.0, 1.0)
    first = np.maximum(np.arccos(np.clip(np.abs(rho), 0, 1)), SMALLEST_ANGLE)
    half = (math.log(math.pi / 2) - np.log(first)) / 2
    angle = first[:, None] * np.exp(half[:, None] * (NODES + 1))
    other = sign * k
    # (h² + k² − 2hk cos φ) / (2 sin² φ), written so that it stays exact for small φ
    power = ((h - other) ** 2)[:, None] / (2 * np.sin(angle) ** 2) + (h * other)[:, None] / (1 + np.cos(angle))
    integral = half * ((np.exp(-power) * angle) @ WEIGHTS) / (2 * math.pi)
    joint = normal_cdf(h) * normal_cdf(other) + integral
    return np.clip(np.where(sign > 0, joint, normal_cdf(h) - joint), 0, 1)


HIGH, MEDIUM, LOW = "high", "medium", "low"
DOUBLE, IMPACT, FINANCIAL, NEITHER = "double", "impact", "financial", "neither"
UNSCORED = "unscored"

PRIORITY_TIERS = (HIGH, MEDIUM, LOW)
EITHER_TIERS = (DOUBLE, IMPACT, FINANCIAL, NEITHER)
TIERS = PRIORITY_TIERS + EITHER_TIERS


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


NO_WEIGHTS: Mapping[str, Mapping[str, float]] = {}


@dataclass(frozen=True)
class Method:
    """Parameters with their defaults.

    weights: {group: {dimension: weight >= 0}}; a group or dimension that is not named has 1.
    weighting: "balanced" (weights as they are) or "by_response" (times the group's valid responses).
    lam: λ of the priority, share of society. rule: "priority" or "either".
    cuts: "shares" (q_high, q_low) or "absolute" (cut_low, cut_high on 0–100), for rule "priority".
    threshold_society, threshold_business: T on 0–100, for rule "either".
    material: tiers that make an issue material. seed: of the draws.
    panel_society, panel_business: a[d], share of the expert panel; panel_alone: E stands where there is no S.
    """

    weights: Mapping[str, Mapping[str, float]] = field(default_factory=lambda: NO_WEIGHTS)
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
    threshold_society: float | None = None
    threshold_business: float | None = None
    material: Sequence[str] = (HIGH, DOUBLE, IMPACT, FINANCIAL)
    seed: int = 1
    panel_society: float = 0.0
    panel_business: float = 0.0
    panel_alone: bool = False

    @property
    def thresholds(self) -> tuple[float | None, float | None]:
        return self.threshold_society, self.threshold_business

    @property
    def panel_share(self) -> tuple[float, float]:
        return self.panel_society, self.panel_business

    @property
    def used(self) -> tuple[bool, bool]:
        """Which dimensions the priority needs: λ = 1 uses society alone, λ = 0 business alone."""
        return self.lam > 0, self.lam < 1

    @property
    def used_by_rule(self) -> tuple[bool, bool]:
        """Which dimensions the tier rule looks at."""
        return (True, True) if self.rule == "either" else self.used

    def weight_matrix(self, groups: Sequence[str]) -> np.ndarray:
        """Weights float64[G, 2] of `groups`, before any weighting by responses."""
        rows = [[self.weights.get(group, {}).get(dimension, 1) for dimension in DIMENSIONS] for group in groups]
        return np.array(rows, dtype=float).reshape(len(groups), 2)

    def problems(self, groups: Iterable[str] | None = None) -> list[Problem]:
        """All that is wrong with the method; with `groups` known, also their names and all-zero weights."""
        return find_problems(self, None if groups is None else tuple(groups))

    def validate(self, groups: Iterable[str] | None = None) -> None:
        """MethodError with all problems, if there are any."""
        if problems := self.problems(groups):
            raise MethodError(problems)

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON, all parameters."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        weights = {
            group: {dimension: named.get(dimension, 1) for dimension in DIMENSIONS}
            for group, named in self.weights.items()
        }
        return {**values, "weights": weights, "material": list(self.material)}

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Inverse of `as_dict`; what is not named has its default. MethodError on unknown keys and bad values."""
        names = {each.name for each in fields(cls)}
        unknown = [Problem(str(key), "unknown_key", {}) for key in data if key not in names]
        values = {key: value for key, value in data.items() if key in names}
        if isinstance(values.get("material"), list):
            values["material"] = tuple(values["material"])
        method = cls(**values)
        if problems := unknown + method.problems():
            raise MethodError(problems)
        return method
