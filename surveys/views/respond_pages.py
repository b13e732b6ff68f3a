"""Respondent pages as bytes: frames rendered once per process, with holes for what differs per request."""

import re
import zlib
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape

from materiality.bilingual import is_chinese
from surveys.views.form_token import form_token
from surveys.views.respond_cookies import is_high, is_large

HOLES = {
    name: f"\ue000{name}\ue001"
    for name in ("csrf", "action", "issues", "comment", "remaining", "number", "last", "name", "where")
}
_HOLE = re.compile("\ue000(\\w+)\ue001")
# Level 2 costs 90 µs for a page of 12 issues and comes within 6 % of level 6.
_GZIP_LEVEL, _GZIP_FORMAT = 2, 31


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
    look = (shown_language(), is_large(request), is_high(request))
    frame = make(template, look, tuple(sorted(context.items())))
    filled = {**(fills or {}), "csrf": form_token(request).encode(), "action": as_html(action or request.path)}
    # Frames alternate between fixed pieces and names of holes.
    body = b"".join(piece if place % 2 == 0 else filled[piece] for place, piece in enumerate(frame))
    return _answer(request, body, status)


def shown_language() -> str:
    """The active language as surveys name it: zh-hans or en."""
    return "zh-hans" if is_chinese() else "en"


def as_html(text: str) -> bytes:
    """A respondent's own text, harmless, for a hole."""
    return escape(text).encode()


@lru_cache(maxsize=2048)
def _frame(
    template: str, look: tuple[str, bool, bool], context: tuple[tuple[str, object], ...]
) -> tuple[bytes | str, ...]:
    language, large, high = look
    with translation.override(language):
        html = render_to_string(
            f"surveys/respond/{template}.html",
            {
                "holes": HOLES,
                "action": HOLES["action"],
                "large": large,
                "high": high,
                "organisation_name": settings.ORGANISATION[language],
                "other_language": ("en", "English") if language == "zh-hans" else ("zh-hans", "中文"),
                **dict(context),
            },
        )
    lean = re.sub(r"\n\s*", "\n", html)
    pieces = _HOLE.split(lean)
    return tuple(piece.encode() if place % 2 == 0 else piece for place, piece in enumerate(pieces))


def _answer(request: HttpRequest, body: bytes, status: int) -> HttpResponse:
    response = HttpResponse(status=status, headers={"Cache-Control": "no-store, private", "Vary": "Accept-Encoding"})
    if "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", ""):
        packer = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_FORMAT)
        body = packer.compress(body) + packer.flush()
        response.headers["Content-Encoding"] = "gzip"
    response.content = body
    return response
