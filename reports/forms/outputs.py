"""Form of the request for an output."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from materiality.models import Cycle
from materiality.platform.bilingual import language_name, suffix_of
from reports.documents.process_text import kept_template
from reports.outputs import KINDS
from reports.queries.outputs import FORMATS, Option
from reports.queries.tables import own_texts, texted_codes

DOCUMENTS = [
    (f"{kind.code}.{format}", format_lazy("{}: {}", kind.word, FORMATS[format]))
    for kind in KINDS.values()
    for format in kind.formats
]


class OptionField(forms.ChoiceField):
    """A choice of an output; it takes what the option takes."""

    def __init__(self, option: Option) -> None:
        super().__init__(label=option.label, required=False, choices=option.choices)
        self.option = option

    def valid_value(self, value: str) -> bool:
        return self.option.takes(str(value))


def _field(option: Option) -> forms.Field:
    if option.hidden:
        return forms.CharField(required=False, widget=forms.HiddenInput, max_length=64)
    if not option.typed:
        return OptionField(option)
    words = "; ".join(f"{value}: {word}" if value != word else value for value, word in option.choices)
    named = {"label": option.label, "help_text": words, "initial": option.choices[0][0]}
    return forms.CharField(required=False, max_length=40, **named)


class RequestForm(forms.Form):
    """What to make, in which language; the matrix page sends along what is shown there."""

    document = forms.ChoiceField(label=_("Document"), choices=DOCUMENTS)
    language = forms.ChoiceField(label=_("Language"), choices=())
    run = forms.IntegerField(required=False, widget=forms.HiddenInput)
    anyway = forms.BooleanField(label=_("Create the file all the same"), required=False)
    template_file = forms.FileField(
        label=_("Word template of your own"),
        required=False,
        help_text=_("DOCX with names in double braces, such as {{ valid }}; its styles stay."),
    )

    def __init__(self, *args: Any, languages: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = list(languages.items())
        self.by_kind: dict[str, list[str]] = {}
        for kind in KINDS.values():
            for option in kind.options:
                if option.name not in self.fields and not option.hidden:
                    self.by_kind.setdefault(str(kind.word), []).append(option.name)
                self.fields.setdefault(option.name, _field(option))

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields of options under the word of the first kind that has them."""
        text = str(KINDS["process-text"].word)
        found = {**self.by_kind, text: [*self.by_kind.get(text, []), "template_file"]}
        return [(word, [self[name] for name in names]) for word, names in found.items()]

    def wanted(self) -> dict[str, Any]:
        """Arguments of `request_output`, once the form is valid. NotAllowed for a template that cannot be filled."""
        kind, _dot, format = self.cleaned_data["document"].partition(".")
        options = {option.name: self.cleaned_data[option.name] for option in KINDS[kind].options}
        if (file := self.cleaned_data["template_file"]) and "template" in options:
            options["template"] = kept_template(file.read())
        return {"kind": kind, "format": format, "language": self.cleaned_data["language"], "options": options}


class TableTextsForm(forms.Form):
    """The company's own texts of a table, one in each language of the cycle for each code."""

    def __init__(self, *args: Any, cycle: Cycle, table: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held, self.languages = own_texts(cycle, table), cycle.languages
        self.codes = texted_codes(cycle, table)
        for code, name in self.codes:
            for language in self.languages:
                self.fields[f"{code}:{language}"] = forms.CharField(
                    label=f"{code} {name} ({language_name(language)})",
                    required=False,
                    max_length=4_000,
                    widget=forms.Textarea(attrs={"rows": 2}),
                    initial=held.get(code, {}).get(f"text_{suffix_of(language)}", ""),
                )

    def texts(self) -> dict[str, dict[str, str]]:
        """{code: {language: text}}, once the form is valid."""
        return {
            code: {each: self.cleaned_data[f"{code}:{each}"] for each in self.languages} for code, _name in self.codes
        }
