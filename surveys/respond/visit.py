"""Whose answers a request is about, and the pages for those who cannot answer (now)."""

import logging
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cached_property, wraps

from django.core.exceptions import DisallowedRedirect
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.utils import timezone
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from materiality.platform.bilingual import text_of
from materiality.platform.keys import CannotOpen, KeyMissing
from materiality.scoring.cube import NOT_ASKED, SKIPPED
from surveys.models.instrument import moment_words
from surveys.queries.questionnaire import Questionnaire, questionnaire_of
from surveys.questionnaire.asking import Sheet, Standing, closing_time, standing
from surveys.questionnaire.responses import RATINGS, named_apart
from surveys.questionnaire.saving import Change, Sent
from surveys.respond import cookies
from surveys.respond.answers import count_part_again, open_answers, save
from surveys.respond.keys import key_with
from surveys.respond.pages import HOLES, made_like, page
from surveys.respond.posted import belongs_to
from surveys.respond.rows import DraftInUse, SurveyNow, read_texts, survey_now

log = logging.getLogger(__name__)

ANSWERABLE = (Standing.OPEN, Standing.GRACE)


_SEEN, _PLAIN_PATH = HttpResponse(status=303), re.compile(r"[\w/-]+", re.ASCII)


class SeeOther(HttpResponseRedirectBase):
    """After a POST: look there. Reloading what comes then sends nothing twice."""

    status_code = 303

    def __init__(self, path: str) -> None:
        """To addresses of ours only, which need no further look."""
        if not path.startswith("/"):
            raise DisallowedRedirect(path)
        made_like(_SEEN, self)
        self.headers["Location"] = path if _PLAIN_PATH.fullmatch(path) else iri_to_uri(path)


class Elsewhere(Exception):
    """This request cannot be answered as asked; `response` says what is shown instead."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(response.status_code)
        self.response = response


_CODE = re.compile(r"[\w-]+", re.ASCII)


def for_respondents(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorate a view of respondents: GET and POST only, and `Elsewhere` is an answer."""

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: HttpRequest, code: str, **kwargs: object) -> HttpResponse:
        if not _CODE.fullmatch(code):
            # No survey has such a code; PostgreSQL takes none with a NUL, and no cookie's path one with a line break.
            return unknown(request)
        try:
            return view(request, code, **kwargs)
        except Elsewhere as elsewhere:
            return elsewhere.response
        except KeyMissing as missing:
            log.error("%s", missing)
            return away(request)
        except CannotOpen:
            log.error("answers in progress cannot be opened: the row is damaged")
            return unreadable(request)

    return guarded


def draft_of(request: HttpRequest, code: str) -> DraftInUse:
    """The browser's draft, which may be changed now; Elsewhere with a kind page, or on POST the way to it. A script is
    told by a status: 410 where nothing can be saved any more, 409 where these answers are not this browser's (now).
    """
    script = "queue" in request.POST
    try:
        secret = cookies.draft_secret(request, code)
    except cookies.Tampered:
        away = SeeOther(request.path) if request.method == "POST" else lost(request, code)
        raise Elsewhere(HttpResponse(status=409) if script else away) from None
    draft = secret and open_answers(secret, code)
    if draft and answerable(draft):
        if belongs_to(request.POST, draft):
            request.asker = read_texts(draft.asker)
            request.spoken = questionnaire_of(draft.survey_id, draft.opened_at).survey.languages
            return draft
        raise Elsewhere(HttpResponse(status=409) if script else _of_others(code))
    if script:
        raise Elsewhere(HttpResponse(status=410 if secret or cookies.has_answered(request, code) else 409))
    if request.method == "POST":
        raise Elsewhere(SeeOther(request.path))
    survey = survey_of(request, code)
    if secret is None and not cookies.has_answered(request, code):
        raise Elsewhere(lost(request, code, damaged=False))
    raise Elsewhere(already(request, survey) if draft is None else shut(request, survey))


def _of_others(code: str) -> HttpResponse:
    """After a POST from a page of other answers than those that are open in this browser by now: it changes nothing."""
    response = SeeOther(f"/s/{code}/")
    cookies.remember_told(response, code, "others")
    return response


def answerable(draft: DraftInUse) -> bool:
    """Whether these answers may be changed and submitted now, the grace after the closing included."""
    return standing(draft, timezone.now(), draft.started_at) in ANSWERABLE


