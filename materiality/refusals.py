"""What an action says when it cannot be done."""


class NotAllowed(Exception):
    """An action is refused; `reason` is a sentence for the person, in the active language."""

    def __init__(self, reason: str) -> None:
        super().__init__(str(reason))
        self.reason = reason
