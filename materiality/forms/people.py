"""Forms of members of staff and of their second factors."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from materiality.models import User


class NewPersonForm(forms.ModelForm):
    """A new account; its password is made by the application."""

    class Meta:
        model = User
        fields = ("username", "first_name", "email", "role")
        widgets = {"username": forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"})}

    def validate_unique(self) -> None:
        """Left to the action, to which Li and li are one name."""


class PersonForm(forms.ModelForm):
    """An account that exists."""

    class Meta:
        model = User
        fields = ("first_name", "email", "role", "cycles", "is_active")
        widgets = {"cycles": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["first_name"] = str(self.instance)
        self.fields["first_name"].help_text = ""
        if self.instance == by:
            # A field that is disabled keeps its value whatever is sent.
            self.fields["role"].disabled = self.fields["is_active"].disabled = True


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
