"""The short way of respondents' pages: thousands are asked for at once, and need little of what staff's pages need.

The room leans on these insides of Django and django-csp, which a new version may change; each has a test:

- the form of a CSRF token (CSRF_ALLOWED_CHARS, CSRF_SECRET_LENGTH, META["CSRF_COOKIE"]): test_pages_form_token.py
- CsrfViewMiddleware and SecurityMiddleware asked step by step, convert_exception_to_response, the resolver of part of
  the URLs, csp's build_policy and HEADER: test_pages.py, which compares the short way with the long one
- a WSGI application before Django's, a WSGIRequest that is made otherwise (short_way.py): test_short_way.py, which
  compares, too
- rendered pages cut at private-use characters, which templates must pass as they are: test_pages.py
- parse_accept_lang_header, as get_language_from_request has it: test_languages.py
- HttpResponseRedirectBase with another status (visit.py), and what a response consists of (`made_like`): test_visit.py,
  test_pages.py
- how Signer signs (cookies.py): test_cookies.py
- values of columns and cursors as the ORM has them (rows.py, platform/statements.py: keys and moments, JSON and
  bytes of a plain cursor, has_select_for_update): test_rows.py
"""

import html
import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import copy
from functools import lru_cache
from http.cookies import SimpleCookie

from csp.constants import HEADER
from csp.utils import build_policy
from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CSRF_ALLOWED_CHARS, CSRF_SECRET_LENGTH, CsrfViewMiddleware
from django.middleware.security import SecurityMiddleware
from django.template.loader import render_to_string
from django.urls import Resolver404, get_resolver
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header
from isal import isal_zlib

from materiality.platform.bilingual import content_language, reading_languages, speaking, spoken_language, tag_of
from materiality.platform.organisation import named
from materiality.platform.people import RESPONDENT_PATH
from surveys.models import Survey
from surveys.respond.cookies import TOLD, forget, is_high, is_large


