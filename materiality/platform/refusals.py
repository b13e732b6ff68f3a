"""What an action says when it cannot be done."""

from collections.abc import Sequence

from django.db.models import Model


class NotAllowed(Exception):
    """An action is refused; `reason` is a sentence for the person, in the active language."""

    def __init__(self, reason: str) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Conflict(NotAllowed):
    """Somebody else changed or removed what the person was looking at; nothing was overwritten.

    `row` is the row as it is stored now, None where it is gone.
    """

    def __init__(self, reason: str, row: Model | None) -> None:
        super().__init__(reason)
        self.row = row


class Unacknowledged(NotAllowed):
    """Possible only once the person has acknowledged `warnings`, which are sentences."""

    def __init__(self, warnings: Sequence[str]) -> None:
        super().__init__(" ".join(warnings))
        self.warnings = list(warnings)
