"""Forms of proposals for the library and of the calendar."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from materiality.models import Issue, Proposal
from materiality.queries.proposals import TEXTS, ProposalValues, issues_in_force, what_is_wrong


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class ProposalForm(forms.Form):
    """A proposal of a member of staff."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Proposal.Kind.choices, widget=forms.RadioSelect)
    issue = forms.ModelChoiceField(
        label=_("Issue"),
        queryset=None,
        required=False,
        empty_label="–",
        help_text=_("The issue to change or retire; empty for a new one."),
    )
    name_zh = forms.CharField(label=_("Chinese name"), required=False, max_length=200)
    name_en = forms.CharField(label=_("English name"), required=False, max_length=200)
    text_zh = forms.CharField(label=_("Chinese definition"), required=False, max_length=5_000, widget=_area(3))
    text_en = forms.CharField(label=_("English definition"), required=False, max_length=5_000, widget=_area(3))
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=20_000,
        widget=_area(4),
        help_text=_("Why the library should change. Leave out what could point to a person."),
    )
    source = forms.CharField(
        label=_("Source"),
        required=False,
        max_length=300,
        help_text=_("Where it comes from: a standard, a meeting, a report, a link."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["issue"].queryset = issues_in_force()
        self.fields["issue"].label_from_instance = _issue_label

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.errors:
            for name, words in what_is_wrong(self.values()).items():
                self.add_error(name, words)
        return self.cleaned_data

    def values(self) -> ProposalValues:
        """What was entered."""
        entered = self.cleaned_data
        texts = {name: entered.get(name, "") for name in TEXTS}
        return ProposalValues(entered["kind"], entered.get("issue"), **texts)


class DecisionForm(forms.Form):
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


class ProposalFileForm(forms.Form):
    """A file of proposals."""

    file = forms.FileField(label=_("File"), max_length=255, allow_empty_file=True)


class CalendarForm(forms.Form):
    """How often the library is reviewed and stakeholders are surveyed."""

    review_months = forms.IntegerField(
        label=_("Months from one review of the library to the next"), min_value=1, max_value=60
    )
    survey_months = forms.IntegerField(label=_("Months from one survey to the next"), min_value=1, max_value=60)
    remind_days_before = forms.IntegerField(
        label=_("Days before the due date when staff are reminded"), min_value=0, max_value=365
    )


def _issue_label(issue: Issue) -> str:
    return f"{issue.code} {issue.name}"
