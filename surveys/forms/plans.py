"""Forms of what each group is asked."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from materiality.forms.fields import chosen_from, form_field
from surveys.actions.plans import SPLIT, GroupAsked
from surveys.models import Survey
from surveys.queries.plans import PlannedGroup


class GroupPlanForm(forms.Form):
    """One group's row on the page of plans; in an opened survey only the expected responses can be changed."""

    society = forms.BooleanField(required=False)
    business = forms.BooleanField(required=False)
    expected = forms.IntegerField(required=False, min_value=0, max_value=100_000_000)

    def __init__(self, data: Any = None, *, planned: PlannedGroup, frozen: bool) -> None:
        plan = planned.plan
        initial = {"society": plan.society, "business": plan.business, "expected": plan.expected or None}
        super().__init__(data, prefix=planned.group.code, initial=initial)
        self.planned, self.code = planned, planned.group.code
        for name, label in (
            ("society", _("%(group)s rates the impact on society")),
            ("business", _("%(group)s rates the impact on the business")),
            ("expected", _("Responses expected of %(group)s")),
        ):
            self.fields[name].widget.attrs["aria-label"] = label % {"group": planned.group.name}
            self.fields[name].disabled = frozen and name != "expected"
        if planned.group.target:
            self.fields["expected"].widget.attrs["placeholder"] = str(planned.group.target)

    def asked(self, left_out: frozenset[str] | None) -> GroupAsked:
        """What was entered; empty expected responses mean the group's target."""
        values = self.cleaned_data
        return GroupAsked(values["society"], values["business"], values["expected"] or 0, left_out)


class SplitForm(forms.ModelForm):
    """How a survey is split, and its attention question."""

    class Meta:
        model = Survey
        fields = SPLIT
        formfield_callback = form_field

    def __init__(self, *args: Any, codes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        column = Survey._meta.get_field
        self.fields["core"] = forms.MultipleChoiceField(
            label=column("core").verbose_name,
            required=False,
            choices=[(code, code) for code in codes],
            error_messages={"invalid_choice": gettext_lazy("The survey does not ask about %(value)s.")},
        )
        scale = [(value, str(value)) for value in range(1, self.instance.k + 1)]
        self.fields["attention_value"] = chosen_from(column("attention_value"), scale)
        self.issues = len(codes)

    def clean(self) -> dict[str, Any]:
        """A part is smaller than the whole, or the survey is not split."""
        values = super().clean()
        if values.get("split") and values.get("split_issues", 0) > self.issues:
            problem = ngettext(
                "The survey asks about %(issues)s issue: a part cannot hold more.",
                "The survey asks about %(issues)s issues: a part cannot hold more.",
                self.issues,
            )
            self.add_error("split_issues", problem % {"issues": self.issues})
        return values
