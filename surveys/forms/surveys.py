"""Forms of a survey: details, texts in its languages, moments in its time zone, what each group is asked."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from materiality.forms.fields import ContentForm, LongSelect, chosen_from, form_field
from surveys.actions.plans import SPLIT, GroupAsked
from surveys.models import Notice, Survey
from surveys.queries.plans import PlannedGroup
from surveys.questionnaire.asking import QUESTION_KINDS
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


@cache
def zone_choices() -> list[tuple[str, str]]:
    """The time zones that a survey can be held in."""
    names = sorted(name for name in available_timezones() if name.startswith(tuple(f"{area}/" for area in _AREAS)))
    return [("UTC", "UTC"), *((name, name) for name in names)]


def cluster_choices(survey: Survey) -> list[tuple[str, str]]:
    """What responses of the survey can have in common."""
    asked = survey.profile_questions.all() if survey.pk else ()
    questions = [each for each in asked if not QUESTION_KINDS[each.kind].several]
    return [
        ("", _("nothing: each response stands for itself")),
        (Survey.CHANNEL, _("channel")),
        (Survey.BATCH, _("batch of personal links")),
        *((f"{Survey.PROFILE}{each.code}", f"{each.code}: {each.text}") for each in questions),
    ]


class NoticeForm(ContentForm):
    """The part of a survey's form that every survey has, open or not."""

    class Meta:
        model = Survey
        fields = ("cluster", "drafts_kept_days", "recipients_kept_days", "thanks")
        formfield_callback = form_field
        widgets = {"thanks": forms.Textarea(attrs={"rows": 4}), "notice": forms.Textarea(attrs={"rows": 5})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = cluster_choices(self.instance)
        self.fields["cluster"] = chosen_from(self.instance._meta.get_field("cluster"), choices)
        self.fields["cluster"].required = False
        if self.instance.pk:
            self.initial |= notice_texts(self.instance)
        self.add_texts("notice", Notice._meta.get_field("text"))


class OpenSurveyForm(NoticeForm):
    """What may still change in a survey that was opened."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.notice_stays = self.instance.anonymous or self.instance.state != Survey.State.OPEN
        for name, text in self.spoken.items():
            self.fields[name].disabled = self.notice_stays and text.field.model is Notice
        self.fields["cluster"].disabled = self.instance.anonymous


SCALES = [(5, "1–5"), (7, "1–7"), (10, "1–10")]
TIMES = ("opens_at", "closes_at")


class SurveyForm(NoticeForm):
    """Everything that staff decide about a survey of their cycle; what it asks is made from the issues."""

    opens_at = MomentField(label=_("Takes answers from"), help_text=_("Empty: as soon as you open it."))
    closes_at = MomentField(
        label=_("Until"),
        help_text=_("Empty: until you close it. Answers begun by then may be finished within 15 minutes."),
    )

    class Meta(NoticeForm.Meta):
        fields = (
            *("title", "k", *TIMES, "zone", "anonymous", "several_per_browser"),
            *("introduction", "contact", "question", *NoticeForm.Meta.fields),
        )
        widgets = NoticeForm.Meta.widgets | {"introduction": forms.Textarea(attrs={"rows": 7})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices, widget in (("k", SCALES, forms.Select), ("zone", zone_choices, LongSelect)):
            self.fields[name] = chosen_from(self.instance._meta.get_field(name), choices, widget=widget)
        if self.instance.pk:
            self.initial |= {name: shown_in(getattr(self.instance, name), self.instance.zone) for name in TIMES}

    def clean_k(self) -> int:
        """Responses of a cycle are scored together, which takes one scale."""
        k = self.cleaned_data["k"]
        others = self.instance.cycle.surveys.exclude(pk=self.instance.pk)
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
        """What was entered, times as moments."""
        values = super().clean()
        zone = values.get("zone", self.instance.zone)
        values |= {name: in_zone(values[name], zone) for name in TIMES if name in values}
        opens, closes = values.get("opens_at"), values.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("The survey would close before it opens."))
        return values


class NewSurveyForm(SurveyForm):
    """`levels` are those of the cycle's edition."""

    class Meta(SurveyForm.Meta):
        fields = ("code", "title", "level", *SurveyForm.Meta.fields[1:])

    def __init__(self, *args: Any, levels: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [each for each in Survey.Level.choices if each[0] in levels]

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
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


class GroupPlanForm(forms.Form):
    """One group's row on the page of plans; in an opened survey only the expected responses can be changed."""

    society = forms.BooleanField(required=False)
    business = forms.BooleanField(required=False)
    expected = forms.IntegerField(required=False, min_value=0, max_value=100_000_000)

    def __init__(self, data: Any = None, *, planned: PlannedGroup, frozen: bool) -> None:
        plan = planned.plan
        initial = {"society": plan.society, "business": plan.business, "expected": plan.expected or None}
        super().__init__(data, prefix=planned.group.code, initial=initial)
        self.planned, self.code = planned, planned.group.code
        for name, label in (
            ("society", gettext("%(group)s rates the impact on society")),
            ("business", gettext("%(group)s rates the impact on the business")),
            ("expected", gettext("Responses expected of %(group)s")),
        ):
            self.fields[name].widget.attrs["aria-label"] = label % {"group": planned.group.name}
            self.fields[name].disabled = frozen and name != "expected"
        if planned.group.target:
            self.fields["expected"].widget.attrs["placeholder"] = str(planned.group.target)

    def asked(self, left_out: frozenset[str] | None) -> GroupAsked:
        """What was entered; empty expected responses mean the group's target."""
        values = self.cleaned_data
        return GroupAsked(values["society"], values["business"], values["expected"] or 0, left_out)


class SplitForm(forms.ModelForm):
    """How a survey is split, and its attention question."""

    class Meta:
        model = Survey
        fields = SPLIT
        formfield_callback = form_field

    def __init__(self, *args: Any, codes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        column = Survey._meta.get_field
        self.fields["core"] = forms.MultipleChoiceField(
            label=column("core").verbose_name,
            required=False,
            choices=[(code, code) for code in codes],
            error_messages={"invalid_choice": _("The survey does not ask about %(value)s.")},
        )
        scale = [(value, str(value)) for value in range(1, self.instance.k + 1)]
        self.fields["attention_value"] = chosen_from(column("attention_value"), scale)
        self.issues = len(codes)

    def clean(self) -> dict[str, Any]:
        """A part is smaller than the whole, or the survey is not split."""
        values = super().clean()
        if values.get("split") and values.get("split_issues", 0) > self.issues:
            problem = ngettext(
                "The survey asks about %(issues)s issue: a part cannot hold more.",
                "The survey asks about %(issues)s issues: a part cannot hold more.",
                self.issues,
            )
            self.add_error("split_issues", problem % {"issues": self.issues})
        return values
