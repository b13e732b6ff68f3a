"""Forms of what stakeholders expect and of the records of talks with them."""

import math
from dataclasses import asdict
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from materiality.formats.stakeholders import EngagementValues, GroupValues
from materiality.forms.fields import DateInput, NumberField
from materiality.models import Cycle, Engagement, Group
from materiality.queries.stakeholders import choosable_issues

FIELDS = tuple(asdict(GroupValues("", "", "")))


class GroupForm(forms.Form):
    """One group of a cycle; `group` is the one to change, None for a new one."""

    code = forms.SlugField(
        label=_("Code"),
        max_length=40,
        help_text=_("Names the group in files of responses. It cannot change later."),
    )
    name_zh = forms.CharField(label=_("Chinese name"), max_length=200)
    name_en = forms.CharField(label=_("English name"), max_length=200)
    definition_zh = forms.CharField(
        label=_("Chinese definition"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    definition_en = forms.CharField(
        label=_("English definition"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    side = forms.ChoiceField(label=_("Side"), choices=Group.Side.choices)
    weight_society = NumberField(label=_("Weight for impact on society"))
    weight_business = NumberField(label=_("Weight for impact on business"))
    target = forms.IntegerField(
        label=_("Target"), min_value=0, help_text=_("How many responses you hope for; 0 if there is no target.")
    )

    def __init__(self, *args: Any, cycle: Cycle, group: Group | None = None, **kwargs: Any) -> None:
        initial = {name: getattr(group, name) for name in FIELDS} if group else asdict(GroupValues("", "", ""))
        super().__init__(*args, initial=initial, **kwargs)
        self.cycle, self.group = cycle, group
        self.fields["code"].disabled = group is not None

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if self.group is None and self.cycle.groups.filter(code=code).exists():
            raise forms.ValidationError(_("There is already a group with this code."))
        return code

    def clean_weight_society(self) -> float:
        return _weight(self.cleaned_data["weight_society"])

    def clean_weight_business(self) -> float:
        return _weight(self.cleaned_data["weight_business"])

    def values(self) -> GroupValues:
        """What was entered, once the form is valid."""
        return GroupValues(**{name: self.cleaned_data[name] for name in FIELDS})


def _weight(value: float) -> float:
    if value < 0 or not math.isfinite(value):
        raise forms.ValidationError(_("A weight cannot be below 0."))
    return value


MAX_POINT, MAX_NOTE = 500, 20_000


class PointForm(forms.Form):
    """One bullet in both languages; one of them may be missing."""

    text_zh = forms.CharField(
        label=_("Chinese"), required=False, max_length=MAX_POINT, widget=forms.Textarea(attrs={"rows": 4})
    )
    text_en = forms.CharField(
        label=_("English"), required=False, max_length=MAX_POINT, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not self.errors and not any(values.values()):
            raise forms.ValidationError(_("Write the text in at least one language."))
        return values


class EngagementForm(forms.Form):
    """An engagement record; `engagement` is the one to change, None for a new one."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Engagement.Kind.choices)
    group = forms.ModelChoiceField(label=_("Group"), queryset=None)
    date = forms.DateField(label=_("Date"), widget=DateInput())
    participants = forms.IntegerField(
        label=_("Participants"), required=False, min_value=0, max_value=10_000_000, help_text=_("Empty: not counted.")
    )
    title_zh = forms.CharField(label=_("Chinese title"), required=False, max_length=200)
    title_en = forms.CharField(label=_("English title"), required=False, max_length=200)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What was said. Leave out names and whatever else could point to a person."),
    )
    issues = forms.ModelMultipleChoiceField(label=_("Issues touched"), queryset=None, required=False)

    def __init__(self, *args: Any, cycle: Cycle, engagement: Engagement | None = None, **kwargs: Any) -> None:
        chosen = list(engagement.issues.values_list("pk", flat=True)) if engagement else []
        initial = {"date": timezone.localdate()}
        if engagement:
            initial = {name: getattr(engagement, name) for name in EngagementForm.base_fields} | {"issues": chosen}
        super().__init__(*args, initial=initial | kwargs.pop("initial", {}), **kwargs)
        self.fields["group"].queryset = cycle.groups.all()
        self.fields["group"].label_from_instance = lambda group: group.name
        self.fields["issues"].queryset = choosable_issues(cycle, chosen)

    def clean_date(self) -> Any:
        date = self.cleaned_data["date"]
        if date > timezone.localdate():
            raise forms.ValidationError(_("The date lies ahead. Record an engagement once it has taken place."))
        return date

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not (values.get("title_zh") or values.get("title_en")) and "title_zh" not in self.errors:
            self.add_error("title_zh", _("Give the record a title in at least one language."))
        return values

    def chosen(self) -> set[int]:
        """Primary keys of the issues that are ticked now."""
        return {int(value) for value in self["issues"].value() or [] if str(value).isdecimal()}

    def values(self) -> EngagementValues:
        """What was entered, once the form is valid."""
        return EngagementValues(**self.cleaned_data | {"issues": tuple(self.cleaned_data["issues"])})


class AttachmentForm(forms.Form):
    """A file to attach."""

    file = forms.FileField(label=_("File"), max_length=255, allow_empty_file=True)
