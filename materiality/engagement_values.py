"""What an engagement record holds."""

from dataclasses import dataclass, field
from datetime import date

from materiality.models import Engagement, Group, Issue


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


def told(engagement: Engagement) -> dict:
    """What the audit trail keeps of a record: its values, with codes for group and issues."""
    names = ("kind", "date", "title_zh", "title_en", "note", "participants")
    values = {name: getattr(engagement, name) for name in names}
    codes = list(engagement.issues.order_by("code").values_list("code", flat=True))
    return {"group": engagement.group.code, **values, "issues": codes}
