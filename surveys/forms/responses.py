"""Forms about responses: a file to import, a decision by hand."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from materiality.forms.tables import SheetUploadForm
from surveys.models import ColumnMatch, Response, Survey


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


class UploadForm(SheetUploadForm):
    """A file of responses. `known` shows the box that confirms a file which was imported before."""

    again = forms.BooleanField(
        label=_("Import this file once more"),
        required=False,
        help_text=_("Its responses will be there twice; only those with a token are recognised as duplicates."),
    )

    match = forms.ChoiceField(
        label=_("What the columns are"),
        required=False,
        help_text=_("What each column of a file from another survey tool holds. You confirm first what is recognised."),
    )

    def __init__(self, *args: Any, known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        saved = [(match.name, match.name) for match in ColumnMatch.objects.only("name")[:200]]
        self.fields["match"].choices = [("", _("Recognise them by their names")), *saved]


class OverruleForm(forms.Form):
    """Include or exclude a response, with the reason."""

    overruled = forms.TypedChoiceField(
        label=_("Decision"),
        coerce=int,
        choices=[
            (Response.Overruled.INCLUDE, _("Include it, whatever the rules say")),
            (Response.Overruled.EXCLUDE, _("Exclude it, whatever the rules say")),
            (Response.Overruled.NO, _("Leave it to the rules")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2_000,
        help_text=_("It is kept with your name in the audit trail. Do not write who the respondent is."),
        error_messages={"required": _("Give a reason: it is kept in the audit trail.")},
    )
