"""The respondent's pages of questions, and the last page with comment and submitting."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import ngettext

from materiality.bilingual import text_of
from materiality.refusals import NotAllowed
from materiality.scoring.codes import SKIPPED
from surveys.actions.save_ratings import save_ratings
from surveys.actions.submit_draft import submit_draft
from surveys.forms.answers import LONGEST_COMMENT, CommentForm, posted_codes
from surveys.queries.drafts_in_use import DraftInUse
from surveys.queries.questionnaire import Questionnaire, issues_bytes, questionnaire_of
from surveys.views import respond_cookies as cookies
from surveys.views.respond_pages import as_html, page, shown_language
from surveys.views.respond_visit import SeeOther, draft_of, for_respondents

END = "end/"


@for_respondents
def questions(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Page `number` of the questions, 1..n: GET shows it with what is saved, POST saves it and goes where asked."""
    draft = draft_of(request, code)
    questionnaire = questionnaire_of(draft.survey_id, draft.opened_at)
    if not 1 <= number <= questionnaire.n_pages:
        return SeeOther(f"/s/{code}/{min(max(number, 1), questionnaire.n_pages)}/")
    if request.method == "POST":
        return _save(request, code, number, draft, questionnaire)
    on_page = questionnaire.page(draft.key.bytes, number)
    issues = issues_bytes(questionnaire.issues_on(on_page), draft.ratings, shown_language())
    return page(
        request,
        "questions",
        fills={"issues": issues},
        action=request.path,
        number=number,
        last=questionnaire.n_pages + 1,
        name=text_of(questionnaire.categories[on_page.category], "name"),
        questionnaire=questionnaire,
    )


@for_respondents
def end(request: HttpRequest, code: str) -> HttpResponse:
    """The last page: what is left out, a comment, and the button that submits."""
    draft = draft_of(request, code)
    questionnaire = questionnaire_of(draft.survey_id, draft.opened_at)
    if request.method == "POST":
        return _finish(request, code, draft, questionnaire)
    return _last_page(request, draft, questionnaire, draft.comment)


def _save(
    request: HttpRequest, code: str, number: int, draft: DraftInUse, questionnaire: Questionnaire
) -> HttpResponse:
    issues = questionnaire.issues_on(questionnaire.page(draft.key.bytes, number))
    positions = [position for issue in issues for position in issue.positions]
    go = request.POST.get("go")
    if go == "clear":
        answers = dict.fromkeys(positions, SKIPPED)
    else:
        answers = posted_codes(request.POST, positions, questionnaire.survey.k)
    save_ratings(key=draft.key, known=draft.ratings, answers=answers)
    if go == "keep":
        return HttpResponse(status=204)
    target = number + {"next": 1, "back": -1}.get(go, 0)
    where = END if target > questionnaire.n_pages else f"{max(target, 1)}/"
    response = SeeOther(f"/s/{code}/{where}")
    cookies.remember_shown(response, request.POST)
    return response


def _finish(request: HttpRequest, code: str, draft: DraftInUse, questionnaire: Questionnaire) -> HttpResponse:
    form = CommentForm(request.POST)
    if not form.is_valid():
        error = form.errors["comment"][0]
        return _last_page(request, draft, questionnaire, request.POST.get("comment", "")[:20_000], error)
    save_ratings(key=draft.key, known=draft.ratings, comment=form.cleaned_data["comment"])
    go = request.POST.get("go")
    if go == "submit":
        return _submit(request, code, draft)
    if go == "keep":
        return HttpResponse(status=204)
    response = SeeOther(f"/s/{code}/{questionnaire.n_pages}/" if go == "back" else request.path)
    cookies.remember_shown(response, request.POST)
    return response


def _submit(request: HttpRequest, code: str, draft: DraftInUse) -> HttpResponse:
    try:
        submit_draft(key=draft.key, language=shown_language())
    except NotAllowed:
        # The grace ended in this very moment; the page of a closed survey says so.
        return SeeOther(request.path)
    response = SeeOther(f"/s/{code}/thanks/")
    cookies.remember_answered(response, code)
    return response


def _last_page(
    request: HttpRequest, draft: DraftInUse, questionnaire: Questionnaire, comment: str, error: str = ""
) -> HttpResponse:
    skipped = draft.ratings.count(SKIPPED)
    remaining = ""
    if skipped:
        remaining = ngettext(
            "%(count)s question is unanswered. You may leave it so, or go back.",
            "%(count)s questions are unanswered. You may leave them so, or go back.",
            skipped,
        ) % {"count": skipped}
    return page(
        request,
        "end",
        fills={"comment": as_html(comment), "remaining": as_html(remaining)},
        status=422 if error else 200,
        keep=not error,
        action=request.path,
        questionnaire=questionnaire,
        last=questionnaire.n_pages + 1,
        comment_error=error,
        longest=LONGEST_COMMENT,
    )
