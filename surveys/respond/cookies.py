"""What a browser keeps of a respondent: what opens the answers, how pages are shown, what the next one has to say."""

import hashlib
import hmac
import re
from functools import lru_cache
from urllib.parse import quote, unquote
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import force_bytes

from materiality.platform.keys import begun_with, signed

DRAFT, DONE, FIRST, TOLD = "yiti_draft", "yiti_done", "yiti_first", "yiti_told"
SIZE, CONTRAST = "yiti_size", "yiti_contrast"
DAY = 24 * 3600
_DONE_AGE, _FIRST_AGE, _TOLD_AGE, _SHOWN_AGE = 365 * DAY, 600, 60, 365 * DAY
# Which languages there are, the next page asks the survey.
_TAG = re.compile(r"[a-z]{2,8}(-[a-z0-9]{2,8})?")
# How pages may be shown: the posted name, its values, and the cookie that keeps it.
_SHOWN = {"size": (("large", "normal"), SIZE), "contrast": (("high", "normal"), CONTRAST)}
_HEX_OF_KEY, _LONGEST_TOLD = 32, 2_000


class Tampered(Exception):
    """The cookie was not written by us, or for another survey."""


def draft_secret(request: HttpRequest, code: str) -> UUID | str | None:
    """What opens this browser's draft: a key, or of an anonymous survey a text; None without a cookie, Tampered where
    it is not ours.
    """
    value = request.COOKIES.get(DRAFT)
    if not value:
        return None
    try:
        # Looked at each time, for 6 µs: what opens answers stays in no memory.
        secret = _signer(DRAFT, code).unsign(value)
        return UUID(hex=secret) if len(secret) == _HEX_OF_KEY else secret
    except (signing.BadSignature, ValueError) as problem:
        raise Tampered from problem


def has_answered(request: HttpRequest, code: str) -> bool:
    """Whether a response of this browser is in."""
    try:
        return _signer(DONE, code).unsign(request.COOKIES.get(DONE, "")) == "1"
    except signing.BadSignature:
        return False


def remember_draft(response: HttpResponse, code: str, secret: UUID | str, days: int) -> None:
    """Give the browser what opens its draft, for as long as unfinished answers are kept."""
    _set(
        response, code, DRAFT, _signer(DRAFT, code).sign(secret.hex if isinstance(secret, UUID) else secret), days * DAY
    )
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


def kept_first_page(request: HttpRequest) -> tuple[str, bool]:
    """Group code and consent as kept by `remember_first_page`, unchecked."""
    group, _, consent = request.COOKIES.get(FIRST, "").partition(":")
    return group, consent == "1"


def first_page_was_shown(request: HttpRequest) -> bool:
    """Whether the first page was open in this browser a moment ago, before it was asked for in another way."""
    return FIRST in request.COOKIES


def remember_told(response: HttpResponse, code: str, *told: str) -> None:
    """What the next page shall say of what was posted, in words that the page knows: no POST is answered by a page."""
    _set(response, code, TOLD, "&".join(map(quote, told))[:_LONGEST_TOLD], _TOLD_AGE)


def told(request: HttpRequest) -> list[str]:
    """What `remember_told` kept; said once, as every page forgets it."""
    return [unquote(each) for each in request.COOKIES.get(TOLD, "").split("&") if each]


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
    if _TAG.fullmatch(posted.get("language", "")):
        name, secure = settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_COOKIE_SECURE
        _keep(response, name, posted["language"], path="/", secure=secure)
    for posted_name, (values, cookie) in _SHOWN.items():
        if posted.get(posted_name) in values:
            _keep(response, cookie, posted[posted_name], path="/s/", secure=settings.SESSION_COOKIE_SECURE)


def _keep(response: HttpResponse, name: str, value: str, *, path: str, secure: bool) -> None:
    response.set_cookie(name, value, max_age=_SHOWN_AGE, path=path, secure=secure, httponly=True, samesite="Lax")


class Signer(signing.Signer):
    """Signs as Django's does, in a tenth of its time: that derives its key, and prepares OpenSSL, anew with each."""

    def signature(self, value: str | bytes, key: str | bytes | None = None) -> str:
        return signing.b64_encode(signed(_begun_with(self.salt, key or self.key), force_bytes(value))).decode()

    def unsign(self, signed_value: str) -> str:
        value, _, signature = signed_value.rpartition(self.sep)
        if hmac.compare_digest(signature.encode(), self.signature(value).encode()):
            return value
        return super().unsign(signed_value)  # with an older key, or not by us


@lru_cache(maxsize=256)
def _begun_with(salt: str, key: str | bytes) -> tuple["hashlib._Hash", "hashlib._Hash"]:
    return begun_with(hashlib.sha256(force_bytes(f"{salt}signer") + force_bytes(key)).digest())


@lru_cache(maxsize=256)
def _signer(purpose: str, code: str) -> Signer:
    return Signer(salt=f"surveys.{purpose}.{code}")


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
