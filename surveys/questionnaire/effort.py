"""What answering takes: issues, scales on each, other questions, minutes."""

from typing import NamedTuple

SECONDS_PER_ITEM, SECONDS_PER_OTHER = 4, 6


class Effort(NamedTuple):
    """What one respondent is asked: so many issues, each on so many scales (1 or 2), and other questions."""

    issues: int
    scales: int
    others: int = 0

    @property
    def minutes(self) -> int:
        """How long an unhurried respondent needs."""
        seconds = self.issues * self.scales * SECONDS_PER_ITEM + self.others * SECONDS_PER_OTHER
        return max(1, round(seconds / 60))
