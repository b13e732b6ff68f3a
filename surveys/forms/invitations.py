"""Forms of invitations: batches, bounces, and the mails."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from materiality.forms.fields import ContentForm, form_field
from materiality.platform.bilingual import speaking, suffix_of
from surveys.actions.invitations import LARGEST_BATCH
from surveys.invitations.mail import text_problems
from surveys.models import Mailing, Survey


class BatchForm(forms.Form):
    """A batch of personal links for one group."""

    group = forms.ModelChoiceField(queryset=None, label=_("Group"), empty_label=None)
    size = forms.IntegerField(
        label=_("Number of links"),
        min_value=1,
        max_value=LARGEST_BATCH,
        help_text=_("One link is for one person. A batch of millions takes no more room than one of ten."),
    )
    label = forms.CharField(
        label=_("Label"), max_length=120, required=False, help_text=_("What the links are for; shown to staff only.")
    )

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = survey.cycle.groups.all()
        self.fields["group"].label_from_instance = lambda group: group.name


class VoidForm(forms.Form):
    """Making the links of a batch void, with the box that confirms it."""

    reason = forms.CharField(label=_("Reason"), max_length=300, help_text=_("It is kept in the audit trail."))
    sure = forms.BooleanField(
        label=_("All links handed out so far shall lead nowhere from now on"),
        error_messages={"required": _("Tick the box: it cannot be undone.")},
    )


class BouncesForm(forms.Form):
    """Addresses that do not work, as a file or pasted."""

    file = forms.FileField(
        label=_("File"), required=False, help_text=_("CSV or text with a column of addresses, up to 5 MB.")
    )
    text = forms.CharField(
        label=_("Or paste"),
        required=False,
        max_length=900_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Every mail address in the text is taken, whatever stands around it."),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        file = values.get("file")
        if file and file.size > 5_000_000:
            self.add_error("file", _("The file is larger than 5 MB."))
        elif not file and not values.get("text"):
            self.add_error("text", _("Choose a file or paste addresses."))
        return values

    def pasted(self) -> str:
        """All text, of the file and of the field."""
        file = self.cleaned_data.get("file")
        return (file.read().decode("utf-8", "replace") if file else "") + "\n" + self.cleaned_data["text"]


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
    return gettext("{organisation}: {title}"), gettext(
        "{name},\n\n{organisation} is finding out which issues matter most, and asks for your view, on a phone too. "
        "{brief}\n\n{link}\n\nYou can stop at any time and go on with the same link. It is yours alone: please do not "
        "pass it on.\n\nYou want no mails about our surveys? {unsubscribe}"
    )


def _reminder() -> tuple[str, str]:
    return gettext("Reminder: {title}"), gettext(
        "{name},\n\nyour answer is still missing; what you have begun is kept. {brief}\n\n{link}\n\n"
        "You want no mails about our surveys? {unsubscribe}"
    )
