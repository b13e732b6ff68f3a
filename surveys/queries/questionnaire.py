"""An opened survey as respondents see it: read once per process, as nothing of it changes after opening."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import groupby

from materiality.scoring.codes import DONT_KNOW, NOT_ASKED, SKIPPED
from surveys.models import Item, ItemText, Survey
from surveys.questionnaire.paging import Page, page_count, page_of

SECONDS_PER_ITEM = 3
_FIELDSET = re.compile(r"(<fieldset.*?</fieldset>)", re.S)
_FIELD = re.compile(r'name="r(\d+)"')

# A fixed piece of HTML, or the position of an item with its scale's HTML for every code it can have.
Piece = bytes | tuple[int, dict[int, bytes]]


@dataclass(frozen=True)
class IssueParts:
    """One issue: the positions of its items and, per language, its HTML in pieces."""

    positions: tuple[int, ...]
    pieces: dict[str, tuple[Piece, ...]]


@dataclass(frozen=True)
class CategoryParts:
    """One category with the issues that the survey asks about."""

    code: str
    name_zh: str
    name_en: str
    issues: tuple[IssueParts, ...]


@dataclass(frozen=True, eq=False)
class Questionnaire:
    """An opened survey with its categories; `survey` is as it was when read: take state and times from elsewhere."""

    survey: Survey
    categories: tuple[CategoryParts, ...]
    n_items: int
    n_issues: int
    n_pages: int

    @property
    def minutes(self) -> int:
        """How long an unhurried respondent needs."""
        return max(1, round(self.n_items * SECONDS_PER_ITEM / 60))

    def page(self, key: bytes, number: int) -> Page:
        """Page 1..n_pages of the respondent with this key; IndexError for another number."""
        return page_of(key, [(category.code, len(category.issues)) for category in self.categories], number)

    def first_open_page(self, key: bytes, ratings: bytes) -> int | None:
        """The first page on which something is unanswered."""
        for number in range(1, self.n_pages + 1):
            issues = self.issues_on(self.page(key, number))
            if any(ratings[position] == SKIPPED for issue in issues for position in issue.positions):
                return number
        return None

    def issues_on(self, page: Page) -> list[IssueParts]:
        """The page's issues in shown order."""
        issues = self.categories[page.category].issues
        return [issues[index] for index in page.issues]


@lru_cache(maxsize=32)
def questionnaire_of(survey_pk: int, opened_at: datetime) -> Questionnaire:
    """The questionnaire of a survey as it was opened at that time; Survey.DoesNotExist where it was not."""
    survey = Survey.objects.get(pk=survey_pk, opened_at=opened_at)
    items = list(
        Item.objects.filter(survey=survey)
        .select_related("issue__category")
        .order_by("issue__category__order", "issue__category__code", "position")
    )
    texts = {(text.issue_id, text.language): text.html for text in ItemText.objects.filter(survey=survey)}
    categories = tuple(_category(list(group), texts) for _, group in groupby(items, lambda i: i.issue.category_id))
    shape = [(category.code, len(category.issues)) for category in categories]
    n_issues = sum(number for _, number in shape)
    return Questionnaire(survey, categories, len(items), n_issues, page_count(shape))


def issues_bytes(issues: Sequence[IssueParts], ratings: bytes, language: str) -> bytes:
    """HTML of these issues with the given answers chosen."""
    return b"".join(
        piece if type(piece) is bytes else piece[1][ratings[piece[0]]]
        for issue in issues
        for piece in issue.pieces[language]
    )


def _category(items: list[Item], texts: dict[tuple[int, str], str]) -> CategoryParts:
    category = items[0].issue.category
    by_issue: dict[int, list[int]] = {}
    for item in items:
        by_issue.setdefault(item.issue_id, []).append(item.position)
    issues = tuple(
        IssueParts(
            tuple(positions),
            {language: _pieces(html) for (issue, language), html in texts.items() if issue == pk},
        )
        for pk, positions in by_issue.items()
    )
    return CategoryParts(category.code, category.name_zh, category.name_en, issues)


def _pieces(html: str) -> tuple[Piece, ...]:
    return tuple(
        _choices(piece) if piece.startswith("<fieldset") else piece.encode() for piece in _FIELDSET.split(html)
    )


def _choices(scale: str) -> tuple[int, dict[int, bytes]]:
    """The scale's HTML for every code: nothing chosen, each of its values, and nothing at all if it is not asked."""
    position = int(_FIELD.search(scale)[1])
    by_code = {SKIPPED: scale.encode(), NOT_ASKED: b""}
    for value in re.findall(r'value="(\w+)"', scale):
        code = DONT_KNOW if value == "d" else int(value)
        by_code[code] = scale.replace(f'value="{value}"', f'value="{value}" checked').encode()
    return position, by_code
