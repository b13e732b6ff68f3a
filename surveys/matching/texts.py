"""Text of other tools made comparable: without tags, entities, numbering, case and width."""

import html
import re
import unicodedata
from functools import lru_cache

_TAG = re.compile(r"<[^<>]{0,200}>")
_SPACE = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[\W_]+")
_NUMBER = re.compile(
    r"\s*(?:第\s*(\d{1,3})\s*题|[qQ]\s?(\d{1,3})(?=[\W_])|[(\[]?(\d{1,3})(?:[-.](?:\d{1,3}))?(?:[、)\].:]|(?=\s)))[\s、.:)]*"
)
LONGEST = 2_000


@lru_cache(maxsize=8192)
def cleaned(text: str) -> str:
    """The text as a person reads it: no tags, entities, marks and doubled spaces; full width made usual."""
    text = html.unescape(text[:LONGEST])
    text = unicodedata.normalize("NFKC", _TAG.sub(" ", text)).replace("\ufeff", "").replace("\u200b", "")
    return _SPACE.sub(" ", text).strip()


@lru_cache(maxsize=16384)
def squashed(text: str) -> str:
    """Letters, digits and Chinese characters alone, without case: `SOC-03-01` is `soc0301`."""
    return _NOT_WORD.sub("", cleaned(text).casefold())


@lru_cache(maxsize=8192)
def word(text: str) -> str:
    """An answer for comparing: cleaned, no case, underscores as spaces, no quotation marks or full stop around it."""
    text = cleaned(text).casefold().replace("_", " ").replace("’", "'")
    return _SPACE.sub(" ", text).strip(" \"“”'‘’。.;；,，")


def number_of(text: str) -> tuple[str, str]:
    """The question's number at the beginning of a cleaned header, '' without one, and the rest of the text."""
    found = _NUMBER.match(text)
    if not found:
        return "", text
    rest = text[found.end() :].strip()
    return (next(part for part in found.groups() if part), rest) if rest else ("", text)
