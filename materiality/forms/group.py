"""Form of a stakeholder group."""

import math
from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from materiality.forms.fields import NumberField
from materiality.group_values import GroupValues
from materiality.models import Cycle, Group

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
