"""Whose answers a request is about, and the pages for those who cannot answer (now)."""

from collections.abc import Callable
from functools import wraps
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from materiality.bilingual import text_of
from surveys.instrument import zone_words
from surveys.queries.drafts_in_use import DraftInUse, draft_in_use
from surveys.queries.surveys_now import SurveyNow, survey_now
from surveys.questionnaire.window import Standing, standing
from surveys.views import respond_cookies as cookies
from surveys.views.respond_pages import HOLES, page

ANSWERABLE = (Standing.OPEN, Standing.GRACE)


class SeeOther(HttpResponseRedirectBase):
    """After a POST: look there. Reloading what comes then sends nothing twice."""

    status_code = 303


class Elsewhere(Exception):
    """This request cannot be answered as asked; `response` says what is shown instead."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(response.status_code)
        self.response = response


def for_respondents(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view of respondents: GET and POST only, and `Elsewhere` is an answer."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, code: str, **kwargs: object) -> HttpResponse:
        if "\x00" in code:
            # PostgreSQL takes no such text, not even to look for it.
            return unknown(request)
        try:
            return view(request, code, **kwargs)
        except Elsewhere as elsewhere:
            return elsewhere.response

    return guarded


def draft_of(request: HttpRequest, code: str) -> DraftInUse:
    """The browser's draft, which may be changed now; Elsewhere with a kind page, or on POST the way to it."""
    try:
        key = cookies.draft_key(request, code)
    except cookies.Tampered:
        raise Elsewhere(lost(request, code)) from None
    draft = key and draft_in_use(key, code)
    if draft and answerable(draft):
        return draft
    if request.method == "POST":
        raise Elsewhere(SeeOther(request.path))
    survey = survey_of(request, code)
    if key is None and not cookies.has_answered(request, code):
        raise Elsewhere(SeeOther(f"/s/{code}/"))
    raise Elsewhere(already(request, survey) if draft is None else shut(request, survey))


def answerable(draft: DraftInUse) -> bool:
    """Whether these answers may be changed and submitted now, the grace after the closing included."""
    return standing(draft, timezone.now(), draft.started_at) in ANSWERABLE


def survey_of(request: HttpRequest, code: str) -> SurveyNow:
    """The survey of the address; Elsewhere with a page that says there is none."""
    survey = survey_now(code)
    if survey is None:
        raise Elsewhere(unknown(request))
    return survey


def unknown(request: HttpRequest) -> HttpResponse:
    """The page of an address that leads to no survey; of a personal link it does not say what is wrong with it."""
    heading = _("There is no survey at this address")
    lead = _("Please check that the address is complete, or scan the code again.")
    return page(request, "notice", status=404, heading=heading, lead=lead)


def shut(request: HttpRequest, survey: SurveyNow) -> HttpResponse:
    """The page of a survey that is not open yet, or closed."""
    if standing(survey, timezone.now()) is Standing.NOT_YET:
        opens = survey.opens_at if survey.state == "open" else None
        text = opens and f"{opens.astimezone(ZoneInfo(survey.zone)):%Y-%m-%d %H:%M} ({zone_words(survey.zone)})"
        heading, lead = _("This survey is not open yet"), _("Please come back later; this address stays the same.")
        if text:
            lead = _("It opens on %(opens)s. Please come back then; this address stays the same.") % {"opens": text}
        return page(request, "notice", action=first_path(request, survey), heading=heading, lead=lead)
    return closed(request, survey)


def closed(request: HttpRequest, survey: SurveyNow) -> HttpResponse:
    """The page of a survey that takes no answers any more."""
    return page(
        request,
        "notice",
        action=first_path(request, survey),
        title=text_of(survey, "title"),
        heading=_("This survey is closed"),
        lead=_("It no longer takes answers. Thank you for your interest."),
    )


def first_path(request: HttpRequest, survey: SurveyNow) -> str:
    """Where the display of pages without questions is switched: the first page by which somebody came."""
    own = f"/s/{survey.code}/"
    return request.path if request.path.startswith(f"{own}i/") else own


def already(request: HttpRequest, survey: SurveyNow) -> HttpResponse:
    """The page of those whose answers are in; the draft's cookie has done its work."""
    response = page(
        request,
        "notice",
        action=f"/s/{survey.code}/",
        title=text_of(survey, "title"),
        heading=_("Your answers are already in"),
        lead=_("Thank you. They can no longer be changed, and you need not do anything more."),
        onward=_("Answer for another person") if survey.several_per_browser else "",
        onward_to=HOLES["action"],
    )
    cookies.remember_answered(response, survey.code)
    return response


def lost(request: HttpRequest, code: str) -> HttpResponse:
    """The page of those whose cookie is not ours: start again."""
    response = page(
        request,
        "notice",
        status=400,
        action=f"/s/{code}/",
        heading=_("Please start again"),
        lead=_(
            "We cannot tell which answers are yours, because this browser's note of them is damaged. Nothing was"
            " changed."
        ),
        more=_("If you came by a personal link, open it again: your answers are there."),
        onward=_("To the first page"),
        onward_to=HOLES["action"],
        primary=True,
    )
    cookies.forget(response, code, cookies.DRAFT)
    return response
