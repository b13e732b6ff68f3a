"""What one set of rules does in place of another: per rule and group, counted over responses as they are read."""

import numpy as np

from surveys.questionnaire.rules import FLAG_BIT, FLAGS, MARK, REJECT, Rules
from surveys.questionnaire.screening import valid

COUNTS = ("flagged_before", "flagged_after", "alone_before", "alone_after", "go", "back")


class RuleEffects:
    """Counts over submitted responses of `groups` groups.

    rules: int64[7 flags, groups, 6], last axis as COUNTS: flagged by a rule that is not off; taken out by this rule
    alone; valid before and taken out after by it (`go`), and the reverse (`back`). A response that goes or comes back
    for several rules counts at each.
    groups: int64[groups, 4]: valid before, valid after, went, came back.
    """

    def __init__(self, before: Rules, after: Rules, groups: int) -> None:
        self.before, self.after = before, after
        self.rules = np.zeros((len(FLAGS), groups, len(COUNTS)), np.int64)
        self.groups = np.zeros((groups, 4), np.int64)

    def add(
        self, group: np.ndarray, stored: np.ndarray, fresh: np.ndarray, overruled: np.ndarray, submitted: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Count R responses: index of the group int[R], flags uint16[R] carried and earned anew, persons' decisions
        int8[R], submitted bool[R]. Returns which are valid before and after, bool[R] each.
        """
        was, now = (valid(flags, rules, overruled, submitted) for flags, rules in self._pairs(stored, fresh))
        went, came = was & ~now, now & ~was
        for place, mask in enumerate((was, now, went, came)):
            self.groups[:, place] += np.bincount(group[mask], minlength=len(self.groups))
        taking_before, taking_after = (flags & rules.bits(REJECT) for flags, rules in self._pairs(stored, fresh))
        shown_before, shown_after = (flags & rules.bits(REJECT, MARK) for flags, rules in self._pairs(stored, fresh))
        for place, flag in enumerate(FLAGS):
            bit = np.uint16(FLAG_BIT[flag])
            masks = (
                submitted & (shown_before & bit > 0),
                submitted & (shown_after & bit > 0),
                submitted & (taking_before == bit),
                submitted & (taking_after == bit),
                went & (taking_after & bit > 0),
                came & (taking_before & bit > 0),
            )
            for column, mask in enumerate(masks):
                self.rules[place, :, column] += np.bincount(group[mask], minlength=len(self.groups))
        return was, now

    def _pairs(self, stored: np.ndarray, fresh: np.ndarray) -> tuple[tuple[np.ndarray, Rules], ...]:
        return (stored, self.before), (fresh, self.after)
