"""The entries of a sheet as they are stored."""

from surveys.models import PaperSheet
from surveys.paper.entry import Entry


def entry_of(sheet: PaperSheet, name: str) -> Entry:
    """The entry `first` or `second`."""
    return Entry(
        bytes(getattr(sheet, name)), getattr(sheet, f"{name}_profile") or {}, getattr(sheet, f"{name}_comment")
    )
