"""A survey's questionnaire as values: its issues, what each group is asked, and the pages of one respondent."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from materiality.bilingual import text_of
from materiality.scoring.codes import NOT_ASKED, SKIPPED
from surveys.models import GroupPlan, ProfileQuestion, Survey
from surveys.queries.plans import plan_of
from surveys.queries.scale_pieces import Piece, joined
from surveys.questionnaire.asking import asked_issues
from surveys.questionnaire.effort import Effort
from surveys.questionnaire.paging import Sheet, sheets_of


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
        return asked_by(self.survey, None, self.issues)

    def effort_of(self, group_id: int) -> Effort:
        """What answering takes somebody of a group, the questions about themselves and the attention question too."""
        asked = self.asked_of(group_id)
        return Effort(asked.each, len(asked.dimensions), len(self.profile) + self.survey.attention)

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
        """The names of the categories on a page, in the active language; a page without issues has a name too."""
        if not sheet.issues:
            return _("A short check")
        places = dict.fromkeys(self.issues[issue].category for issue in sheet.issues)
        return "\u00a0· ".join(text_of(self.categories[place], "name") for place in places)

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


def asked_by(survey: Survey, row: GroupPlan | None, issues: Sequence[IssueParts]) -> Asked:
    """What a stored plan says is asked; everything where there is none."""
    plan = plan_of(row)
    codes = set(plan.issues([issue.code for issue in issues]))
    rated = frozenset(
        place
        for place, issue in enumerate(issues)
        if issue.code in codes and any(dimension in issue.positions for dimension in plan.dimensions)
    )
    size = (row and row.issues_each) or survey.split_issues
    return Asked(rated, plan.dimensions, min(size, len(rated)) if survey.split else len(rated))
