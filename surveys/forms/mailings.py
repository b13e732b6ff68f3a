"""The form of a mailing."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from materiality.forms.fields import ContentForm, form_field
from materiality.platform.bilingual import speaking, suffix_of
from surveys.invitations.mail import text_problems
from surveys.models import Mailing


class MailingForm(ContentForm):
    """Kind, texts in both languages, and how fast the mails go out."""

    class Meta:
        model = Mailing
        fields = ("kind", "subject", "body", "per_minute")
        formfield_callback = form_field
        widgets = {"body": forms.Textarea(attrs={"rows": 11})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, text in self.spoken.items():
            self.fields[name].required = False  # said with all else that is wrong with a text
            self.fields[name].strip = not text.field.long

    def clean(self) -> dict[str, Any]:
        """The texts, line ends as one character."""
        values = super().clean()
        values |= {name: values.get(name, "").replace("\r\n", "\n") for name in self.spoken}
        for name, sentences in text_problems(values).items():
            if name not in self.errors:
                for sentence in sentences:
                    self.add_error(name, sentence)
        return values


def first_texts(kind: str, languages: Sequence[str]) -> dict[str, str]:
    """Texts of an invitation or a reminder to begin with, in these languages."""
    found = {}
    for language in languages:
        with speaking(language, languages):
            subject, body = _reminder() if kind == Mailing.Kind.REMINDER else _invitation()
        found |= {f"subject_{suffix_of(language)}": subject, f"body_{suffix_of(language)}": body}
    return found


def _invitation() -> tuple[str, str]:
    return _("{organisation}: {title}"), _(
        "{name},\n\n{organisation} is finding out which issues matter most, and asks for your view, on a phone too. "
        "{brief}\n\n{link}\n\nYou can stop at any time and go on with the same link. It is yours alone: please do not "
        "pass it on.\n\nYou want no mails about our surveys? {unsubscribe}"
    )


def _reminder() -> tuple[str, str]:
    return _("Reminder: {title}"), _(
        "{name},\n\nyour answer is still missing; what you have begun is kept. {brief}\n\n{link}\n\n"
        "You want no mails about our surveys? {unsubscribe}"
    )
