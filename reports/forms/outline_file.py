"""Form of the upload of an outline."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from materiality.models import Cycle


class OutlineFileForm(forms.Form):
    """A CSV or XLSX file, and the GRI edition that its codes are of."""

    file = forms.FileField(label=_("Outline file"), allow_empty_file=True, help_text=_("CSV or XLSX"))
    gri_edition = forms.ChoiceField(
        label=_("GRI edition of the codes"),
        choices=Cycle.GriEdition.choices,
        help_text=_("If it is not the cycle's own, the cycle takes it over."),
    )

    def __init__(self, *args: Any, cycle: Cycle, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, initial={"gri_edition": cycle.gri_edition}, **kwargs)
        self.too_large = too_large

    def clean(self) -> dict[str, Any]:
        if self.too_large:
            self.errors.pop("file", None)
            raise forms.ValidationError(_("The file is larger than this installation takes."))
        return super().clean()
