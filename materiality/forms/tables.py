"""Forms of spreadsheet imports: a file, its columns, a reason."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

LEFT_OUT = ""


class SheetUploadForm(forms.Form):
    """A file to be imported."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={
            "required": _("Choose a file first."),
            "empty": _("The file is empty. Choose a file with a header row and one row per entry."),
        },
    )


class ColumnsForm(forms.Form):
    """For each heading of the file the column of the format that it is, or none.

    `match`: heading → column as it was guessed. `columns`: (name, title) of the format; `required` names that must be
    chosen once.
    """

    def __init__(
        self,
        *args: Any,
        match: Mapping[str, str],
        columns: Sequence[tuple[str, str]],
        required: Sequence[str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.headings, self.required = list(match), list(required)
        choices = [(LEFT_OUT, gettext("– leave out –")), *((name, f"{title} ({name})") for name, title in columns)]
        for place, heading in enumerate(self.headings):
            field = forms.ChoiceField(label=heading, choices=choices, required=False, initial=match[heading])
            self.fields[f"column_{place}"] = field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        chosen = [name for name in self.chosen().values() if name]
        twice = sorted({name for name in chosen if chosen.count(name) > 1})
        missing = [name for name in self.required if name not in chosen]
        if twice:
            raise forms.ValidationError(gettext("Chosen for two headings: %(names)s.") % {"names": ", ".join(twice)})
        if missing:
            raise forms.ValidationError(gettext("Needed and not chosen: %(names)s.") % {"names": ", ".join(missing)})
        return cleaned

    def chosen(self) -> dict[str, str]:
        """Heading → column, "" for those left out."""
        return {name: self.cleaned_data.get(f"column_{place}", "") for place, name in enumerate(self.headings)}

    def rows(self) -> Iterator[tuple[str, forms.BoundField]]:
        """Headings with their fields."""
        for place, heading in enumerate(self.headings):
            yield heading, self[f"column_{place}"]


class SheetReasonForm(forms.Form):
    """Why the import is made; needed where it breaks the identity of issues."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It is kept with the issues that are added, renamed or retired, and in the audit trail."),
    )