def survey_of(request: HttpRequest, code: str) -> SurveyNow:
    """The survey of the address; Elsewhere with a page that says there is none."""
    survey = survey_now(code)
    if survey is None:
        raise Elsewhere(unknown(request))
    request.asker, request.spoken = survey.asker, survey.languages
    if survey.anonymous and survey.state == "open":
        key_with(survey.key_check)  # without it nobody could begin or go on
    return survey


def away(request: HttpRequest) -> HttpResponse:
    """The page of an anonymous survey whose key is missing: nothing of it can be opened or sealed for now."""
    heading = _("This survey cannot be opened at the moment")
    lead = _("Your answers are safe. Please come back later, or tell those who sent you the link.")
    response = page(request, "notice", status=503, heading=heading, lead=lead)
    response.headers["Retry-After"] = "300"
    return response


def unreadable(request: HttpRequest) -> HttpResponse:
    """The page of answers in progress whose row is damaged."""
    heading = _("Your answers so far can no longer be read")
    lead = _(
        "What was stored of them is damaged. Please tell those who sent you the link; they can send you a new one."
    )
    return page(request, "notice", status=410, heading=heading, lead=lead)


def unknown(request: HttpRequest) -> HttpResponse:
    """The page of an address that leads to no survey; of a personal link it does not say what is wrong with it."""
    heading = _("There is no survey at this address")
    lead = _("Please check that the address is complete, or scan the code again.")
    return page(request, "notice", status=404, heading=heading, lead=lead)


def shut(request: HttpRequest, survey: SurveyNow) -> HttpResponse:
    """The page of a survey that is not open yet, or closed."""
    if standing(survey, timezone.now()) is Standing.NOT_YET:
        opens = moment_words(survey.opens_at if survey.state == "open" else None, survey.zone)
        heading, lead = _("This survey is not open yet"), _("Please come back later; this address stays the same.")
        if opens:
            lead = _("It opens on %(opens)s. Please come back then; this address stays the same.") % {"opens": opens}
        return page(request, "notice", action=first_path(request, survey), heading=heading, lead=lead)
    return closed(request, survey)


def ends_soon(survey: SurveyNow) -> bool:
    """Whether this is the last day of the survey: those who begin are warned."""
    closes = closing_time(survey)
    return closes is not None and closes - timezone.now() < LAST_DAY


