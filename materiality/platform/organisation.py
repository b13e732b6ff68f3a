"""What the organisation is called: as staff said, else as the settings of the installation say."""

from collections.abc import Mapping

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from materiality.models import Organisation
from materiality.platform.bilingual import is_chinese, shown


def organisation_texts() -> Mapping[str, str]:
    """The name by language, as far as staff said it."""
    held = Organisation.objects.filter(pk=1).values_list("name", flat=True).first()
    return held or {}


def organisation_name(language: str | None = None) -> str:
    """In a language (default: the active one); one query."""
    return named(organisation_texts(), language)


def named(texts: Mapping[str, str], language: str | None = None) -> str:
    """The name among its texts by language, where there is any."""
    return shown(texts, language) or settings.ORGANISATION["zh-hans" if is_chinese(language) else "en"]


def organisation(request: HttpRequest) -> dict:
    """For templates: the organisation's name in the active language, and the other language to switch to."""
    other = ("en", "English") if is_chinese(get_language()) else ("zh-hans", "中文")
    return {"organisation_name": SimpleLazyObject(organisation_name), "other_language": other}
