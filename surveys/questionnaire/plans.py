"""What each group of a survey is asked: the defaults, and what a set of plans leaves unasked."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from materiality.scoring.codes import BUSINESS, DIMENSIONS, SOCIETY


@dataclass(frozen=True)
class Plan:
    """What one group is asked: dimensions, issues left out (codes), and how many responses are expected of it.

    `expected` 0 = the group's target. The plan without arguments asks everything.
    """

    society: bool = True
    business: bool = True
    left_out: tuple[str, ...] = ()
    expected: int = 0

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions that the group rates."""
        return tuple(name for name, rated in ((SOCIETY, self.society), (BUSINESS, self.business)) if rated)

    def issues(self, codes: Iterable[str]) -> list[str]:
        """Those of the issues that the group rates on some dimension, in their order."""
        left_out = set(self.left_out)
        return [code for code in codes if code not in left_out] if self.dimensions else []


def default_plan(group: str, side: str, raters: Mapping[str, Collection[str]]) -> Plan:
    """The plan that a group starts with: internal groups and partners rate both dimensions, others society alone.

    `raters` are, per issue, the codes of the groups that can rate it; none = all can.
    """
    both = side == "internal" or "partner" in group.lower()
    return Plan(society=True, business=both, left_out=tuple(default_left_out(group, raters)))


def default_left_out(group: str, raters: Mapping[str, Collection[str]]) -> list[str]:
    """The issues that the library says this group cannot rate; none for a group that the library never names."""
    if not any(group in able for able in raters.values()):
        return []
    return [issue for issue, able in raters.items() if able and group not in able]


def unrated(codes: Sequence[str], plans: Iterable[Plan]) -> dict[str, list[str]]:
    """Per dimension the issues that no group rates on it, in the order of `codes`."""
    rated: dict[str, set[str]] = {dimension: set() for dimension in DIMENSIONS}
    for plan in plans:
        for dimension in plan.dimensions:
            rated[dimension].update(plan.issues(codes))
    return {dimension: [code for code in codes if code not in rated[dimension]] for dimension in DIMENSIONS}
