"""Form of the request for an output."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from reports.models import Output
from reports.queries.matrix import MatrixOptions
from reports.queries.outputs import FORMATS

WORDS = {
    "svg": _("SVG, for the web and for further drawing"),
    "png": _("PNG, a picture"),
    "pdf": _("PDF, for print"),
    "xlsx": _("XLSX, a workbook"),
    "csv": _("CSV, plain rows"),
}
DOCUMENTS = [
    (f"{kind}.{format}", format_lazy("{}: {}", Output.Kind(kind).label, WORDS[format]))
    for kind, formats in FORMATS.items()
    for format in formats
]


class RequestForm(forms.Form):
    """What to make, in which language; the matrix page sends along what is shown there."""

    document = forms.ChoiceField(label=_("Document"), choices=DOCUMENTS)
    language = forms.ChoiceField(label=_("Language"), choices=[("zh-hans", "中文"), ("en", "English")])
    level = forms.ChoiceField(
        label=_("Issues in the matrix"),
        required=False,
        choices=[("secondary", _("Secondary issues")), ("primary", _("Primary issues"))],
    )
    run = forms.IntegerField(required=False, widget=forms.HiddenInput)
    category = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)
    group = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)
    weighting = forms.CharField(required=False, widget=forms.HiddenInput, max_length=10)
    bars = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def wanted(self) -> dict[str, Any]:
        """Arguments of `request_output`, once the form is valid."""
        kind, _dot, format = self.cleaned_data["document"].partition(".")
        options = MatrixOptions.from_query(self.cleaned_data)
        return {"kind": kind, "format": format, "language": self.cleaned_data["language"], "options": options}
