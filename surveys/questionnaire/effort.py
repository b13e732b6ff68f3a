"""What answering takes: issues, scales on each, minutes."""

from typing import NamedTuple

SECONDS_PER_ITEM = 4


class Effort(NamedTuple):
    """What one respondent is asked: so many issues, each on so many scales (1 or 2)."""

    issues: int
    scales: int

    @property
    def minutes(self) -> int:
        """How long an unhurried respondent needs."""
        return max(1, round(self.issues * self.scales * SECONDS_PER_ITEM / 60))
