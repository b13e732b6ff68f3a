"""An opened survey as respondents see it: read once per process, as nothing of it changes after opening."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache

from materiality.bilingual import text_of
from materiality.scoring.codes import NOT_ASKED, SKIPPED
from surveys.instrument import LANGUAGES
from surveys.models import GroupPlan, Item, ItemText, ProfileQuestion, Survey
from surveys.queries.issue_html import attention_html
from surveys.queries.plans import plan_of
from surveys.queries.scale_pieces import Piece, joined, pieces_of, scale_by_code
from surveys.questionnaire.asking import asked_issues
from surveys.questionnaire.effort import SECONDS_PER_ITEM, Effort
from surveys.questionnaire.paging import Sheet, sheets_of

__all__ = ["SECONDS_PER_ITEM", "Asked", "Questionnaire", "questionnaire_of"]


@dataclass(frozen=True)
class CategoryParts:
    """One category of the survey."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class IssueParts:
    """One issue: its category's index, its primary, its items (dimension -> position), its HTML per language."""

    code: str
    primary: int
    category: int
    positions: dict[str, int]
    pieces: dict[str, tuple[Piece, ...]]


@dataclass(frozen=True)
class Asked:
    """What a group is asked: issues (indices) and dimensions, and how many of the issues each respondent gets."""

    issues: frozenset[int]
    dimensions: tuple[str, ...]
    each: int

    @property
    def effort(self) -> Effort:
        """What answering takes."""
        return Effort(self.each, len(self.dimensions))


@dataclass(frozen=True, eq=False)
class Questionnaire:
    """An opened survey with its issues in the order of their first items, and what is asked besides.

    `survey` is as it was when read: take state, times and texts from elsewhere.
    """

    survey: Survey
    categories: tuple[CategoryParts, ...]
    issues: tuple[IssueParts, ...]
    plans: dict[int, Asked]
    attention: dict[str, dict[int, bytes]]
    profile: tuple[ProfileQuestion, ...]

    def asked_of(self, group_id: int) -> Asked:
        """What a group is asked; everything where it has no plan."""
        if group_id in self.plans:
            return self.plans[group_id]
        return _asked(self.survey, None, self.issues)

    def sheets(self, key: bytes, ratings: bytes, *, single: bool = False) -> list[Sheet]:
        """The pages of the respondent with this key and these ratings; what is not asked is on none."""
        asked = asked_issues(self.positions_of, ratings) if NOT_ASKED in ratings else range(len(self.issues))
        survey = self.survey
        return sheets_of(key, self._category_of, asked, split=survey.split, single=single, attention=survey.attention)

    def positions(self, sheet: Sheet) -> list[int]:
        """Positions of all items of a page's issues, asked or not."""
        return [position for issue in sheet.issues for position in self.positions_of[issue].values()]

    def open_issues(self, ratings: bytes) -> tuple[int, int]:
        """(issues with something unanswered, issues asked)."""
        asked = asked_issues(self.positions_of, ratings)
        return sum(SKIPPED in [ratings[place] for place in self.positions_of[issue].values()] for issue in asked), len(
            asked
        )

    def issues_html(self, sheet: Sheet, ratings: bytes, attention: int | None, language: str) -> bytes:
        """HTML of a page's issues, and of the attention question where it stands, with the given answers chosen."""
        shown = [joined(self.issues[issue].pieces[language], ratings) for issue in sheet.issues]
        if sheet.attention is not None:
            shown.insert(sheet.attention, self.attention[language][attention or SKIPPED])
        return b"".join(shown)

    def heading(self, sheet: Sheet) -> str:
        """The names of the categories on a page, in the active language."""
        places = dict.fromkeys(self.issues[issue].category for issue in sheet.issues)
        return " · ".join(text_of(self.categories[place], "name") for place in places)

    @cached_property
    def positions_of(self) -> list[dict[str, int]]:
        """Per issue its items: dimension -> position."""
        return [issue.positions for issue in self.issues]

    @cached_property
    def primaries(self) -> list[int]:
        """Per issue its primary."""
        return [issue.primary for issue in self.issues]

    @cached_property
    def core(self) -> list[int]:
        """The issues (indices) that every respondent of a split survey gets."""
        return [place for place, issue in enumerate(self.issues) if issue.code in self.survey.core]

    @cached_property
    def _category_of(self) -> list[int]:
        return [issue.category for issue in self.issues]


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
    plans = {row.group_id: _asked(survey, row, issues) for row in GroupPlan.objects.filter(survey=survey)}
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


def _asked(survey: Survey, row: GroupPlan | None, issues: Sequence[IssueParts]) -> Asked:
    plan = plan_of(row)
    codes = set(plan.issues([issue.code for issue in issues]))
    rated = frozenset(
        place
        for place, issue in enumerate(issues)
        if issue.code in codes and any(dimension in issue.positions for dimension in plan.dimensions)
    )
    size = (row and row.issues_each) or survey.split_issues
    return Asked(rated, plan.dimensions, min(size, len(rated)) if survey.split else len(rated))
