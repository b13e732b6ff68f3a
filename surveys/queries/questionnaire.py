"""An opened survey as respondents see it: read once per process, as nothing of it changes after opening."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from surveys.instrument import LANGUAGES
from surveys.models import GroupPlan, Item, ItemText, ProfileQuestion, Survey
from surveys.queries.issue_html import attention_html
from surveys.queries.questionnaire_parts import Asked, CategoryParts, IssueParts, Questionnaire, asked_by
from surveys.queries.scale_pieces import pieces_of, scale_by_code
from surveys.questionnaire.effort import SECONDS_PER_ITEM

__all__ = ["SECONDS_PER_ITEM", "Asked", "Questionnaire", "questionnaire_of", "questionnaire_with"]


@lru_cache(maxsize=32)
def questionnaire_of(survey_pk: int, opened_at: datetime) -> Questionnaire:
    """The questionnaire of a survey as it was opened at that time; Survey.DoesNotExist where it was not."""
    survey = Survey.objects.select_related("cycle").get(pk=survey_pk, opened_at=opened_at)
    html: dict[int, dict[str, str]] = {}
    for text in ItemText.objects.filter(survey=survey):
        html.setdefault(text.issue_id, {})[text.language] = text.html
    return questionnaire_with(survey, html)


def questionnaire_with(survey: Survey, html: Mapping[int, Mapping[str, str]]) -> Questionnaire:
    """The questionnaire of a survey, open or not, with this HTML of its issues: {issue key: {language: HTML}}."""
    items = list(Item.objects.filter(survey=survey).select_related("issue__category").order_by("position"))
    categories = sorted({item.issue.category for item in items}, key=lambda row: (row.order, row.code))
    issues = _issues(items, [category.pk for category in categories], html)
    plans = {row.group_id: asked_by(survey, row, issues) for row in GroupPlan.objects.filter(survey=survey)}
    attention = {language: scale_by_code(attention_html(survey, language)) for language in LANGUAGES}
    parts = tuple(CategoryParts(row.code, row.name_zh, row.name_en) for row in categories)
    profile = tuple(ProfileQuestion.objects.filter(survey=survey).order_by("position"))
    return Questionnaire(survey, parts, issues, plans, attention, profile)


def _issues(
    items: Sequence[Item], categories: list[int], html: Mapping[int, Mapping[str, str]]
) -> tuple[IssueParts, ...]:
    own: dict[int, list[Item]] = {}
    for item in items:
        own.setdefault(item.issue_id, []).append(item)
    return tuple(
        IssueParts(
            each[0].issue.code,
            each[0].issue.parent_id or pk,
            categories.index(each[0].issue.category_id),
            {item.dimension: item.position for item in each},
            {language: pieces_of(text) for language, text in html.get(pk, {}).items()},
        )
        for pk, each in own.items()
    )
