"""The texts that a new survey starts with, made from what it asks; staff may change them."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from materiality.bilingual import text_of
from materiality.models import Category, Cycle, Issue
from surveys.instrument import LANGUAGES

_SUFFIX = {"zh-hans": "zh", "en": "en"}


def default_texts(cycle: Cycle, level: str) -> dict[str, str]:
    """Title, introduction, open question and thanks in both languages: {"title_zh": …, "thanks_en": …}."""
    issues = Issue.objects.filter(
        edition=cycle.edition_id, status=Issue.Status.ACTIVE, parent__isnull=level == "primary"
    )
    number = issues.count()
    categories = list(Category.objects.filter(issues__in=issues).distinct().order_by("order", "code"))
    found = {}
    for language in LANGUAGES:
        with translation.override(language):
            texts = _texts(cycle, number, categories, language)
        found |= {f"{name}_{_SUFFIX[language]}": text for name, text in texts.items()}
    return found


def share_text(survey, address: str, language: str) -> str:
    """A short invitation with the address, to be sent by mail or chat."""
    with translation.override(language):
        return _(
            "%(organisation)s asks for your view: %(title)s. It takes a few minutes, on a phone too: %(address)s"
        ) % {
            "organisation": settings.ORGANISATION[language],
            "title": text_of(survey, "title", language),
            "address": address,
        }


def _texts(cycle: Cycle, number: int, categories: list[Category], language: str) -> dict[str, str]:
    values = {
        "cycle": text_of(cycle, "title", language),
        "organisation": settings.ORGANISATION[language],
        "number": number,
        "categories": _listed([text_of(category, "name", language) for category in categories]),
    }
    return {
        "title": _("%(cycle)s: survey of stakeholders") % values,
        "introduction": _(
            "%(organisation)s is finding out which issues matter most: to society and the environment, and to its own "
            "business.\n\nThe survey covers %(number)s issues about %(categories)s. Your view decides what we report "
            "on and work on first."
        )
        % values,
        "question": _("Is an important issue missing?"),
        "thanks": _(
            "Thank you for your time. Your answers are evaluated together with those of all other groups, and the "
            "result is published in our next sustainability report."
        ),
    }


def _listed(names: list[str]) -> str:
    """“a, b and c” as the active language writes it."""
    if len(names) < 2:
        return "".join(names)
    comma = _(", ")
    return _("%(first)s and %(last)s") % {"first": comma.join(names[:-1]), "last": names[-1]}
