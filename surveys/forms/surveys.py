"""Forms of a survey: details, texts in both languages, moments in its time zone."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from materiality.models import Cycle
from surveys.actions.surveys import NOTICE, OPEN_FIELDS
from surveys.models import Survey
from surveys.respond.rows import notice_texts

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


class TextField(forms.CharField):
    """A longer text that may be left empty."""

    def __init__(self, *, rows: int, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=5_000, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class DaysField(forms.IntegerField):
    """A number of days."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=3650, initial=30, **kwargs)


class TextsForm(forms.Form):
    """The part of a survey's form that every survey has, open or not."""

    notice_zh = TextField(label=_("Privacy notice in Chinese"), rows=5)
    notice_en = TextField(label=_("Privacy notice in English"), rows=5)
    thanks_zh = TextField(label=_("Thanks in Chinese"), rows=4)
    thanks_en = TextField(label=_("Thanks in English"), rows=4)
    drafts_kept_days = DaysField(
        label=_("Days that unfinished answers are kept"),
        help_text=_("Answers that were begun but never submitted are deleted so many days after they were begun."),
    )
    recipients_kept_days = DaysField(
        label=_("Days that recipients are kept"),
        help_text=_("Names and addresses of invited people are deleted so many days after the survey closed."),
    )


class OpenSurveyForm(TextsForm):
    """What may still change in a survey that was opened."""

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        as_it_is = {name: getattr(survey, name) for name in OPEN_FIELDS} | notice_texts(survey)
        super().__init__(*args, initial=as_it_is, **kwargs)
        self.notice_stays = survey.anonymous or survey.state != Survey.State.OPEN
        for name in NOTICE:
            self.fields[name].disabled = self.notice_stays


SCALES = [(5, "1–5"), (7, "1–7"), (10, "1–10")]
TIMES = ("opens_at", "closes_at")


class SurveyForm(TextsForm):
    """Everything that staff decide about a survey; what it asks is made from the issues."""

    title_zh = forms.CharField(label=_("Chinese title"), max_length=200)
    title_en = forms.CharField(label=_("English title"), max_length=200)
    k = forms.TypedChoiceField(
        label=_("Scale"),
        choices=SCALES,
        coerce=int,
        help_text=_(
            "From “very little” to “very much”, with “don't know” beside it. All surveys of a cycle share one scale."
        ),
    )
    opens_at = MomentField(label=_("Takes answers from"), help_text=_("Empty: as soon as you open it."))
    closes_at = MomentField(
        label=_("Until"),
        help_text=_("Empty: until you close it. Answers begun by then may be finished within 15 minutes."),
    )
    zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)
    anonymous = forms.BooleanField(
        label=_("Anonymous"),
        required=False,
        help_text=_(
            "Nothing is stored that ties a response to a person, a token or a moment, and finished answers are mixed "
            "before they count. It cannot change once the survey is open."
        ),
    )
    several_per_browser = forms.BooleanField(
        label=_("Several responses from one browser"),
        required=False,
        help_text=_("For a shared device, such as a tablet at an event."),
    )
    introduction_zh = TextField(label=_("Introduction in Chinese"), rows=7)
    introduction_en = TextField(label=_("Introduction in English"), rows=7)
    question_zh = forms.CharField(label=_("Open question in Chinese"), max_length=300, required=False)
    question_en = forms.CharField(label=_("Open question in English"), max_length=300, required=False)

    def __init__(self, *args: Any, cycle: Cycle, survey: Survey | None = None, **kwargs: Any) -> None:
        """`survey` is the one to change, None for a new one."""
        super().__init__(*args, **kwargs)
        self.cycle, self.survey = cycle, survey

    def clean_k(self) -> int:
        """Responses of a cycle are scored together, which takes one scale."""
        k = self.cleaned_data["k"]
        others = self.cycle.surveys.exclude(pk=self.survey.pk if self.survey else None)
        other = others.exclude(k=k).values_list("code", "k").first()
        if other:
            raise forms.ValidationError(
                _(
                    "The survey %(code)s of this cycle uses 1–%(k)s: take the same scale, so that both can be scored "
                    "together."
                ),
                params={"code": other[0], "k": other[1]},
            )
        return k

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        opens, closes = values.get("opens_at"), values.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("The survey would close before it opens."))
        return values

    def values(self) -> dict[str, Any]:
        """What was entered, times as moments."""
        zone = self.cleaned_data["zone"]
        return {**self.cleaned_data, **{name: in_zone(self.cleaned_data[name], zone) for name in TIMES}}


class NewSurveyForm(SurveyForm):
    """A survey to be made."""

    code = forms.SlugField(
        label=_("Code"),
        max_length=40,
        help_text=_("Ends the address that respondents open: letters a–z, digits and hyphens. It cannot change later."),
    )
    level = forms.ChoiceField(label=_("Asks about"), choices=Survey.Level.choices)
    field_order = ("code", "title_zh", "title_en", "level")

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if Survey.objects.filter(code=code).exists():
            raise forms.ValidationError(_("There is already a survey with this code."))
        if code == "new":
            raise forms.ValidationError(_("This word has another meaning in addresses; choose another code."))
        return code


class WindowForm(forms.Form):
    """The closing of an open survey, in its zone."""

    closes_at = MomentField(label=_("Open until"))

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, initial={"closes_at": shown_in(survey.closes_at, survey.zone)}, **kwargs)
        self.survey = survey
        self.fields["closes_at"].help_text = _("Time zone %(zone)s. Empty: until you close it.") % {"zone": survey.zone}

    def moment(self):
        """The moment that was entered; None = open end."""
        return in_zone(self.cleaned_data["closes_at"], self.survey.zone)
