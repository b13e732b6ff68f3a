"""Respondents' requests are answered before Django, which takes longer to hand one to a view and its answer back than
most of them take.

Only what browsers send of a page of ours is answered here; everything else goes to Django as it came.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from io import BytesIO
from urllib.parse import parse_qsl

from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDict

from materiality.platform.people import RESPONDENT_PATH
from surveys.respond.pages import TOLD_TYPE, RespondentMiddleware, from_own_page
from surveys.respond.saves import saved
from surveys.respond.views import as_told

_FORM = "application/x-www-form-urlencoded"
_FORMS = (_FORM, f"{_FORM};charset=utf-8")
_LONGEST, _MOST_FIELDS = 65_536, 1_000


class ShortWay:
    """A WSGI application before another."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application
        self._respondents = RespondentMiddleware(application)
        self._page_headers, self._told_headers = self._added(HttpResponse()), self._added(as_told({}))
        self._saved_headers = [*as_told({}).items(), *self._told_headers]

    def _added(self, response: HttpResponse) -> list[tuple[str, str]]:
        """The headers that protect every response like it."""
        request, own = HttpRequest(), {*response.headers, "Content-Language", "Content-Length"}
        request.LANGUAGE_CODE, request.META = "", {"HTTP_X_FORWARDED_PROTO": "https"}
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
        except (OSError, RuntimeError, ValueError):  # gone, or more fields than a page has
            return None
        told = saved(request)
        if told is not None:
            status, body = told
            return status, self._saved_headers, body
        response = self._respondents.answered(request)
        if response is None or _has_to_be_done_again(response):
            return None
        headers = [
            *response.items(),
            *(self._told_headers if response.headers["Content-Type"] == TOLD_TYPE else self._page_headers),
            ("Content-Language", request.LANGUAGE_CODE),
            *[("Set-Cookie", each.OutputString()) for each in response.cookies.values()],
        ]
        return f"{response.status_code} {response.reason_phrase}", headers, response.content


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
            # Not a QueryDict, which takes four times as long.
            for name, value in parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS):
                self._post.setlistdefault(name).append(value)


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
    """Look after the connection of this thread, as Django does between two requests; whether its server had gone, so
    that nothing was done, and there may be another by now.
    """
    own = connections[DEFAULT_DB_ALIAS]
    broke = own.errors_occurred and own.vendor != "sqlite"
    own.close_if_unusable_or_obsolete()
    return broke and response.status_code == 503
