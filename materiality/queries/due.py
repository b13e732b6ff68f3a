"""When the library is to be reviewed and stakeholders are to be surveyed next."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Min
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from materiality.models import Calendar, Edition, Reminder
from materiality.months import add_months

Last = Callable[[], datetime | None]
LABELS = {"review": _("Library review"), "survey": _("Survey of stakeholders")}
_last: dict[str, Last] = {}


@dataclass(frozen=True)
class Due:
    """Something that is due on a day of the organisation's zone. `last`: when it was done last, None if never.

    `days`: until then, negative when it is overdue; `near`: whether staff are reminded by now.
    """

    kind: str
    due_on: date
    last: date | None
    days: int
    near: bool

    @property
    def overdue(self) -> int:
        """Days since it was due, 0 before."""
        return max(0, -self.days)

    @property
    def label(self) -> str | Promise:
        return LABELS[self.kind]


def add_last(kind: str, last: Last) -> None:
    """Have an app tell when something of this kind was done last, such as when a survey opened."""
    _last[kind] = last


def calendar() -> Calendar:
    """The organisation's calendar; the default one, not stored, where nobody changed it."""
    return Calendar.objects.filter(pk=1).first() or Calendar(pk=1)


def what_is_due(today: date | None = None, held: Calendar | None = None) -> list[Due]:
    """Next due dates, soonest first; nothing before a first edition was published (about three queries).

    Without any survey so far the first is due as long after the first edition as one survey after another.
    """
    today, held = today or timezone.localdate(), held or calendar()
    published = Edition.objects.aggregate(first=Min("published_at"), newest=Max("published_at"))
    if published["first"] is None:
        return []
    reviewed = _day(published["newest"])
    found = [_due(Reminder.Kind.REVIEW, reviewed, reviewed, held.review_months, today, held)]
    if ask := _last.get(Reminder.Kind.SURVEY):
        surveyed = _day(ask())
        since = surveyed or _day(published["first"])
        found.append(_due(Reminder.Kind.SURVEY, surveyed, since, held.survey_months, today, held))
    return sorted(found, key=lambda due: due.due_on)


def _due(kind: str, last: date | None, since: date, months: int, today: date, held: Calendar) -> Due:
    due_on = add_months(since, months)
    days = (due_on - today).days
    return Due(str(kind), due_on, last, days, near=days <= held.remind_days_before)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else timezone.localtime(moment).date()
