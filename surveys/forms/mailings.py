"""The form of a mailing."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from surveys.actions.mailings import MOST_A_MINUTE
from surveys.invitations.mail import TEXTS, text_problems
from surveys.models import Mailing

_SUFFIXES = {"zh-hans": "zh", "en": "en"}


class _BodyField(forms.CharField):
    def __init__(self, label: Any) -> None:
        super().__init__(
            label=label, max_length=10_000, required=False, strip=False, widget=forms.Textarea(attrs={"rows": 11})
        )


class MailingForm(forms.Form):
    """Kind, texts in both languages, and how fast the mails go out."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Mailing.Kind.choices)
    subject_zh = forms.CharField(label=gettext_lazy("Chinese subject"), max_length=200, required=False)
    subject_en = forms.CharField(label=gettext_lazy("English subject"), max_length=200, required=False)
    body_zh = _BodyField(gettext_lazy("Chinese text"))
    body_en = _BodyField(gettext_lazy("English text"))
    per_minute = forms.IntegerField(
        label=gettext_lazy("Mails a minute"),
        min_value=1,
        max_value=MOST_A_MINUTE,
        initial=60,
        help_text=gettext_lazy("As many as your mail provider allows."),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        texts = {name: values.get(name, "") for name in TEXTS}
        for name, sentences in text_problems(texts).items():
            if name not in self.errors:
                for sentence in sentences:
                    self.add_error(name, sentence)
        return values

    def texts(self) -> dict[str, str]:
        """The texts, line ends as one character."""
        return {name: self.cleaned_data[name].replace("\r\n", "\n") for name in TEXTS}


def first_texts(kind: str) -> dict[str, str]:
    """Texts of an invitation or a reminder to begin with, in both languages."""
    found = {}
    for language in settings.ORGANISATION:
        with translation.override(language):
            subject, body = _reminder() if kind == Mailing.Kind.REMINDER else _invitation()
        found |= {f"subject_{_SUFFIXES[language]}": subject, f"body_{_SUFFIXES[language]}": body}
    return found


def _invitation() -> tuple[str, str]:
    return _("{organisation}: {title}"), _(
        "{name},\n\n{organisation} is finding out which issues matter most, and asks for your view. It takes a few "
        "minutes, on a phone too. You can stop at any time and go on with the same link.\n\n{link}\n\nThe survey "
        "closes: {closes}. The link is yours alone: please do not pass it on.\n\nYou want no mails about our surveys? "
        "{unsubscribe}"
    )


def _reminder() -> tuple[str, str]:
    return _("Reminder: {title}"), _(
        "{name},\n\nyour answer is still missing. It takes a few minutes, and what you have begun is kept.\n\n"
        "{link}\n\nThe survey closes: {closes}.\n\nYou want no mails about our surveys? {unsubscribe}"
    )
