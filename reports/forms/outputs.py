"""Form of the request for an output."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from reports.outputs import KINDS
from reports.queries.outputs import FORMATS

DOCUMENTS = [
    (f"{kind.code}.{format}", format_lazy("{}: {}", kind.word, FORMATS[format]))
    for kind in KINDS.values()
    for format in kind.formats
]


class RequestForm(forms.Form):
    """What to make, in which language; the matrix page sends along what is shown there."""

    document = forms.ChoiceField(label=_("Document"), choices=DOCUMENTS)
    language = forms.ChoiceField(label=_("Language"), choices=[("zh-hans", "中文"), ("en", "English")])
    run = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for option in (option for kind in KINDS.values() for option in kind.options):
            if option.hidden:
                field = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)
            else:
                field = forms.ChoiceField(label=option.label, required=False, choices=option.choices)
            self.fields[option.name] = field

    def wanted(self) -> dict[str, Any]:
        """Arguments of `request_output`, once the form is valid."""
        kind, _dot, format = self.cleaned_data["document"].partition(".")
        options = {option.name: self.cleaned_data[option.name] for option in KINDS[kind].options}
        return {"kind": kind, "format": format, "language": self.cleaned_data["language"], "options": options}
