"""The respondent's cookies: which draft is theirs, whether they have answered, and how pages are shown."""

import re
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from surveys.instrument import LANGUAGES

DRAFT, DONE, FIRST, SIZE, CONTRAST = "yiti_draft", "yiti_done", "yiti_first", "yiti_size", "yiti_contrast"
DAY = 24 * 3600
_DONE_AGE, _FIRST_AGE, _SHOWN_AGE = 365 * DAY, 600, 365 * DAY
# How pages may be shown: the posted name, its values, and the cookie that keeps it.
_SHOWN = {"size": (("large", "normal"), SIZE), "contrast": (("high", "normal"), CONTRAST)}


class Tampered(Exception):
    """The cookie was not written by us, or for another survey."""


def draft_key(request: HttpRequest, code: str) -> UUID | None:
    """The key of this browser's draft; None without a cookie, Tampered where it is not ours."""
    value = request.COOKIES.get(DRAFT)
    if not value:
        return None
    try:
        return UUID(hex=_signer(DRAFT, code).unsign(value))
    except (signing.BadSignature, ValueError) as problem:
        raise Tampered from problem


def has_answered(request: HttpRequest, code: str) -> bool:
    """Whether a response of this browser is in."""
    try:
        return _signer(DONE, code).unsign(request.COOKIES.get(DONE, "")) == "1"
    except signing.BadSignature:
        return False


def remember_draft(response: HttpResponse, code: str, key: UUID, days: int) -> None:
    """Give the browser its draft's key, for as long as unfinished answers are kept."""
    _set(response, code, DRAFT, _signer(DRAFT, code).sign(key.hex), days * DAY)
    forget(response, code, FIRST)


def remember_answered(response: HttpResponse, code: str) -> None:
    """Note that a response is in; the key of its draft is of no more use."""
    _set(response, code, DONE, _signer(DONE, code).sign("1"), _DONE_AGE)
    forget(response, code, DRAFT)


def remember_first_page(response: HttpResponse, code: str, group: str, consent: bool) -> None:
    """Keep what is chosen on the first page over a change of language, in the browser only."""
    if not re.fullmatch(r"[\w-]{0,40}", group, re.ASCII):
        return
    _set(response, code, FIRST, f"{group}:{'1' if consent else ''}", _FIRST_AGE)


def first_page(request: HttpRequest) -> tuple[str, bool]:
    """Group code and consent as kept by `remember_first_page`, unchecked."""
    group, _, consent = request.COOKIES.get(FIRST, "").partition(":")
    return group, consent == "1"


def first_page_was_shown(request: HttpRequest) -> bool:
    """Whether the first page was open in this browser a moment ago, before it was asked for in another way."""
    return FIRST in request.COOKIES


def forget(response: HttpResponse, code: str, name: str) -> None:
    """Delete one of the survey's cookies."""
    response.delete_cookie(name, path=_path(code), samesite="Lax")


def is_large(request: HttpRequest) -> bool:
    """Whether large text, one issue per screen, was chosen."""
    return request.COOKIES.get(SIZE) == "large"


def is_high(request: HttpRequest) -> bool:
    """Whether high contrast was chosen."""
    return request.COOKIES.get(CONTRAST) == "high"


def is_about_display(posted: dict) -> bool:
    """Whether a form was sent by one of the switches at the page's top."""
    return "language" in posted or any(name in posted for name in _SHOWN)


def remember_shown(response: HttpResponse, posted: dict) -> None:
    """Keep a chosen language (for all pages of the site), text size and contrast."""
    if posted.get("language") in LANGUAGES:
        name, secure = settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_COOKIE_SECURE
        _keep(response, name, posted["language"], path="/", secure=secure)
    for posted_name, (values, cookie) in _SHOWN.items():
        if posted.get(posted_name) in values:
            _keep(response, cookie, posted[posted_name], path="/s/", secure=settings.SESSION_COOKIE_SECURE)


def _keep(response: HttpResponse, name: str, value: str, *, path: str, secure: bool) -> None:
    response.set_cookie(name, value, max_age=_SHOWN_AGE, path=path, secure=secure, httponly=True, samesite="Lax")


def _signer(purpose: str, code: str) -> signing.Signer:
    return signing.Signer(salt=f"surveys.{purpose}.{code}")


def _path(code: str) -> str:
    return f"/s/{code}/"


def _set(response: HttpResponse, code: str, name: str, value: str, age: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=age,
        path=_path(code),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
