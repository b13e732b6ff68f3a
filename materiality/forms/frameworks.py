"""The form of a framework of one's own: by whom, from when until when, and what follows it."""

from typing import Any

from django import forms

from materiality.forms.fields import form_field
from materiality.models import Framework


class FrameworkForm(forms.ModelForm):
    class Meta:
        model = Framework
        fields = ("publisher", "in_force_from", "in_force_until", "successor")
        formfield_callback = form_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = Framework.objects.exclude(pk=self.instance.pk)
