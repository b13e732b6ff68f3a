"""Every word on printed sheets, in one or both languages."""

from collections.abc import Callable, Sequence

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from materiality.bilingual import text_of
from materiality.words import word_for
from surveys.instrument import LANGUAGES, scale_words
from surveys.models import Notice, PaperSheet, ProfileQuestion, Survey
from surveys.paper.contents import SheetIssue, sheet_issues

Each = Callable[[Callable[[], str]], list[str]]


def printed_words(survey: Survey, sheets: Sequence[PaperSheet], *, language: str, definitions: bool) -> dict:
    """What `sheet.typ` reads; every text is a list, one per language. `language` is `both` or one of LANGUAGES."""
    languages = LANGUAGES if language == "both" else (language,)

    def each(text: Callable[[], str]) -> list[str]:
        """The text in every language of the sheets."""
        found = []
        for one in languages:
            with translation.override(one):
                found.append(str(text()))
        return found

    issues = sheet_issues(survey)
    return {
        **_frame(survey, languages, each),
        **_front(survey, sheets, each),
        **_scale(survey, each),
        "issues": [_issue(issue, each, definitions) for issue in issues],
        "profile": [_question(question, each) for question in survey.profile_questions.order_by("position")],
        "sheets": [_sheet(sheet, issues, each) for sheet in sheets],
    }


def _frame(survey: Survey, languages: Sequence[str], each: Each) -> dict:
    titles = each(lambda: survey.title)
    return {
        "langs": ["en" if language == "en" else "zh" for language in languages],
        "lang": "en" if languages[0] == "en" else "zh",
        "title": titles[0],
        "titles": titles,
        "organisation": " / ".join(dict.fromkeys(settings.ORGANISATION[language] for language in languages)),
        "thanks": each(lambda: _("Thank you.")),
    }


def _front(survey: Survey, sheets: Sequence[PaperSheet], each: Each) -> dict:
    version = sheets[0].notice_version if sheets else survey.notice_version
    notice = Notice.objects.filter(survey=survey, version=version).first()
    paragraphs = [each(lambda: _stored(survey))]
    if notice and (notice.text_zh or notice.text_en):
        paragraphs.append(each(lambda: text_of(notice, "text")))
    introduction = each(lambda: survey.introduction)
    return {
        "introduction": [introduction] if any(introduction) else [],
        "stored_title": each(lambda: _("What is stored")),
        "stored": paragraphs,
        "consent": each(
            lambda: _(
                "I take part of my own will and agree that my answers are stored and evaluated as described above."
            )
        ),
        "how": each(
            lambda: _(
                "Please tick one box in each line. Rate the size of the effect, whether done well or badly. You may "
                "leave out any line."
            )
        ),
        "question": each(lambda: survey.question or _("Is there anything you would like to add? (optional)")),
    }


def _stored(survey: Survey) -> str:
    if survey.anonymous:
        return _(
            "Your group and your answers, mixed with those of others, so that nobody can tell which are yours. What "
            "you say about yourself and your comment are kept apart. The number of this sheet is not kept with your "
            "answers. Please do not write your name on it."
        )
    return _(
        "Your group, your answers and the number of this sheet. Neither your name nor your address is stored with "
        "them. Please do not write your name on it."
    )


def _scale(survey: Survey, each: Each) -> dict:
    return {
        "values": [str(value) for value in range(1, survey.k + 1)],
        "low": each(lambda: scale_words(survey.k)[0]),
        "high": each(lambda: scale_words(survey.k)[-1]),
        "dont_know": each(lambda: _("Don't know")),
        "several": each(lambda: _("(several possible)")),
        "dimensions": {name: each(lambda name=name: word_for("dimension", name)) for name in ("society", "business")},
    }


def _issue(entry: SheetIssue, each: Each, definitions: bool) -> dict:
    meant = each(lambda: entry.issue.definition) if definitions else []
    return {
        "name": each(lambda: entry.issue.name),
        "definition": [text for text in meant if text],
        "category": each(lambda: entry.issue.category.name),
    }


def _question(question: ProfileQuestion, each: Each) -> dict:
    def option_words(option: dict) -> list[str]:
        return each(lambda: option["zh" if translation.get_language().startswith("zh") else "en"] or option["code"])

    return {
        "kind": question.kind,
        "text": each(lambda: question.text),
        "options": [option_words(option) for option in question.options],
    }


def _sheet(sheet: PaperSheet, issues: Sequence[SheetIssue], each: Each) -> dict:
    asked = bytes(sheet.asked)
    shown = []
    for place, issue in enumerate(issues):
        dimensions = [dimension for dimension, position in issue.items if asked[position] != 255]
        if dimensions:
            shown.append([place, dimensions])
    return {
        "number": sheet.number,
        "shown": f"{sheet.number:04}",
        "group": each(lambda: sheet.group.name),
        "issues": shown,
    }
