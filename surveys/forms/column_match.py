"""Forms of a saved column match: its name, and the box that confirms its deletion."""

from django import forms
from django.core.validators import validate_slug
from django.utils.translation import gettext_lazy as _

from surveys.forms.import_match import RESERVED


class RenameForm(forms.Form):
    """Another name for a saved match."""

    name = forms.CharField(
        label=_("Name of the match"),
        max_length=60,
        validators=[validate_slug],
        error_messages={"invalid": _("Use letters without accents, digits, hyphens and underscores only.")},
        help_text=_("Under this name it is offered where files are uploaded, and taken by the command."),
    )

    def clean_name(self) -> str:
        """A name of its own: those of the ready-made matches are taken."""
        name = self.cleaned_data["name"].strip()
        if name in RESERVED:
            raise forms.ValidationError(_("This name belongs to a ready-made match. Choose another."))
        return name


class DeleteForm(forms.Form):
    """Deleting a match, with the box that confirms it."""

    sure = forms.BooleanField(
        label=_("This match shall be deleted"),
        error_messages={"required": _("Tick the box: it cannot be undone.")},
    )
