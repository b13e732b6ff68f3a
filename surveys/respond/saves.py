"""The shortest way, for what is asked most: scripts save what was touched, a dozen to a hundred times a respondent.

It stands before Django, which takes longer to hand a request to a view and its answer back than a save takes. Only what
is in order is answered here. Everything else goes to Django with all that was read of it: there it is done again, said
what is wrong, and nothing done twice (see Sent).
"""

import json
import logging
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from io import BytesIO
from urllib.parse import parse_qsl

from django.core.exceptions import DisallowedHost, ObjectDoesNotExist
from django.db import Error, connection
from django.http import HttpRequest
from django.http.cookie import parse_cookie

from materiality.platform.keys import KeyMissing
from materiality.platform.storage import BUSY, FULL, storage_trouble
from surveys.respond.pages import RespondentMiddleware, from_own_page
from surveys.respond.posted import acknowledged, changes_sent
from surveys.respond.views import as_told
from surveys.respond.visit import Elsewhere, Way, draft_of

log = logging.getLogger(__name__)

_PAGE = re.compile(r"/s/([\w-]+)/(one/)?([1-9]\d{0,3})/", re.ASCII)
_FORM = "application/x-www-form-urlencoded;charset=utf-8"
_LONGEST, _MOST_FIELDS = 65_536, 20
_STATUS = {FULL: "507 Insufficient Storage", BUSY: "503 Service Unavailable"}


class ShortWay:
    """A WSGI application before another."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application
        request = HttpRequest()
        request.LANGUAGE_CODE, request.META = "", {"HTTP_X_FORWARDED_PROTO": "https"}
        headers = RespondentMiddleware(application).protected(request, as_told({})).headers
        self._headers = [
            (name, value) for name, value in headers.items() if name not in ("Content-Language", "Content-Length")
        ]

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        found = saved(environ)
        if found is None:
            return self._application(environ, start_response)
        status, body = found
        start_response(status, [*self._headers, ("Content-Length", str(len(body)))])
        return [body]


class _Request:
    """What is looked at of a request to save."""

    method = "POST"

    def __init__(self, environ: dict) -> None:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length > _LONGEST:
            raise ValueError("longer than what a page sends")
        body = environ["wsgi.input"].read(length)
        environ["wsgi.input"] = BytesIO(body)
        self.path = environ["PATH_INFO"]
        self.POST = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
        self.COOKIES = parse_cookie(environ.get("HTTP_COOKIE", ""))


def saved(environ: dict) -> tuple[str, bytes] | None:
    """Save what a script sends of a page of questions; status and answer, None where the request is not such a one."""
    asked = _PAGE.fullmatch(environ["PATH_INFO"])
    if asked is None or not _is_usual(environ):
        return None
    code, single, number = asked[1], bool(asked[2]), int(asked[3])
    try:
        request = _Request(environ)
        if request.POST.get("go") != "keep":
            return None
        way = Way(code, draft_of(request, code), single=single)
        changes, sent = changes_sent(request.POST, way.questionnaire)
        if sent is None or number > len(way.sheets):
            return None
        way.keep(number, changes, sent)
    except (Elsewhere, KeyMissing, ValueError, ObjectDoesNotExist, OSError, RuntimeError):
        return None
    except Error as problem:
        # Who waited for a lock does not wait again; nobody else finds a connection that broke.
        trouble = storage_trouble(problem)
        if connection.errors_occurred:
            connection.close()
        # The words of the database can hold what somebody answered.
        log.error("a save was not taken: %s %s", type(problem).__name__, getattr(problem.__cause__, "sqlstate", ""))
        return trouble and (_STATUS[trouble], b"")
    return "200 OK", json.dumps(acknowledged(way.draft, changes, way.questionnaire.slots)).encode()


def _is_usual(environ: dict) -> bool:
    """Whether it is a form by a page of ours, which a browser vouches for, to a host of ours."""
    return (
        environ["REQUEST_METHOD"] == "POST"
        and environ.get("CONTENT_TYPE", "").lower() == _FORM
        and from_own_page(environ)
        and _is_ours(environ.get("HTTP_HOST", ""))
    )


@lru_cache(maxsize=64)
def _is_ours(host: str) -> bool:
    request = HttpRequest()
    request.META = {"HTTP_HOST": host}
    try:
        return bool(host and request.get_host())
    except DisallowedHost:
        return False
