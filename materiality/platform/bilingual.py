"""Texts kept in two columns, `_zh` and `_en`, and the one to show."""

from typing import Any

from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

LABELS = {
    "name": (_("Chinese name"), _("English name")),
    "title": (_("Chinese title"), _("English title")),
    "definition": (_("Chinese definition"), _("English definition")),
    "text": (_("Chinese text"), _("English text")),
}


def is_chinese(language: str | None = None) -> bool:
    """Whether a language code, or the active language, is Chinese."""
    return (language or get_language() or "zh-hans").startswith("zh")


def text_of(row: Any, field: str, language: str | None = None) -> str:
    """The text of `field` in the language (default: the active one); the other language's where it is empty."""
    first, second = ("_zh", "_en") if is_chinese(language) else ("_en", "_zh")
    return getattr(row, field + first) or getattr(row, field + second)


class Bilingual:
    """`name = Bilingual()` gives a model the columns `name_zh` and `name_en`; reading `name` gives the one to show.

    Forms, sheets and audit words take label and length from the columns. `max_length` 0: a text of any length, which
    like every `long` one is a TextField. `labels`: (Chinese text's, English text's) where LABELS does not say.
    """

    def __init__(
        self, max_length: int = 200, *, long: bool = False, blank: bool = False, labels: tuple[Any, Any] | None = None
    ) -> None:
        column = models.TextField if long or not max_length else models.CharField
        self.labels = labels
        # Made here, so that the columns stand in the table where the pair stands in the model.
        self.pair = {suffix: column(max_length=max_length or None, blank=blank) for suffix in ("_zh", "_en")}

    def contribute_to_class(self, model: type[models.Model], name: str) -> None:
        self.field = name
        labels = self.labels or LABELS.get(name, (None, None))
        for (suffix, column), label in zip(self.pair.items(), labels, strict=True):
            column.verbose_name = column._verbose_name = label
            model.add_to_class(name + suffix, column)
        setattr(model, name, self)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of both columns, for forms, sheets and whoever else takes them one by one."""
        return tuple(self.field + suffix for suffix in self.pair)

    def any_of(self, row: Any) -> bool:
        """Whether the text is there in at least one language."""
        return any(getattr(row, column) for column in self.columns)

    def __get__(self, row: Any, owner: type | None = None) -> Any:
        return self if row is None else text_of(row, self.field)


def organisation(request: HttpRequest) -> dict:
    """The organisation's name in the active language, and the other language to switch to."""
    chinese = is_chinese(get_language())
    return {
        "organisation_name": settings.ORGANISATION["zh-hans" if chinese else "en"],
        "other_language": ("en", "English") if chinese else ("zh-hans", "中文"),
    }
