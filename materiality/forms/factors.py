"""Forms of second factors."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CodeForm(forms.Form):
    """A code of six digits, or a recovery code."""

    code = forms.CharField(
        label=pgettext_lazy("login", "Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True}),
    )


class PasskeyForm(forms.Form):
    """What the browser gives back, and what the person calls the device."""

    answer = forms.JSONField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name of the device"), max_length=80, required=False)
