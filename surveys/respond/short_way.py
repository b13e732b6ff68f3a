"""Respondents' requests are answered before Django, which takes longer to hand one to a view and its answer back than
most of them take.

Only what browsers send of a page of ours is answered here; everything else goes to Django as it came. The shortest way
is that of what is asked most: scripts save what was touched, a dozen to a hundred times a respondent.
"""

import json
import logging
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from io import BytesIO
from math import inf
from time import monotonic
from urllib.parse import unquote_plus

from django.core.exceptions import DisallowedHost, ObjectDoesNotExist
from django.core.handlers.wsgi import WSGIRequest
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDict

from materiality.platform.keys import KeyMissing
from materiality.platform.people import RESPONDENT_PATH
from materiality.platform.storage import BUSY, FULL, server_is_away, storage_trouble
from surveys.respond.pages import TOLD_TYPE, RespondentMiddleware, from_own_page
from surveys.respond.posted import acknowledged, changes_sent
from surveys.respond.views import as_told
from surveys.respond.visit import Elsewhere, Way, draft_of

log = logging.getLogger(__name__)

_FORM = "application/x-www-form-urlencoded"
_FORMS = (_FORM, f"{_FORM};charset=utf-8")
_LONGEST, _MOST_FIELDS = 65_536, 1_000
_PAGE = re.compile(r"/s/([\w-]+)/(one/)?([1-9]\d{0,3})/", re.ASCII)
_STATUS = {FULL: "507 Insufficient Storage", BUSY: "503 Service Unavailable"}


