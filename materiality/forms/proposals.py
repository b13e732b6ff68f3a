"""Forms of proposals for the library and of the calendar."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from materiality.forms.fields import ContentForm, form_field
from materiality.models import Calendar, Issue, Proposal
from materiality.queries.proposals import ProposalValues, issues_in_force, what_is_wrong


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class ProposalForm(ContentForm):
    """A proposal of a member of staff."""

    notes = {"text": _("Name and definition as they should read; for a change, only what is to change.")}

    class Meta:
        model = Proposal
        fields = ("kind", "issue", "name", "text", "reason", "source")
        labels = {"issue": _("Issue")}
        formfield_callback = form_field
        labels = {"issue": _("Issue")}
        widgets = {"kind": forms.RadioSelect, "reason": _area(4)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["issue"].queryset = issues_in_force()
        self.fields["issue"].empty_label = "–"
        self.fields["issue"].label_from_instance = _issue_label

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.errors:
            for name, words in what_is_wrong(self.values()).items():
                self.add_error(name, words)
        return self.cleaned_data

    def values(self) -> ProposalValues:
        """What was entered."""
        entered, texts = self.cleaned_data, {"name": {}, "text": {}}
        for name, column in self.spoken.items():
            texts[column.field.name][column.language] = entered.get(name, "")
        plain = {name: entered.get(name, "") for name in ("reason", "source")}
        return ProposalValues(entered["kind"], entered.get("issue"), **texts, **plain)


class ProposalDecisionForm(forms.Form):
    """What is decided on a proposal, and why."""

    state = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (Proposal.State.ACCEPTED, _("Accept")),
            (Proposal.State.DECLINED, _("Decline")),
            (Proposal.State.DEFERRED, _("Defer to the next review")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), max_length=20_000, widget=_area(3))
    seen = forms.ChoiceField(choices=Proposal.State.choices, widget=forms.HiddenInput)


class CalendarForm(forms.ModelForm):
    """How often the library is reviewed and stakeholders are surveyed."""

    class Meta:
        model = Calendar
        fields = ("review_months", "survey_months", "remind_days_before")
        formfield_callback = form_field


def _issue_label(issue: Issue) -> str:
    return f"{issue.code} {issue.name}"
