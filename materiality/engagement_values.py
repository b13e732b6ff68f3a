"""What an engagement record holds."""

from dataclasses import dataclass, field
from datetime import date

from materiality.models import Group, Issue


@dataclass(frozen=True)
class EngagementValues:
    """`participants` None where nobody counted; `issues` are those the engagement touched."""

    group: Group
    kind: str
    date: date
    title_zh: str = ""
    title_en: str = ""
    note: str = ""
    participants: int | None = None
    issues: tuple[Issue, ...] = field(default=())

    def columns(self) -> dict:
        """The values that are columns of the row, by name."""
        names = ("group", "kind", "date", "title_zh", "title_en", "note", "participants")
        return {name: getattr(self, name) for name in names}
