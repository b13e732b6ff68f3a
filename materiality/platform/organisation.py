"""What the organisation is called: as staff said, else as the settings of the installation say."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from materiality.models import Organisation
from materiality.platform.bilingual import is_chinese, reading_languages, shown, spoken_language


def organisation_texts() -> Mapping[str, str]:
    """The name by language, as far as staff said it."""
    held = Organisation.objects.filter(pk=1).values_list("name", flat=True).first()
    return held or {}


_frozen: ContextVar[Mapping[str, str] | None] = ContextVar("organisation", default=None)


@contextmanager
def called(texts: Mapping[str, str]) -> Iterator[None]:
    """Within, the organisation is called so, whatever its name is by now."""
    held = _frozen.set(texts)
    try:
        yield
    finally:
        _frozen.reset(held)


def organisation_name(language: str | None = None) -> str:
    """In a language (default: the active one); one query."""
    texts = _frozen.get()
    return named(organisation_texts() if texts is None else texts, language)


def named(texts: Mapping[str, str], language: str | None = None) -> str:
    """The name among its texts by language, where there is any."""
    return shown(texts, language) or settings.ORGANISATION["zh-hans" if is_chinese(language) else "en"]


def organisation(request: HttpRequest) -> dict:
    """For templates: the organisation's name in the active language, and the other languages to switch to."""
    others = [code for code in reading_languages() if code != spoken_language()]
    return {"organisation_name": SimpleLazyObject(_name_on_pages), "other_languages": others}


def _name_on_pages() -> str:
    """A page that says what is wrong with the database asks it nothing more."""
    try:
        return organisation_name()
    except DatabaseError:
        return named({})
