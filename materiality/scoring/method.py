"""The method of a scoring run: every parameter that turns a cube into scores and tiers (scoring.md)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Self

import numpy as np

from .codes import DIMENSIONS
from .method_checks import MethodError, Problem, find_problems
from .tier_names import DOUBLE, FINANCIAL, HIGH, IMPACT

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
