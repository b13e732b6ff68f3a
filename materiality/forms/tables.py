"""Forms of spreadsheet imports: a file, its columns, a reason."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from materiality.library_file.pasted import pasted_list
from materiality.platform.bilingual import LANGUAGES
from materiality.tables.write import table_bytes

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
    replaces = False

    def contents(self) -> tuple[str, bytes]:
        """The name of what was sent, and its bytes."""
        file = self.cleaned_data["file"]
        return file.name, file.read()


class ListForm(SheetUploadForm):
    """A list of issues as a file or as pasted lines, which changes what is stored or replaces it."""

    field_order = ("how", "file", "text", "language")

    how = forms.ChoiceField(
        label=_("The list"),
        required=False,
        widget=forms.RadioSelect,
        choices=(
            ("change", _("changes and adds to what is there; what it does not name stays")),
            ("replace", _("is the whole list; what it does not name is retired")),
        ),
    )
    text = forms.CharField(
        label=_("Or the list as text"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_(
            "One issue a line, its definition behind a colon if you like. A line that ends with a colon names the"
            " category of the lines below it; a line that is set in stands under the issue above it."
        ),
    )
    language = forms.ChoiceField(label=_("Language of the text"), required=False)

    def __init__(self, *args: Any, languages: Sequence[str], replaces: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["how"].initial = "replace" if replaces else "change"
        self.fields["file"].required = False
        known = dict.fromkeys([*languages, *LANGUAGES])
        self.fields["language"].choices = [(code, LANGUAGES[code]) for code in known]

    @property
    def replaces(self) -> bool:
        return self.cleaned_data["how"] == "replace"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not (cleaned.get("file") or cleaned.get("text") or self.errors):
            self.add_error("file", gettext("Choose a file or paste a list first."))
        return cleaned

    def contents(self) -> tuple[str, bytes]:
        if self.cleaned_data["file"]:
            return super().contents()
        rows = pasted_list(self.cleaned_data["text"], self.cleaned_data["language"])
        return gettext("Pasted list") + ".csv", table_bytes("csv", "", rows[0], rows[1:])


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
