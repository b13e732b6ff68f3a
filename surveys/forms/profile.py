"""Form of a profile question."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.actions.profile import QuestionValues
from surveys.models import ProfileQuestion
from surveys.questionnaire.asking import QUESTION_KINDS

MOST_OPTIONS, LONGEST_OPTION = 50, 200


class LinesField(forms.CharField):
    """One text per line; empty lines are left out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=12_000, widget=forms.Textarea(attrs={"rows": 6}), **kwargs)

    def to_python(self, value: Any) -> str:
        lines = (line.strip() for line in super().to_python(value).splitlines())
        return "\n".join(line for line in lines if line)


class ProfileQuestionForm(forms.Form):
    """A question about the respondent, in both languages."""

    field_order = ("kind", "code")
    pairs = (("kind", "code"),)

    code = forms.SlugField(
        label=_("Code"),
        max_length=40,
        help_text=_("Names the question in exports: letters a–z, digits and hyphens."),
        error_messages={"invalid": _("Take letters a–z, digits and hyphens only.")},
    )
    kind = forms.ChoiceField(label=_("Kind of answer"), choices=ProfileQuestion._meta.get_field("kind").choices)
    text_zh = forms.CharField(label=_("Question in Chinese"), max_length=300)
    text_en = forms.CharField(label=_("Question in English"), max_length=300)
    options_zh = LinesField(label=_("Options in Chinese"), help_text=_("One per line; a short text has none."))
    options_en = LinesField(label=_("Options in English"), help_text=_("In the same order, as many as in Chinese."))

    def __init__(self, *args: Any, question: ProfileQuestion | None = None, **kwargs: Any) -> None:
        super().__init__(*args, initial=_as_it_is(question) if question else None, **kwargs)

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

    def values(self) -> QuestionValues:
        """What was entered, once the form is valid."""
        held = self.cleaned_data
        options = zip(held["options_zh"].splitlines(), held["options_en"].splitlines(), strict=True)
        return QuestionValues(held["code"], held["kind"], held["text_zh"], held["text_en"], tuple(options))

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


def _as_it_is(question: ProfileQuestion) -> dict[str, str]:
    found = {name: getattr(question, name) for name in ("code", "kind", "text_zh", "text_en")}
    lines = {name: "\n".join(option[name] for option in question.options) for name in ("zh", "en")}
    return found | {f"options_{name}": text for name, text in lines.items()}
