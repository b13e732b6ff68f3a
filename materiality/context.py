"""What every template is given."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from materiality.bilingual import is_chinese


def organisation(request: HttpRequest) -> dict:
    """The organisation's name in the active language, and the other language to switch to."""
    chinese = is_chinese(get_language())
    return {
        "organisation_name": settings.ORGANISATION["zh-hans" if chinese else "en"],
        "other_language": ("en", "English") if chinese else ("zh-hans", "中文"),
    }
