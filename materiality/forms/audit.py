"""Form of the audit trail's filters."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from materiality.forms.fields import DateInput
from materiality.models import AuditColumns, AuditPerson
from materiality.platform.words import action_sentence, names_about, object_word
from materiality.queries.audit import TrailFilter, person_name


class TrailForm(forms.Form):
    """Filters, all optional; `object_id` comes with a link to one object's events."""

    person = forms.ChoiceField(label=_("Person"), required=False)
    action = forms.ChoiceField(label=_("Action"), required=False)
    object_type = forms.ChoiceField(label=_("Kind of object"), required=False)
    q = forms.CharField(label=_("Object or reason"), required=False, max_length=200)
    first_day = forms.DateField(label=_("From"), required=False, widget=DateInput())
    last_day = forms.DateField(label=_("To"), required=False, widget=DateInput())
    object_id = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = sorted(AuditPerson.objects.all(), key=lambda person: (not person.name, person.name))
        self.fields["person"].choices = [
            ("", _("Everybody")),
            *((str(person.reference), _label(person)) for person in people),
        ]
        self.fields["action"].choices = [("", _("All actions")), *_actions()]
        self.fields["object_type"].choices = [("", _("All kinds")), *_types()]

    def wanted(self) -> TrailFilter:
        """The filters; those that make no sense are left out."""
        self.is_valid()
        return TrailFilter(**self.cleaned_data)


def _actions() -> list[tuple[str, str]]:
    return sorted(((name, action_sentence(name, "…")) for name in names_about("action")), key=lambda pair: pair[1])


def _types() -> list[tuple[str, str]]:
    """Every type that an event speaks of, or touched."""
    names = set(AuditColumns.objects.values_list("object_type", flat=True))
    return sorted(((name, object_word(name)) for name in names), key=lambda pair: pair[1])


def _label(person: AuditPerson) -> str:
    """Erased persons are told apart by the head of their reference."""
    return person.name or f"{person_name(person)} {str(person.reference)[:8]}"