class ShortWay:
    """A WSGI application before another."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application
        self._respondents = RespondentMiddleware(application)
        schemes = ("http", "https")
        self._page_headers = {scheme: self._added(HttpResponse(), scheme) for scheme in schemes}
        self._told_headers = {scheme: self._added(as_told({}), scheme) for scheme in schemes}
        self._saved_headers = {scheme: [*as_told({}).items(), *self._told_headers[scheme]] for scheme in schemes}

    def _added(self, response: HttpResponse, scheme: str) -> list[tuple[str, str]]:
        """The headers that protect every response like it."""
        request, own = HttpRequest(), {*response.headers, "Content-Language", "Content-Length"}
        request.LANGUAGE_CODE, request._get_scheme = "", lambda: scheme
        headers = self._respondents.protected(request, response).headers
        return [(name, value) for name, value in headers.items() if name not in own]

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        answer = self._answer(environ) if is_usual(environ) else None
        if answer is None:
            return self._application(environ, start_response)
        status, headers, body = answer
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, environ: dict) -> tuple[str, list[tuple[str, str]], bytes] | None:
        try:
            request = UsualRequest(environ)
        except (OSError, RuntimeError, ValueError):  # gone, cut short, or more fields than a page has
            return None
        told = saved(request)
        if told is not None:
            status, body = told
            return status, self._saved_headers[request.scheme], body
        try:
            response = self._respondents.answered(request)
        except Error:  # while the survey was asked for its languages
            connections[DEFAULT_DB_ALIAS].close_if_unusable_or_obsolete()
            return None
        if response is None or _has_to_be_done_again(response):
            return None
        added = self._told_headers if response.headers["Content-Type"] == TOLD_TYPE else self._page_headers
        headers = [
            *response.items(),
            *added[request.scheme],
            ("Content-Language", request.LANGUAGE_CODE),
            *[("Set-Cookie", each.OutputString()) for each in response.cookies.values()],
        ]
        return f"{response.status_code} {response.reason_phrase}", headers, response.content


def saved(request: HttpRequest) -> tuple[str, bytes] | None:
    """Save what a script sends of a page of questions; status and answer.

    None where the request is not such a one, or is not in order: the view does it again and says what is wrong, and
    nothing is done twice (see Sent).
    """
    if request.POST.get("go") != "keep" or not (asked := _PAGE.fullmatch(request.path)):
        return None
    code, single, number = asked[1], bool(asked[2]), int(asked[3])
    try:
        way = Way(code, draft_of(request, code), single=single)
        changes, sent = changes_sent(request.POST, way.questionnaire)
        if sent is None or number > len(way.sheets):
            return None
        way.keep(number, changes, sent)
    except (Elsewhere, KeyMissing, ValueError, ObjectDoesNotExist, RuntimeError):
        return None
    except Error as problem:
        # Who waited for a lock does not wait again; over another connection it may do, and nobody finds the broken one.
        trouble = None if server_is_away(problem) else storage_trouble(problem)
        connections[DEFAULT_DB_ALIAS].close_if_unusable_or_obsolete()
        # The words of the database can hold what somebody answered.
        log.error("a save was not taken: %s %s", type(problem).__name__, getattr(problem.__cause__, "sqlstate", ""))
        return trouble and (_STATUS[trouble], b"")
    _look_after(connections[DEFAULT_DB_ALIAS])
    return "200 OK", json.dumps(acknowledged(way.draft, changes, way.questionnaire.slots)).encode()


class UsualRequest(WSGIRequest):
    """What `is_usual` lets by, its form read; Django may read all of it once more."""

    def __init__(self, environ: dict) -> None:
        self.environ = self.META = environ
        self.path = self.path_info = environ["PATH_INFO"]
        self.method = environ["REQUEST_METHOD"]
        self.resolver_match = None
        self._post, self._files = MultiValueDict(), MultiValueDict()
        if self.method == "POST":
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
            environ["wsgi.input"] = BytesIO(body)
            if len(body) != int(environ["CONTENT_LENGTH"]):
                raise ValueError("cut short")
            self._post = MultiValueDict(_fields(body.decode()))

    def get_host(self) -> str:
        """One of ours, as `is_usual` says."""
        return self.META["HTTP_HOST"]


def _fields(form: str) -> dict[str, list[str]]:
    """As parse_qsl reads them, and QueryDict, which take twice and eight times as long."""
    found: dict[str, list[str]] = {}
    each = form.split("&")
    if len(each) > _MOST_FIELDS:
        raise ValueError("more fields than a page has")
    for field in filter(None, each):
        name, _, value = field.partition("=")
        if "%" in field or "+" in field:
            name, value = unquote_plus(name), unquote_plus(value)
        if name in found:
            found[name].append(value)
        else:
            found[name] = [value]
    return found


def is_usual(environ: dict) -> bool:
    """Whether it is a page of respondents, or a form by such a page, which a browser vouches for, to a host of ours."""
    return (
        environ["PATH_INFO"].startswith(RESPONDENT_PATH)
        and environ["PATH_INFO"].isascii()
        and environ.get("HTTP_COOKIE", "").isascii()
        and not (environ.get("QUERY_STRING") or environ.get("SCRIPT_NAME"))
        and (environ["REQUEST_METHOD"] == "GET" or _is_form(environ))
        and _is_ours(environ.get("HTTP_HOST", ""))
    )


def _is_form(environ: dict) -> bool:
    length = environ.get("CONTENT_LENGTH", "")
    return (
        environ["REQUEST_METHOD"] == "POST"
        and environ.get("CONTENT_TYPE", "").lower() in _FORMS
        and from_own_page(environ)
        and length.isdecimal()
        and int(length) <= _LONGEST
    )


@lru_cache(maxsize=64)
def _is_ours(host: str) -> bool:
    request = HttpRequest()
    request.META = {"HTTP_HOST": host}
    try:
        return bool(host and request.get_host())
    except DisallowedHost:
        return False


def _has_to_be_done_again(response: HttpResponse) -> bool:
    """Look after the connection of this thread, as Django does between two requests; whether it broke: its server may
    be back by now.
    """
    own = connections[DEFAULT_DB_ALIAS]
    erred = own.errors_occurred and own.vendor != "sqlite"
    _look_after(own)
    return erred and own.connection is None and response.status_code == 503


def _look_after(own: BaseDatabaseWrapper) -> None:
    """The next request here asks no SELECT 1 before all else: one that finds its connection broken is done again."""
    if own.errors_occurred or own.vendor != "sqlite" or monotonic() >= (own.close_at or inf):
        own.close_if_unusable_or_obsolete()
        own.health_check_done = True
