"""A date and time as staff enter it, in the survey's time zone."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_AREAS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
SHOWN = "%Y-%m-%dT%H:%M"


class MomentField(forms.Field):
    """A date and time without zone; `None` where it is left empty. `in_zone` makes it a moment."""

    default_error_messages = {"invalid": _("Write date and time like 2026-01-05 09:00.")}

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(format=SHOWN, attrs={"type": "datetime-local"})
        super().__init__(required=False, widget=widget, **kwargs)

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values or isinstance(value, datetime):
            return value or None
        try:
            found = datetime.fromisoformat(str(value).strip())
        except ValueError as problem:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from problem
        if found.tzinfo or not 1990 <= found.year <= 2200:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found


def in_zone(moment: datetime | None, zone: str) -> datetime | None:
    """The moment at which clocks in the zone show this time."""
    return None if moment is None else moment.replace(tzinfo=ZoneInfo(zone))


def shown_in(moment: datetime | None, zone: str) -> datetime | None:
    """What clocks in the zone show at the moment, without zone."""
    return None if moment is None else moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def zone_choices() -> list[tuple[str, str]]:
    """The time zones that a survey can be held in."""
    names = sorted(name for name in available_timezones() if name.startswith(tuple(f"{area}/" for area in _AREAS)))
    return [("UTC", "UTC"), *((name, name) for name in names)]