def closed(request: HttpRequest, survey: SurveyNow) -> HttpResponse:
    """The page of a survey that takes no answers any more."""
    days = survey.drafts_kept_days
    return page(
        request,
        "notice",
        action=first_path(request, survey),
        title=text_of(survey, "title"),
        heading=_("This survey is closed"),
        lead=_("It no longer takes answers. Thank you for your interest."),
        more=ngettext(
            "Answers that were begun but not submitted do not count; they are deleted %(days)s day after they were "
            "begun.",
            "Answers that were begun but not submitted do not count; they are deleted %(days)s days after they were "
            "begun.",
            days,
        )
        % {"days": days},
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


def lost(request: HttpRequest, code: str, *, damaged: bool = True) -> HttpResponse:
    """The page of those whose cookie is gone or not ours: how to come back, or start again."""
    why = _(
        "We cannot tell which answers are yours, because this browser's note of them is damaged. Nothing was changed."
    )
    if not damaged:
        why = _("We cannot tell which answers are yours: this browser has no note of any. Nothing was changed.")
    response = page(
        request,
        "notice",
        status=400 if damaged else 404,
        action=f"/s/{code}/",
        heading=_("Your answers are not in this browser"),
        lead=why,
        more=_(
            "If you came by a personal link, open it again: your answers are there. If you began in another browser or "
            "on another device, go on there. Else start again."
        ),
        onward=_("To the first page"),
        onward_to=HOLES["action"],
        primary=True,
    )
    cookies.forget(response, code, cookies.DRAFT)
    return response


LAST_DAY = timedelta(days=1)
RANKING, ABOUT, END = "top/", "about/", "end/"


class Way:
    """Steps 1..n are the pages of issues (with `single` one question each), then the ranking step and about yourself,
    where the survey has them, then the end, which is step `last`.
    """

    def __init__(self, code: str, draft: DraftInUse, *, single: bool) -> None:
        self.code, self.draft, self.single = code, draft, single
        self.questionnaire: Questionnaire = questionnaire_of(draft.survey_id, draft.opened_at)
        self.sheets = self._sheets(single)
        survey = self.questionnaire.survey
        self.after = [*([RANKING] if survey.ranking else []), *([ABOUT] if self.questionnaire.profile else []), END]

    @property
    def last(self) -> int:
        """The step of the end, which is also how many pages there are."""
        return len(self.sheets) + len(self.after)

    def step_after(self, page: str) -> int | None:
        """The step of one of the pages after the issues; None where the survey does not have it."""
        return len(self.sheets) + 1 + self.after.index(page) if page in self.after else None

    def path(self, step: int) -> str:
        """The address of a step; the nearest one's where there is no such step."""
        step = min(max(step, 1), self.last)
        if step <= len(self.sheets):
            return f"/s/{self.code}/{'one/' if self.single else ''}{step}/"
        return f"/s/{self.code}/{self.after[step - len(self.sheets) - 1]}"

    def first_open(self) -> int:
        """The first step on which something is unanswered, the end where nothing is."""
        ratings = self.draft.ratings
        for step, sheet in enumerate(self.sheets, start=1):
            if any(ratings[position] == SKIPPED for position in self.questionnaire.positions(sheet)):
                return step
        about, named = named_apart(self.draft.profile)
        waiting = [page for page, done in ((RANKING, named), (ABOUT, about)) if page in self.after and not done]
        return self.step_after(waiting[0]) if waiting else self.last

    def rated(self) -> list[int]:
        """The issues that have a rating, in the order in which they were asked."""
        order, ratings = [issue for sheet in self._plain for issue in sheet.issues], self.draft.ratings
        positions_of = self.questionnaire.positions_of
        return [issue for issue in order if any(ratings[place] in RATINGS for place in positions_of[issue].values())]

    def same_step(self, other: "Way", step: int) -> int:
        """The step of this way that shows what begins the other way's step of issues."""
        sheet = other.sheets[step - 1]
        positions = self.questionnaire.positions(sheet)
        asked = [place for place in positions if self.draft.ratings[place] != NOT_ASKED]
        return self.step_of(asked[0]) if asked else self._check_step()

    def step_of(self, position: int) -> int:
        """The step that asks about this item; the first where none does."""
        steps = enumerate(self.sheets, start=1)
        return next((step for step, own in steps if position in self.questionnaire.positions(own)), 1)

    def _check_step(self) -> int:
        """The step of the attention question."""
        return next((step for step, own in enumerate(self.sheets, start=1) if own.attention is not None), 1)

    def names(self, step: int) -> Sequence[str]:
        """The answers that a step of issues asks for, by their names."""
        return self.questionnaire.names(self.sheets[step - 1], self.draft.ratings)

    def keep(self, step: int, changes: Sequence[Change], sent: Sent | None = None) -> None:
        """Save what was touched, and count the part again where it had been given back; Elsewhere where the answers
        are in by now.
        """
        stored = save(draft=self.draft, changes=changes, sent=sent, page=self._plain_step(step))
        if stored is None:
            raise Elsewhere(HttpResponse(status=410) if sent else SeeOther(self.path(step)))
        self.draft = stored
        self.count_part()

    def count_part(self) -> None:
        """Count the part of a split survey again where it had been given back."""
        draft = self.draft
        if self.questionnaire.survey.split and not draft.counted:
            count_part_again(
                key=draft.key, group_id=draft.group_id, ratings=draft.ratings, questionnaire=self.questionnaire
            )

    def _sheets(self, single: bool) -> Sequence[Sheet]:
        return self.questionnaire.sheets(self.draft.order, self.draft.ratings, single=single)

    @cached_property
    def _plain(self) -> Sequence[Sheet]:
        return self._sheets(False) if self.single else self.sheets

    def _plain_step(self, step: int) -> int:
        """The step as it is counted with several issues on a page, so that pages mean the same for everybody."""
        if step > len(self.sheets):
            return step - len(self.sheets) + len(self._plain)
        if not self.single:
            return step
        for at in range(step, 0, -1):
            sheet = self.sheets[at - 1]
            if sheet.issues:
                return next(place for place, own in enumerate(self._plain, start=1) if sheet.issues[-1] in own.issues)
        return 1
