"""One issue with its scales as HTML, as it is frozen when a survey opens and shown in previews."""

from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils import translation

from materiality.bilingual import text_of
from materiality.models import Issue
from surveys.instrument import scale_words
from surveys.models import Item


def issue_html(issue: Issue, items: Sequence[Item], *, k: int, language: str) -> str:
    """The issue's name, definition and one scale per item, nothing chosen, in a language (zh-hans or en)."""
    with translation.override(language):
        return render_to_string(
            "surveys/respond/issue.html",
            {
                "number": issue.pk,
                "name": text_of(issue, "name", language),
                "definition": text_of(issue, "definition", language),
                "items": items,
                "k": k,
                "options": list(enumerate(scale_words(k), start=1)),
            },
        )
