"""Forms of a cycle and of the organisation."""

from django import forms
from django.utils.translation import gettext_lazy as _

from materiality.forms.fields import ContentForm, form_field
from materiality.models import Cycle, Organisation


class CycleDetailsForm(ContentForm):
    """What can be changed about a cycle that is there."""

    pairs = (("period_start", "period_end"),)

    class Meta:
        model = Cycle
        fields = ("title", "period_start", "period_end", "published_on", "gri_edition")
        formfield_callback = form_field


class NewCycleForm(CycleDetailsForm):
    purpose = forms.ChoiceField(
        label=_("What the assessment is for"),
        choices=Cycle.Purpose.choices,
        initial=Cycle.Purpose.PRIORITY,
        required=False,
        widget=forms.RadioSelect,
        help_text=_(
            "It sets the rule by which issues get their tier. The method can be changed before results are seen."
        ),
    )
    field_order = ("code", "purpose")

    class Meta(CycleDetailsForm.Meta):
        fields = ("code", *CycleDetailsForm.Meta.fields)

    def clean_purpose(self) -> str:
        return self.cleaned_data["purpose"] or Cycle.Purpose.PRIORITY

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if code == "new":
            raise forms.ValidationError(_("This word has another meaning in addresses; choose another code."))
        return code


class OrganisationForm(ContentForm):
    class Meta:
        model = Organisation
        fields = ("name",)
        formfield_callback = form_field
