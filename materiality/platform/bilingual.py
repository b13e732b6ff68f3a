"""Texts kept in two columns, `_zh` and `_en`, and the one to show."""

from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils.translation import get_language


def is_chinese(language: str | None = None) -> bool:
    """Whether a language code, or the active language, is Chinese."""
    return (language or get_language() or "zh-hans").startswith("zh")


def text_of(row: Any, field: str, language: str | None = None) -> str:
    """The text of `field` in the language (default: the active one); the other language's where it is empty."""
    first, second = ("_zh", "_en") if is_chinese(language) else ("_en", "_zh")
    return getattr(row, field + first) or getattr(row, field + second)


class Bilingual:
    """Descriptor: `name = Bilingual()` reads `name_zh` or `name_en` by the active language."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.field = name

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        return self if row is None else text_of(row, self.field)


def name_field(max_length: int = 200, blank: bool = False) -> models.CharField:
    """A short bilingual text's column."""
    return models.CharField(max_length=max_length, blank=blank)


def organisation(request: HttpRequest) -> dict:
    """The organisation's name in the active language, and the other language to switch to."""
    chinese = is_chinese(get_language())
    return {
        "organisation_name": settings.ORGANISATION["zh-hans" if chinese else "en"],
        "other_language": ("en", "English") if chinese else ("zh-hans", "中文"),
    }
