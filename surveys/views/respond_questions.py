"""The respondent's pages of issues."""

from django.http import HttpRequest, HttpResponse

from materiality.bilingual import text_of
from materiality.scoring.codes import SKIPPED
from surveys.forms.answers import posted_code, posted_codes
from surveys.views import respond_cookies as cookies
from surveys.views.respond_pages import HOLES, as_html, page, shown_language
from surveys.views.respond_visit import SeeOther, draft_of, for_respondents
from surveys.views.respond_way import Way


@for_respondents
def questions(request: HttpRequest, code: str, number: int, single: bool = False) -> HttpResponse:
    """Page `number` of the issues, 1..n: GET shows it with what is saved, POST saves it and goes where asked.

    With `single` there is one issue on a page, as in large text; the address says it, so that a page is saved as it was
    shown even if the display was changed meanwhile in another tab.
    """
    draft = draft_of(request, code)
    way = Way(code, draft, single=single)
    if not 1 <= number <= len(way.sheets):
        return SeeOther(way.path(min(max(number, 1), len(way.sheets))))
    if request.method == "POST":
        return _save(request, way, number)
    if cookies.is_large(request) != single:
        other = Way(code, draft, single=not single)
        return SeeOther(other.path(other.same_step(way, number)))
    return _show(request, way, number)


def _show(request: HttpRequest, way: Way, number: int) -> HttpResponse:
    questionnaire, draft, sheet = way.questionnaire, way.draft, way.sheets[number - 1]
    fills = {
        "issues": questionnaire.issues_html(sheet, draft.ratings, draft.attention, shown_language()),
        "number": b"%d" % number,
        "last": b"%d" % way.last,
        "name": as_html(questionnaire.heading(sheet)),
    }
    return page(
        request,
        "questions",
        fills=fills,
        number=HOLES["number"],
        last=HOLES["last"],
        name=HOLES["name"],
        first=number == 1,
        title=text_of(questionnaire.survey, "title"),
    )


def _save(request: HttpRequest, way: Way, number: int) -> HttpResponse:
    posted, sheet, questionnaire = request.POST, way.sheets[number - 1], way.questionnaire
    positions = questionnaire.positions(sheet)
    go = posted.get("go")
    cleared = go == "clear"
    answers = dict.fromkeys(positions, SKIPPED) if cleared else posted_codes(posted, positions, questionnaire.survey.k)
    attention = None
    if sheet.attention is not None:
        attention = SKIPPED if cleared else posted_code(posted.get("attention"), questionnaire.survey.k)
    way.keep(number, answers=answers, attention=attention)
    if go == "keep":
        return HttpResponse(status=204)
    response = SeeOther(way.path(number + {"next": 1, "back": -1}.get(go, 0)))
    cookies.remember_shown(response, posted)
    return response
