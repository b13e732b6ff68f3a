"""What a drawing of the matrix shows: level, filters, weighting; from the URL and in an output's parameters."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

LEVELS = ("secondary", "primary")
WEIGHTINGS = ("balanced", "pooled")


@dataclass(frozen=True)
class MatrixOptions:
    """`balanced`: the result of the run's own method; `pooled`: the one beside it, every response counting alike.

    A group's own view is that of its scores alone; then there is no weighting. Empty category and group mean all.
    """

    level: str = "secondary"
    category: str = ""
    group: str = ""
    weighting: str = "balanced"
    bars: bool = False

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> Self:
        """From a URL or a form; what does not exist falls back to the default."""
        level, weighting = str(query.get("level", "")), str(query.get("weighting", ""))
        return cls(
            level=level if level in LEVELS else "secondary",
            category=str(query.get("category", ""))[:40],
            group=str(query.get("group", ""))[:40],
            weighting=weighting if weighting in WEIGHTINGS else "balanced",
            bars=str(query.get("bars", "")) in ("1", "True", "true", "on"),
        )

    def for_scores(self, *, primaries_rated: bool, secondaries: bool) -> Self:
        """The options that can be drawn: a group has no figures for primaries that nobody was asked about."""
        level = self.level if secondaries else "primary"
        if self.group and level == "primary" and not primaries_rated and secondaries:
            level = "secondary"
        return replace(self, level=level, weighting="balanced" if self.group else self.weighting)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
