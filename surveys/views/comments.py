"""Open answers of surveys, which staff can make proposals for the library."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from materiality.forms.proposals import ProposalForm
from materiality.permissions import can_propose, can_see_responses, needs
from materiality.refusals import NotAllowed
from surveys.actions.promote_comment import promote_comment
from surveys.models import Survey
from surveys.queries.open_answers import OpenAnswer, answer_rows, find_answer, open_answers, surveys_with_answers

PER_PAGE = 50


@needs(can_see_responses)
def comments(request: HttpRequest) -> HttpResponse:
    """The open answers of a survey; `?survey=` chooses it, the newest one with answers is shown first."""
    surveys = surveys_with_answers()
    wanted = request.GET.get("survey", "")
    survey = next((each for each in surveys if each.code == wanted), surveys[0] if surveys else None)
    context = {"section": "library", "surveys": surveys, "survey": survey}
    if survey:
        page = Paginator(answer_rows(survey), PER_PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "answers": open_answers(survey, page), "may_propose": can_propose(request.user)}
    return render(request, "surveys/comments.html", context)


@needs(can_see_responses)
@needs(can_propose)
def promote(request: HttpRequest, survey: str, reference: str) -> HttpResponse:
    """Make an open answer a proposal."""
    row = get_object_or_404(Survey, code=survey)
    answer = find_answer(row, reference)
    if answer is None:
        raise Http404
    form = ProposalForm(request.POST or None, initial={"kind": "new", "reason": answer.text})
    del form.fields["source"]
    if request.method == "POST" and form.is_valid() and _promoted(request, answer, form):
        return redirect("proposals")
    return render(request, "materiality/new_proposal.html", _promote_page(answer, row) | {"form": form})


def _promote_page(answer: OpenAnswer, survey: Survey) -> dict:
    lead = _("The respondent's words become the reason. Shorten them where they could point to a person.")
    texts = {"title": _("Make it a proposal"), "heading": _("Make an open answer a proposal"), "lead": lead}
    texts |= {"back": _("Open answers"), "cancel": f"{reverse('comments')}?survey={survey.code}"}
    made = {"made": answer.proposal, "made_words": _("This open answer is a proposal already.")}
    return texts | made | {"see": _("See the proposal"), "section": "library"}


def _promoted(request: HttpRequest, answer: OpenAnswer, form: ProposalForm) -> bool:
    try:
        promote_comment(survey=answer.survey, reference=answer.reference, values=form.values(), by=request.user)
    except NotAllowed as refusal:
        form.add_error(None, refusal.reason)
        return False
    messages.success(request, _("The open answer is a proposal now."))
    return True
