"""The screening rules of a survey: effect and parameter of each flag."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

FLAGS = ("incomplete", "straight_line", "speeding", "duplicate", "out_of_window", "no_consent", "attention")
FLAG_BIT = {flag: 1 << position for position, flag in enumerate(FLAGS)}
REJECT, MARK, OFF = "reject", "mark", "off"
EFFECTS = (REJECT, MARK, OFF)
# Earned only where a survey asks the attention question, which few do: it is off until somebody wants it.
DEFAULT_EFFECTS = {flag: OFF if flag == "attention" else REJECT for flag in FLAGS}
# What exact times, tokens or answers kept apart decide: anonymous responses keep these flags as they came.
NOT_RECOMPUTABLE = FLAG_BIT["duplicate"] | FLAG_BIT["out_of_window"] | FLAG_BIT["attention"]

# Seconds after the closing that answers begun before it may still come in (scoring.md).
GRACE_SECONDS = 900
# Anonymous responses keep seconds per item up to this cap, in tenths: a limit beyond it could not be checked.
SECONDS_CAP = 5.0

_PARAMETERS = {
    "incomplete_percent": ("incomplete", "percent", 1, 100),
    "straight_line_percent": ("straight_line", "percent", 1, 100),
    "straight_line_min": ("straight_line", "min_ratings", 2, 2000),
    "speeding_seconds": ("speeding", "seconds", 0.1, SECONDS_CAP),
}


@dataclass(frozen=True)
class RulesProblem:
    """One wrong value in a set of rules; `code` is the key of the sentence."""

    flag: str
    parameter: str
    code: str
    params: Mapping[str, object]


class BadRules(ValueError):
    """Rules that cannot be used; `problems` lists all of them."""

    def __init__(self, problems: list[RulesProblem]) -> None:
        super().__init__(", ".join(f"{p.flag}.{p.parameter}: {p.code}" for p in problems))
        self.problems = problems


@dataclass(frozen=True)
class Rules:
    """Effects per flag and parameters: shares in per cent (integers, so that limits are exact), seconds per item."""

    effects: Mapping[str, str] = field(default_factory=DEFAULT_EFFECTS.copy)
    incomplete_percent: int = 50
    straight_line_percent: int = 95
    straight_line_min: int = 20
    speeding_seconds: float = 1.0

    def __post_init__(self) -> None:
        problems = list(_effect_problems(self.effects)) + list(_parameter_problems(self))
        if problems:
            raise BadRules(problems)

    def for_survey(self, *, split: bool) -> "Rules":
        """The rules as they work: in a split questionnaire a straight line is marked, not rejected (scoring.md)."""
        if split and self.effects["straight_line"] == REJECT:
            return replace(self, effects={**self.effects, "straight_line": MARK})
        return self

    def bits(self, *effects: str) -> np.uint16:
        """The bits of the flags that have one of these effects."""
        return np.uint16(sum(FLAG_BIT[flag] for flag in FLAGS if self.effects[flag] in effects))

    def to_json(self) -> dict[str, dict[str, object]]:
        """Plain values for storage: {flag: {"effect": …, parameter: …}}; `attention` only where it is not off."""
        flags = flags_asked(attention=self.effects["attention"] != OFF)
        stored: dict[str, dict[str, object]] = {flag: {"effect": self.effects[flag]} for flag in flags}
        for attribute, (flag, parameter, _, _) in _PARAMETERS.items():
            stored[flag][parameter] = getattr(self, attribute)
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Mapping[str, object]]) -> "Rules":
        """Rules from stored values, defaults for what is missing; BadRules with every problem."""
        problems = list(_unknown_names(stored))
        if problems:
            raise BadRules(problems)
        effects = {flag: stored.get(flag, {}).get("effect", DEFAULT_EFFECTS[flag]) for flag in FLAGS}
        given = {
            attribute: stored[flag][parameter]
            for attribute, (flag, parameter, _, _) in _PARAMETERS.items()
            if parameter in stored.get(flag, {})
        }
        return cls(effects=effects, **given)


def flags_asked(*, attention: bool) -> tuple[str, ...]:
    """The flags that responses can earn: `attention` only where the question is asked."""
    return FLAGS if attention else tuple(flag for flag in FLAGS if flag != "attention")


def parameters_of(flag: str) -> dict[str, tuple[str, float, float]]:
    """The parameters of a rule as stored: {name: (attribute of Rules, lowest, highest)}."""
    return {
        name: (attribute, low, high) for attribute, (owner, name, low, high) in _PARAMETERS.items() if owner == flag
    }


def _effect_problems(effects: Mapping[str, str]):
    for flag in (*FLAGS, *(name for name in effects if name not in FLAGS)):
        if flag not in FLAGS:
            yield RulesProblem(flag, "effect", "unknown_flag", {})
        elif effects.get(flag) not in EFFECTS:
            yield RulesProblem(flag, "effect", "unknown_effect", {"value": effects.get(flag)})


def _parameter_problems(rules: Rules):
    for attribute, (flag, parameter, low, high) in _PARAMETERS.items():
        value, whole = getattr(rules, attribute), isinstance(low, int)
        number = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
        params = {"value": value, "low": low, "high": high}
        if not number:
            yield RulesProblem(flag, parameter, "not_a_whole_number" if whole else "not_a_number", params)
        elif not low <= value <= high:
            yield RulesProblem(flag, parameter, "out_of_range", params)
        elif not whole and round(value, 1) != value:
            # The stored seconds per item are whole tenths.
            yield RulesProblem(flag, parameter, "finer_than_tenths", params)


def _unknown_names(stored: Mapping[str, Mapping[str, object]]):
    for flag, values in stored.items():
        known = {"effect"} | {parameter for owner, parameter, _, _ in _PARAMETERS.values() if owner == flag}
        if flag not in FLAGS:
            yield RulesProblem(flag, "", "unknown_flag", {})
        elif not isinstance(values, Mapping):
            yield RulesProblem(flag, "", "not_an_object", {})
        else:
            yield from (RulesProblem(flag, name, "unknown_parameter", {}) for name in values if name not in known)