class RespondentMiddleware:
    """Answers what is asked for below /s/ itself; the middleware that stands after it never sees that.

    Of the others' work it does what such a page needs, in a fifth of their time: the host's name, the language, the
    check of forms (CSRF), and the headers that protect. Pages are packed where they are made (respond_pages). Addresses
    that lead nowhere go the long way, where a missing slash is added.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._csrf = CsrfViewMiddleware(get_response)
        self._security = SecurityMiddleware(get_response)
        self._urls = get_resolver("surveys.respond.urls")
        self._resolved = lru_cache(maxsize=1024)(self._urls.resolve)
        self._view = convert_exception_to_response(self._checked_view)
        self._headers = {
            HEADER: build_policy(config=settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]),
            "X-Frame-Options": settings.X_FRAME_OPTIONS,
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.answered(request) if request.path_info.startswith(RESPONDENT_PATH) else None
        return self.protected(request, answer) if answer else self.get_response(request)

    def answered(self, request: HttpRequest) -> HttpResponse | None:
        """The answer to what is asked for below /s/, not `protected` yet; None where the address leads nowhere."""
        path = request.path_info[len(RESPONDENT_PATH) - 1 :]
        try:
            # Addresses of personal links stay in no memory.
            request.resolver_match = self._urls.resolve(path) if "/i/" in path else self._resolved(path)
        except Resolver404:
            return None
        request.LANGUAGE_CODE, others = _language_of(request)
        with speaking(request.LANGUAGE_CODE, others):
            return self._security.process_request(request) or self._view(request)

    def _checked_view(self, request: HttpRequest) -> HttpResponse:
        request.get_host()  # DisallowedHost where it is not ours
        view, args, kwargs = request.resolver_match
        refused = None
        if not from_own_page(request.META):
            self._csrf.process_request(request)
            refused = self._csrf.process_view(request, view, args, kwargs)
        return refused or self._csrf.process_response(request, view(request, *args, **kwargs))

    def protected(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """The response with the headers that protect it; what scripts read is no document, and can do nothing."""
        headers = response.headers
        if headers["Content-Type"] != TOLD_TYPE:
            for name, value in self._headers.items():
                headers[name] = value
        headers["Content-Language"] = request.LANGUAGE_CODE
        headers["Content-Length"] = str(len(response.content))
        return self._security.process_response(request, response)


def from_own_page(headers: Mapping[str, str]) -> bool:
    """Whether the browser says that a page of this very origin sends this (WSGI's headers).

    No page can set that header, its own scripts included; browsers that send none (until 2023, or over plain http) have
    the token in the form to show.
    """
    return headers.get("HTTP_SEC_FETCH_SITE") == "same-origin"


def _language_of(request: HttpRequest) -> tuple[str, list[str]]:
    """What was chosen or the browser asks for, of what the interface or the survey speaks, else the survey's first
    language; with it the survey's languages, where they were looked for.
    """
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    # What strangers send is kept here and in Django: no language is called that.
    chosen = chosen if len(chosen) <= _LONGEST_TAG else ""
    asked = _asked_languages(chosen, request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:_LONGEST_ASKED], _interface())
    # The survey is asked only where Django would take another language, such as zh-hans for zh-hant.
    if asked and asked[0][1]:
        return asked[0][0], []
    own = _languages_of(request)
    for nearest, is_plain, content in asked:
        if is_plain or content in own or nearest:
            return nearest if is_plain or content not in own else content, own
    return tag_of(own[0]) if own else settings.LANGUAGE_CODE, own


# Of longer headers Django reads the beginning, too.
_LONGEST_ASKED, _LONGEST_TAG = 501, 35


def _interface() -> tuple[tuple[str, str], ...]:
    return tuple(settings.LANGUAGES)


@lru_cache(maxsize=256)
def _asked_languages(chosen: str, accepted: str, _interface: tuple) -> tuple[tuple[str, bool, str], ...]:
    """Of each that is asked for the nearest of the interface ("" for none), whether that is the same language, and
    which language it is.
    """
    found = []
    for tag in (chosen, *[tag for tag, _weight in parse_accept_lang_header(accepted)]):
        if tag not in ("", "*"):
            nearest, content = "", content_language(tag)
            with suppress(LookupError):
                nearest = translation.get_supported_language_variant(tag)
            found.append((nearest, bool(nearest) and content_language(nearest) == content, content))
    return tuple(found)


def _languages_of(request: HttpRequest) -> list[str]:
    """Those in which the survey has a title, first."""
    code = request.resolver_match.kwargs.get("code", "")
    row = "\x00" not in code and Survey.objects.filter(code=code).values_list("languages", "title").first()
    languages, title = row or ([], {})
    return sorted(languages, key=lambda language: not title.get(language))


# Of random bytes those below a multiple are fair: as many stand for each character.
_NUMBER = len(CSRF_ALLOWED_CHARS)
_PLACES, _UNFAIR = bytes(byte % _NUMBER for byte in range(256)), bytes(range(256 - 256 % _NUMBER, 256))
# A place, or the sum of two, as a character; a character as its place.
_CHARACTERS = bytes(ord(CSRF_ALLOWED_CHARS[byte % _NUMBER]) for byte in range(256))
_PLACE_OF = bytes(max(0, CSRF_ALLOWED_CHARS.find(chr(byte))) for byte in range(256))
_SECRET = re.compile(f"[{CSRF_ALLOWED_CHARS}]{{{CSRF_SECRET_LENGTH}}}")
_CSRF = CsrfViewMiddleware(lambda _request: HttpResponse())


def form_token(request: HttpRequest) -> bytes:
    """The browser's secret under a new mask, so that no two pages hold the same text (against guessing by the size of
    packed pages).

    Made like Django's own, in a tenth of its time: it asks the system for randomness once per character, and sends the
    cookie anew with every page.
    """
    secret = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    if not _SECRET.fullmatch(secret):  # an old one, which holds its mask, or none
        _CSRF.process_request(request)
        secret = request.META.get("CSRF_COOKIE")
    if secret is None:
        secret = _random_places().translate(_CHARACTERS).decode()
        request.META.update(CSRF_COOKIE=secret, CSRF_COOKIE_NEEDS_UPDATE=True)
    mask = _random_places()
    # Byte by byte: no sum of two places is carried over into the next.
    hidden = int.from_bytes(mask) + int.from_bytes(secret.encode().translate(_PLACE_OF))
    return (mask + hidden.to_bytes(CSRF_SECRET_LENGTH)).translate(_CHARACTERS)


def _random_places() -> bytes:
    return os.urandom(2 * CSRF_SECRET_LENGTH).translate(_PLACES, _UNFAIR)[:CSRF_SECRET_LENGTH]


TOLD_TYPE = "application/json"


HOLES = {
    name: f"\ue000{name}\ue001"
    for name in (
        "csrf",
        "action",
        "issues",
        "choices",
        "comment",
        "remaining",
        "number",
        "last",
        "name",
        "where",
        "was",
    )
}
_HOLE = re.compile("\ue000(\\w+)\ue001")
# A page of 6 issues (12 KB) takes 17 µs, or 55 in the middle of others' requests, and is 2.55 KB; zlib's level 3 takes
# 40 and 110 for 2.44 KB, its level 6 twice that for 2.35.
_GZIP_LEVEL, _GZIP_FORMAT = 2, 16 + 15
_HTML, _NOT_KEPT = "text/html; charset=utf-8", {"Cache-Control": "no-store, private"}


def page(
    request: HttpRequest,
    template: str,
    *,
    fills: dict[str, bytes] | None = None,
    status: int = 200,
    keep: bool = True,
    action: str = "",
    **context: object,
) -> HttpResponse:
    """A page from `surveys/respond/<template>.html`: a frame by its context, whose values are hashable, and `fills`,
    which are HTML already, in its holes. The address is a hole too: it may hold a personal link's token.

    `keep=False` for a context that respondents can vary at will. Browsers never store a page, so that "back" asks
    again and cannot show old answers.
    """
    make = _frame if keep else _frame.__wrapped__
    language, spoken = spoken_language(), reading_languages(getattr(request, "spoken", ()))
    others = tuple(each for each in spoken if each != language)
    asker = named(getattr(request, "asker", {}), language)
    look = (language, translation.get_language(), others, is_large(request), is_high(request), asker)
    frame = make(template, look, tuple(sorted(context.items())))
    filled = {**(fills or {}), "csrf": form_token(request), "action": as_html(action or request.path)}
    # Frames alternate between fixed pieces and names of holes.
    body = b"".join([piece if place % 2 == 0 else filled[piece] for place, piece in enumerate(frame)])
    response = _answer(request, body, status)
    if TOLD in request.COOKIES:
        forget(response, request.resolver_match.kwargs["code"], TOLD)
    return response


def as_html(text: str) -> bytes:
    """A respondent's own text, harmless, for a hole."""
    return html.escape(text).encode()


