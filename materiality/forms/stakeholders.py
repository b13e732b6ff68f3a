"""Forms of groups, of what they expect, and of engagement records."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from materiality.forms.fields import ContentForm, form_field
from materiality.models import Cycle, Engagement, Group, OwnGroup, StakeholderPoint
from materiality.platform.words import word_for
from materiality.queries.stakeholders import choosable_issues
from materiality.tables.headers import edited_fields


class GroupForm(ContentForm):
    """A group of its cycle; the code of one that is there stays."""

    class Meta:
        model = Group
        fields = [field.name for field in edited_fields(Group)]
        formfield_callback = form_field

    pairs = (("weight_society", "weight_business"),)
    notes = {
        "weight_society": _(
            "Weights are relative: 2 counts twice as much as 1, and 0 leaves the group out. Balanced scores use them as"
            " they are; pooled scores multiply them by the group's valid responses."
        )
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].disabled = self.instance.pk is not None
        for name in self.pairs[0]:  # as the method of the cycle, or of the newest, calls its axes
            self.fields[name].label = word_for("parameter", name)

    def clean_code(self) -> str:
        code = self.cleaned_data["code"]
        if self.instance.pk is None and self.instance.cycle.groups.filter(code=code).exists():
            raise forms.ValidationError(_("There is already a group with this code."))
        return code


class OwnGroupForm(GroupForm):
    """A group of the organisation; the code of one that is there stays."""

    class Meta(GroupForm.Meta):
        model = OwnGroup

    def clean_code(self) -> str:
        return self.cleaned_data["code"]  # that it is unique the model says


class PointForm(ContentForm):
    """One bullet in the languages of its cycle; some may be missing. Channels have a frequency."""

    class Meta:
        model = StakeholderPoint
        fields = ("text", "frequency")
        formfield_callback = form_field
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind != StakeholderPoint.Kind.CHANNEL and not self.instance.frequency:
            del self.fields["frequency"]


class EngagementForm(ContentForm):
    """An engagement record of its cycle."""

    class Meta:
        model = Engagement
        fields = ("kind", "group", "date", "participants", "title", "note", "issues")
        labels = {"group": _("Group")}
        formfield_callback = form_field
        labels = {"group": _("Group")}
        widgets = {"note": forms.Textarea(attrs={"rows": 6})}

    def __init__(self, *args: Any, cycle: Cycle, initial: dict | None = None, **kwargs: Any) -> None:
        initial = {"date": timezone.localdate(), **(initial or {})}
        super().__init__(*args, initial=initial, languages=cycle.languages, **kwargs)
        self.fields["group"].queryset = cycle.groups.all()
        self.fields["group"].label_from_instance = lambda group: group.name
        chosen = [issue.pk for issue in self.instance.issues.all()] if self.instance.pk else []
        self.fields["issues"].queryset = choosable_issues(cycle, chosen)

    def chosen(self) -> set[int]:
        """Primary keys of the issues that are ticked now."""
        return {int(getattr(value, "pk", value)) for value in self["issues"].value() or [] if _is_key(value)}


def _is_key(value: Any) -> bool:
    return hasattr(value, "pk") or str(value).isdecimal()


class AttachmentForm(forms.Form):
    """A file to attach."""

    file = forms.FileField(
        label=_("Attach a file"),
        help_text=_("PDF, PNG, JPEG, XLSX, DOCX, TXT or CSV, at most 20 MB; recognised by its contents."),
        max_length=255,
        allow_empty_file=True,
    )
