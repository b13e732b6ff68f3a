"""Form of a profile question."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from materiality.forms.fields import ContentForm
from surveys.models import ProfileQuestion
from surveys.questionnaire.asking import QUESTION_KINDS

MOST_OPTIONS, LONGEST_OPTION = 50, 200


class OptionLinesField(forms.CharField):
    """One text per line; empty lines are left out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=12_000, widget=forms.Textarea(attrs={"rows": 6}), **kwargs)

    def to_python(self, value: Any) -> str:
        lines = (line.strip() for line in super().to_python(value).splitlines())
        return "\n".join(line for line in lines if line)


class ProfileQuestionForm(ContentForm):
    """A question about the respondent, in both languages."""

    pairs = (("kind", "code"),)

    options_zh = OptionLinesField(label=_("Options in Chinese"), help_text=_("One per line; a short text has none."))
    options_en = OptionLinesField(
        label=_("Options in English"), help_text=_("In the same order, as many as in Chinese.")
    )

    class Meta:
        model = ProfileQuestion
        fields = ("kind", "code", "text")
        error_messages = {"code": {"invalid": _("Take letters a–z, digits and hyphens only.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("zh", "en"):
            self.initial[f"options_{name}"] = "\n".join(option[name] for option in self.instance.options)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("kind") and not QUESTION_KINDS[values["kind"]].has_options:
            values["options_zh"] = values["options_en"] = ""
            return values
        zh, en = (values.get(name, "").splitlines() for name in ("options_zh", "options_en"))
        if len(zh) < 2:
            self.add_error("options_zh", _("A choice needs at least two options."))
        elif len(zh) != len(en):
            self.add_error(
                "options_en",
                forms.ValidationError(
                    _("There are %(zh)s options in Chinese and %(en)s in English; each needs both."),
                    params={"zh": len(zh), "en": len(en)},
                ),
            )
        for name, lines in (("options_zh", zh), ("options_en", en)):
            self._check_lines(name, lines)
        return values

    def values(self) -> dict[str, Any]:
        """What was entered, once the form is valid; options as pairs."""
        held = dict(self.cleaned_data)
        lines = (held.pop(name).splitlines() for name in ("options_zh", "options_en"))
        return held | {"options": tuple(zip(*lines, strict=True))}

    def _check_lines(self, name: str, lines: list[str]) -> None:
        twice = next((line for line in lines if lines.count(line) > 1), None)
        if twice:
            self.add_error(name, forms.ValidationError(_("“%(option)s” stands twice."), params={"option": twice[:60]}))
        if len(lines) > MOST_OPTIONS or any(len(line) > LONGEST_OPTION for line in lines):
            self.add_error(
                name,
                forms.ValidationError(
                    _("At most %(most)s options of at most %(long)s characters."),
                    params={"most": MOST_OPTIONS, "long": LONGEST_OPTION},
                ),
            )
