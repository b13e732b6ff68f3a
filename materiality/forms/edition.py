"""Forms of editions: starting a draft, publishing and discarding it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class StartDraftForm(forms.Form):
    """What the next edition is called."""

    code = forms.SlugField(
        label=_("Code"),
        max_length=40,
        help_text=_("Short name in addresses and files: letters a–z, digits and hyphens. It cannot change later."),
    )
    title_zh = forms.CharField(label=_("Chinese title"), max_length=200)
    title_en = forms.CharField(label=_("English title"), max_length=200)
    note = forms.CharField(
        label=_("Note on the edition"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What the review is about, for those who look back."),
    )


class PublishForm(forms.Form):
    """Publishing; with warnings, why it is published all the same."""

    acknowledged = forms.CharField(
        label=_("Why it is published all the same"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, must_acknowledge: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["acknowledged"].required = must_acknowledge


class DiscardForm(forms.Form):
    """Discarding; the reason goes into the audit trail."""

    reason = forms.CharField(label=_("Reason"), required=False, max_length=500)
