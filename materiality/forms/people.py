"""Forms of members of staff."""

from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext_lazy as _

from materiality.models import User
from materiality.models.people import Role


class NewPersonForm(forms.Form):
    """A new account; its password is made by the application."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        validators=[UnicodeUsernameValidator()],
        help_text=_("For logging in: letters, digits and @ . + - _"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    name = forms.CharField(label=_("Name"), max_length=150, help_text=_("As it stands in the audit trail."))
    email = forms.EmailField(label=_("E-mail"), required=False)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.VIEWER)


class PersonForm(forms.Form):
    """An account that exists."""

    name = forms.CharField(label=_("Name"), max_length=150)
    email = forms.EmailField(label=_("E-mail"), required=False)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    is_active = forms.BooleanField(
        label=_("May log in"), required=False, help_text=_("Whoever has left is deactivated; what they did stays.")
    )

    def __init__(self, *args: Any, person: User, by: User, **kwargs: Any) -> None:
        initial = {"name": str(person), "email": person.email, "role": person.role, "is_active": person.is_active}
        super().__init__(*args, initial=initial, **kwargs)
        if person == by:
            # A field that is disabled keeps its value whatever is sent.
            self.fields["role"].disabled = self.fields["is_active"].disabled = True
