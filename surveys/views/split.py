"""Staff page on which a survey is split, and given an attention question."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from materiality.permissions import can_edit_cycle, needs
from materiality.refusals import NotAllowed
from surveys.actions.set_split import FIELDS, set_split
from surveys.forms.plans import SplitForm
from surveys.models import Survey
from surveys.queries.issue_ticks import issue_ticks
from surveys.queries.plans import asked_issues
from surveys.views.survey_of import in_cycle, survey_of


@needs(can_edit_cycle)
def split(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Set the split and the attention question of a draft."""
    row = survey_of(code, survey)
    if row.state != Survey.State.DRAFT:
        messages.error(request, _("The survey was opened, and is frozen since then."))
        return redirect("survey", code, survey)
    issues = asked_issues(row)
    codes = [issue.code for issue in issues]
    as_it_is = {name: getattr(row, name) for name in FIELDS}
    form = SplitForm(request.POST or None, codes=codes, k=row.k, initial=as_it_is)
    if request.method == "POST" and form.is_valid():
        try:
            set_split(survey=row, **form.cleaned_data, by=request.user)
        except NotAllowed as refusal:
            form.add_error(None, refusal.reason)
        else:
            messages.success(request, _("The split is saved."))
            return redirect("survey_plan", code, survey)
    categories = issue_ticks(issues, set(form["core"].value() or ()))
    context = in_cycle(row.cycle, "survey", survey=row, form=form, categories=categories, issues=len(codes))
    return render(request, "surveys/split.html", context)
