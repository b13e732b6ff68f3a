"""Forms of a cycle."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from materiality.forms.fields import DateInput
from materiality.models import Cycle


class CycleDetailsForm(forms.Form):
    """What can be changed about a cycle that is there."""

    pairs = (("period_start", "period_end"),)

    title_zh = forms.CharField(label=_("Chinese title"), max_length=200)
    title_en = forms.CharField(label=_("English title"), max_length=200)
    period_start = forms.DateField(label=_("Period from"), widget=DateInput())
    period_end = forms.DateField(label=_("Period to"), widget=DateInput())
    gri_edition = forms.ChoiceField(
        label=_("GRI edition"),
        choices=Cycle.GriEdition.choices,
        help_text=_("The edition of the GRI Standards whose disclosures the content index names."),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        start, end = values.get("period_start"), values.get("period_end")
        if start and end and end < start:
            self.add_error("period_end", _("The period ends before it starts."))
        return values


class NewCycleForm(CycleDetailsForm):
    """A cycle to be opened."""

    code = forms.SlugField(
        label=_("Code"),
        max_length=40,
        help_text=_("Short name in addresses and files: letters a–z, digits and hyphens. It cannot change later."),
    )
    field_order = ("code",)

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if Cycle.objects.filter(code=code).exists():
            raise forms.ValidationError(_("There is already a cycle with this code."))
        if code == "new":
            raise forms.ValidationError(_("This word has another meaning in addresses; choose another code."))
        return code
