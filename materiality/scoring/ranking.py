"""The ranking step: how many of those asked named an issue among the three that matter most (scoring.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from .estimates import Z
from .method import Method


@dataclass(frozen=True)
class GroupNamed:
    """One group: of `asked`, who rated the issue and took the step, so many `named` it; Wilson's 95 % interval, 0–1."""

    group: str
    named: int
    asked: int

    @property
    def share(self) -> float | None:
        return self.named / self.asked if self.asked else None

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.named, self.asked) if self.asked else None


@dataclass(frozen=True)
class IssueNamed:
    """One issue: its groups in their order, and the share of the groups together, which has no interval."""

    groups: tuple[GroupNamed, ...]
    share: float | None

    @property
    def whole(self) -> GroupNamed:
        """All who were asked, each counting alike, whatever the method's weights: these have an interval."""
        return GroupNamed("", sum(each.named for each in self.groups), sum(each.asked for each in self.groups))


def wilson(number: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share, 0–1; `of` > 0."""
    share, spread = number / of, Z * Z / of
    middle, half = share + spread / 2, Z * sqrt(share * (1 - share) / of + spread / (4 * of))
    return max(0.0, (middle - half) / (1 + spread)), min(1.0, (middle + half) / (1 + spread))


def named_in(groups: Sequence[GroupNamed], method: Method, valid: Mapping[str, int]) -> IssueNamed:
    """The groups' shares, and their mean with the method's weights over groups with min_n asked or more: Σ u p / Σ u,
    u = λ w[society] + (1 − λ) w[business]; `valid` are the groups' valid responses, for the weighting by responses.
    """
    weights = method.weight_matrix([each.group for each in groups])
    total = above = 0.0
    for each, (society, business) in zip(groups, weights.tolist(), strict=True):
        if each.asked < method.min_n:
            continue
        weight = method.lam * society + (1 - method.lam) * business
        weight *= valid.get(each.group, 0) if method.weighting == "by_response" else 1
        total, above = total + weight, above + weight * each.named / each.asked
    return IssueNamed(tuple(groups), above / total if total else None)