@lru_cache(maxsize=2048)
def _frame(
    template: str, look: tuple[str, str, tuple[str, ...], bool, bool, str], context: tuple[tuple[str, object], ...]
) -> tuple[bytes | str, ...]:
    language, nearest, others, large, high, asker = look
    with speaking(language, [nearest]):
        rendered = render_to_string(
            f"surveys/respond/{template}.html",
            {
                "holes": HOLES,
                "action": HOLES["action"],
                "spoken": "" if language == nearest else language,
                "large": large,
                "high": high,
                "organisation_name": asker,
                "other_languages": others,
                **dict(context),
            },
        )
    lean = re.sub(r"\n\s*", "\n", rendered)
    pieces = _HOLE.split(lean)
    return tuple(piece.encode() if place % 2 == 0 else piece for place, piece in enumerate(pieces))


_PAGE = HttpResponse(content_type=_HTML, headers=_NOT_KEPT)


def made_like(made: HttpResponse, response: HttpResponse) -> None:
    """Make a response like one that is there already, without a body and cookies: Django takes longer to make one than
    to say what is in it.
    """
    response.__dict__.update(made.__dict__)
    response.headers, response.cookies, response._resource_closers = copy(made.headers), SimpleCookie(), []
    response.headers._store, response._container = dict(made.headers._store), list(made._container)


class _Page(HttpResponse):
    """A page of ours."""

    def __init__(self, status: int) -> None:
        made_like(_PAGE, self)
        self.status_code = status


def _answer(request: HttpRequest, body: bytes, status: int) -> HttpResponse:
    response = _Page(status)
    if "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", ""):
        body = isal_zlib.compress(body, _GZIP_LEVEL, _GZIP_FORMAT)
        response.headers["Content-Encoding"] = "gzip"
    response.content = body
    return response
