"""Staff pages of a survey's profile questions."""

from copy import copy

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from materiality.platform.bilingual import text_of
from materiality.platform.pages import button, onward, refusals, sent, turned_away
from materiality.platform.people import can_edit_cycle, needs
from materiality.views.cycles import in_cycle
from surveys.actions.profile import move_profile_question, remove_profile_question, save_profile_question
from surveys.forms.profile import ProfileQuestionForm
from surveys.models import ProfileQuestion, Survey
from surveys.views.surveys import survey_in_cycle


@needs(can_edit_cycle)
def new_profile_question(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    return _edited(request, survey_in_cycle(code, survey), None)


@needs(can_edit_cycle)
def profile_question(request: HttpRequest, code: str, survey: str, pk: int) -> HttpResponse:
    question = _question(code, survey, pk)
    return _edited(request, survey_in_cycle(code, survey), question)


@button(can_edit_cycle, back="profile_questions")
def question_move(request: HttpRequest, code: str, survey: str, pk: int) -> None:
    """Ask a question one place earlier (`go=up`) or later."""
    question = _question(code, survey, pk)
    move_profile_question(question=question, up=request.POST.get("go") == "up", by=request.user)


@button(can_edit_cycle, back="profile_questions")
def question_remove(request: HttpRequest, code: str, survey: str, pk: int) -> str:
    remove_profile_question(question=_question(code, survey, pk), by=request.user)
    return _("The question is removed.")


def _question(code: str, survey: str, pk: int) -> ProfileQuestion:
    rows = ProfileQuestion.objects.select_related("survey")
    return get_object_or_404(rows, survey__cycle__code=code, survey__code=survey, pk=pk)


def _edited(request: HttpRequest, row: Survey, question: ProfileQuestion | None) -> HttpResponse:
    if row.state != Survey.State.DRAFT:
        why = _("The survey was opened and is frozen.")
        return turned_away(request, why, "profile_questions", row.cycle.code, row.code)
    form = ProfileQuestionForm(request.POST or None, instance=copy(question))
    if sent(request, form):
        with refusals(form):
            save_profile_question(survey=row, values=form.values(), question=question, by=request.user)
            return onward(request, _("The question is saved."), "profile_questions", row.cycle.code, row.code)
    heading = _("Change the question") if question else _("Add a question")
    texts = {"title": text_of(question, "text") if question else heading, "heading": heading, "button": _("Save")}
    texts |= {"lead": _("Write it in every language, short enough for a phone."), "back": _("Profile questions")}
    cancel = reverse("profile_questions", args=[row.cycle.code, row.code])
    context = in_cycle(row.cycle, "survey", survey=row, form=form, guarded=True, cancel=cancel, **texts)
    return render(request, "materiality/form.html", context)
