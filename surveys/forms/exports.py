"""What to export from a survey."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.models import Survey


class ExportForm(forms.Form):
    """Format, groups (none chosen = all) and what is in the file."""

    kind = forms.ChoiceField(
        label=_("Format"),
        initial="xlsx",
        choices=[
            ("xlsx", _("Excel workbook, with the codebook as its second sheet")),
            ("csv", _("CSV, UTF-8")),
            ("spss", _("SPSS: a ZIP of data, syntax with labels, and codebook")),
        ],
        widget=forms.RadioSelect,
    )
    full = forms.TypedChoiceField(
        label=_("What is in it"),
        required=False,
        coerce=bool,
        empty_value=False,
        choices=[
            ("", _("The responses, so that they can be imported again")),
            ("1", _("Also what screening says of each, which imports do not take")),
        ],
        widget=forms.RadioSelect,
    )
    group = forms.MultipleChoiceField(
        label=_("Groups"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen means all."),
    )

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = [(group.code, group.name) for group in survey.cycle.groups.all()]
        self.fields["full"].help_text = _("SPSS files always hold everything.")
