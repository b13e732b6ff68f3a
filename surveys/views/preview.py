"""The preview of a survey: the respondent's own pages, walked through without storing anything."""

from types import SimpleNamespace

from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.safestring import mark_safe

from surveys.instrument import LANGUAGES
from surveys.models import Survey
from surveys.queries.issue_html import issue_html
from surveys.queries.survey_contents import Contents, contents_of
from surveys.queries.surveys_now import groups_now, survey_now
from surveys.questionnaire.effort import Effort
from surveys.questionnaire.paging import page_of
from surveys.views.respond_first import first_page_context
from surveys.views.respond_pages import shown_language
from surveys.views.survey_of import survey_of

# A fixed key, so that both languages show the issues in the same order.
_KEY = bytes(16)


def preview(request: HttpRequest, code: str, survey: str) -> HttpResponse:
    """Page 0 (introduction), 1..n (issues), n + 1 (end) or n + 2 (thanks); POST goes on and drops the answers."""
    row = survey_of(code, survey)
    contents = contents_of(row)
    last = contents.pages + 2
    number = min(_number(request.GET.get("page", "")), last)
    language = request.GET.get("language", "")
    language = language if language in LANGUAGES else shown_language()
    large = request.GET.get("size") == "large"
    if request.method == "POST":
        return redirect(f"{request.path}?{_onward(request, number, last, language, large)}")
    with translation.override(language):
        context = _context(request, row, contents, number, language) | {"large": large, "language": language}
        return render(request, "surveys/preview.html", context)


def _onward(request: HttpRequest, number: int, last: int, language: str, large: bool) -> str:
    posted = request.POST
    step = {"start": 1, "next": 1, "submit": 1, "back": -1}.get(posted.get("go", ""), 0)
    address = QueryDict(mutable=True)
    address["page"] = max(0, min(number + step, last))
    address["language"] = posted["language"] if posted.get("language") in LANGUAGES else language
    if posted.get("size", "large" if large else "") == "large":
        address["size"] = "large"
    return address.urlencode()


def _context(request: HttpRequest, row: Survey, contents: Contents, number: int, language: str) -> dict:
    now = survey_now(row.code)
    questionnaire = SimpleNamespace(survey=row, profile=(), asked_of=lambda _group: SimpleNamespace(effort=effort))
    effort = Effort(contents.issues, 2)
    context = first_page_context(now, questionnaire, groups_now(row.cycle_id)) | {
        "survey": row,
        "cycle": row.cycle,
        "thanks": row.thanks,
        "question": row.question,
        "first": number == 1,
        "action": request.get_full_path(),
        "page_number": number,
        "page_names": range(contents.pages + 3),
        "holes": {"csrf": get_token(request)},
        "last": contents.pages + 1,
        "number": number,
    }
    return context | _inner(row, contents, number, language, context["holes"])


def _inner(row: Survey, contents: Contents, number: int, language: str, holes: dict) -> dict:
    """The respondent's template for this page and what it needs beyond the rest."""
    if number == 0:
        return {"inner": "surveys/respond/introduction.html"}
    if number > contents.pages:
        end = number == contents.pages + 1
        return {"inner": f"surveys/respond/{'end' if end else 'thanks'}.html"}
    shape = [(section.category.code, len(section.issues)) for section in contents.sections]
    page = page_of(_KEY, shape, number)
    section = contents.sections[page.category]
    shown = [section.issues[place] for place in page.issues]
    html = "".join(issue_html(issue, items, k=row.k, language=language) for issue, items in shown)
    return {
        "inner": "surveys/respond/questions.html",
        "name": section.category.name,
        # Rendered by the template that is frozen into the survey at opening, which escapes every text.
        "holes": holes | {"issues": mark_safe(html)},
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
