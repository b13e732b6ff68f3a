"""The form of the organisation's name."""

from materiality.forms.fields import ContentForm, form_field
from materiality.models import Organisation


class OrganisationForm(ContentForm):
    class Meta:
        model = Organisation
        fields = ("name",)
        formfield_callback = form_field
