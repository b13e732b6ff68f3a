"""One issue with its scales, and the attention question, as HTML: frozen when a survey opens, shown in previews."""

from collections.abc import Sequence

from django.template.loader import render_to_string
from django.utils import translation

from materiality.bilingual import text_of
from materiality.models import Issue
from surveys.instrument import attention_words, scale_words
from surveys.models import Item, Survey


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


def attention_html(survey: Survey, language: str) -> str:
    """The survey's attention question, nothing chosen, in a language (zh-hans or en)."""
    with translation.override(language):
        heading, question = attention_words(survey.attention_value)
        options = list(enumerate(scale_words(survey.k), start=1))
        context = {"name": heading, "question": question, "items": [None], "k": survey.k, "options": options}
        return render_to_string("surveys/respond/issue.html", context)
