"""Forms of the content index: what it claims, a decision on a disclosure, an acceptance."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from materiality.forms.fields import form_field
from materiality.models import Cycle
from reports.models import ContentIndex, IndexDecision


class ContentIndexForm(forms.ModelForm):
    """What the index says of itself; sector standards as numbers with versions."""

    sectors = forms.CharField(
        label=_("Sector standards"), required=False, help_text=_("Number and version, such as 12@1.0.")
    )

    published_on = form_field(Cycle._meta.get_field("published_on"))
    field_order = ("claim", "sectors", "published_on")

    class Meta:
        model = ContentIndex
        fields = ("claim", "sectors", "notified_on", "pages")
        formfield_callback = form_field

    def __init__(self, *args: Any, instance: ContentIndex, **kwargs: Any) -> None:
        told = {"sectors": "; ".join(instance.sectors), "published_on": instance.cycle.published_on}
        super().__init__(*args, instance=instance, initial=told, **kwargs)

    def clean_sectors(self) -> list[str]:
        return [part for part in self.cleaned_data["sectors"].replace("；", ";").replace(";", " ").split() if part]


class PlacementForm(forms.ModelForm):
    """Disclosures that are ticked, and the section that they go into or what is decided of them."""

    identity = forms.MultipleChoiceField(
        error_messages={
            "required": _("Tick at least one disclosure."),
            "invalid_choice": _("Nothing asks for %(value)s (any more)."),
        }
    )
    order = forms.IntegerField(required=False)

    class Meta:
        model = IndexDecision
        fields = ("state", "requirement", "reason", "explanation")

    def __init__(self, *args: Any, keys: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["identity"].choices = [(key, key) for key in keys]
        self.fields["state"].required = False

    def chosen(self) -> list[str]:
        """What is ticked, for the page that comes back."""
        return self["identity"].value() or []
