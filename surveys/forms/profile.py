"""Form of a profile question."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from materiality.forms.fields import ContentForm
from materiality.platform.bilingual import Texts, suffix_of
from surveys.models import ProfileQuestion
from surveys.questionnaire.asking import QUESTION_KINDS

MOST_OPTIONS, LONGEST_OPTION = 50, 200
_OPTIONS = Texts(word=_("Options"), pair=(_("Options in Chinese"), _("Options in English")))


class OptionLinesField(forms.CharField):
    """One text per line; empty lines are left out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=12_000, widget=forms.Textarea(attrs={"rows": 6}), **kwargs)

    def to_python(self, value: Any) -> str:
        lines = (line.strip() for line in super().to_python(value).splitlines())
        return "\n".join(line for line in lines if line)


class ProfileQuestionForm(ContentForm):
    """A question about the respondent, in the languages of the survey; options in a field for each."""

    pairs = (("kind", "code"),)

    class Meta:
        model = ProfileQuestion
        fields = ("kind", "code", "text")
        error_messages = {"code": {"invalid": _("Take letters a–z, digits and hyphens only.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place, language in enumerate(self.languages):
            note = _("In the same order, as many as above.") if place else _("One per line; a short text has none.")
            name = f"options_{suffix_of(language)}"
            self.fields[name] = OptionLinesField(label=_OPTIONS.label(language), help_text=note)
            self.initial[name] = "\n".join(option.get(language, "") for option in self.instance.options)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("kind") and not QUESTION_KINDS[values["kind"]].has_options:
            return values | dict.fromkeys(self._option_names, "")
        lines = [values.get(name, "").splitlines() for name in self._option_names]
        if len(lines[0]) < 2:
            self.add_error(self._option_names[0], _("A choice needs at least two options."))
        for name, found in zip(self._option_names[1:], lines[1:], strict=True):
            if len(found) != len(lines[0]) >= 2:
                words = _("There are %(first)s options in the first language and %(here)s here; each needs both.")
                self.add_error(name, forms.ValidationError(words, params={"first": len(lines[0]), "here": len(found)}))
        for name, found in zip(self._option_names, lines, strict=True):
            self._check_lines(name, found)
        return values

    @property
    def _option_names(self) -> list[str]:
        return [f"options_{suffix_of(language)}" for language in self.languages]

    def values(self) -> dict[str, Any]:
        """What was entered, once the form is valid; options as texts by language."""
        held = dict(self.cleaned_data)
        lines = [held.pop(name).splitlines() for name in self._option_names]
        options = (dict(zip(self.languages, texts, strict=True)) for texts in zip(*lines, strict=True))
        return held | {"options": tuple(options)}

    def _check_lines(self, name: str, lines: list[str]) -> None:
        twice = next((line for line in lines if lines.count(line) > 1), None)
        if twice:
            self.add_error(name, forms.ValidationError(_("“%(option)s” appears twice."), params={"option": twice[:60]}))
        if len(lines) > MOST_OPTIONS or any(len(line) > LONGEST_OPTION for line in lines):
            self.add_error(
                name,
                forms.ValidationError(
                    _("At most %(most)s options of at most %(long)s characters."),
                    params={"most": MOST_OPTIONS, "long": LONGEST_OPTION},
                ),
            )
