"""Forms of invitations: batches, lists of recipients, bounces."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.actions.invitations import LARGEST_BATCH
from surveys.models import Survey


class BatchForm(forms.Form):
    """A batch of personal links for one group."""

    group = forms.ModelChoiceField(queryset=None, label=_("Group"), empty_label=None)
    size = forms.IntegerField(
        label=_("Number of links"),
        min_value=1,
        max_value=LARGEST_BATCH,
        help_text=_("One link is for one person. A batch of millions takes no more room than one of ten."),
    )
    label = forms.CharField(
        label=_("Label"), max_length=120, required=False, help_text=_("What the links are for; shown to staff only.")
    )

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = survey.cycle.groups.all()
        self.fields["group"].label_from_instance = lambda group: group.name


class VoidForm(forms.Form):
    """Making the links of a batch void, with the box that confirms it."""

    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("It is kept in the audit trail."))
    sure = forms.BooleanField(
        label=_("All links handed out so far shall lead nowhere from now on"),
        error_messages={"required": _("Tick the box: it cannot be undone.")},
    )


class BouncesForm(forms.Form):
    """Addresses that do not work, as a file or pasted."""

    file = forms.FileField(
        label=_("File"), required=False, help_text=_("CSV or text with a column of addresses, up to 5 MB.")
    )
    text = forms.CharField(
        label=_("Or paste"),
        required=False,
        max_length=900_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Every mail address in the text is taken, whatever stands around it."),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        file = values.get("file")
        if file and file.size > 5_000_000:
            self.add_error("file", _("The file is larger than 5 MB."))
        elif not file and not values.get("text"):
            self.add_error("text", _("Choose a file or paste addresses."))
        return values

    def pasted(self) -> str:
        """All text, of the file and of the field."""
        file = self.cleaned_data.get("file")
        return (file.read().decode("utf-8", "replace") if file else "") + "\n" + self.cleaned_data["text"]
