"""An opened survey as respondents see it: read once per process, as nothing of it changes after opening."""

import logging
import re
import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, lru_cache
from random import SystemRandom

from django.db import connection
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from materiality.models import Issue
from materiality.platform.bilingual import reading_languages, shown, speaking, text_of
from materiality.platform.keys import CannotOpen, seal, unseal
from materiality.platform.statements import changed, one_row
from materiality.scoring.cube import DONT_KNOW, NOT_ASKED, SKIPPED
from surveys.models import GroupPlan, Item, ItemText, ProfileQuestion, Response, Survey
from surveys.models.instrument import attention_words, question_words, scale_words
from surveys.queries.plans import plan_of
from surveys.questionnaire.asking import SECONDS_PER_ITEM, Effort, Sheet, asked_issues, course_of, draw_part, sheets_of
from surveys.questionnaire.contents import sealed_size
from surveys.questionnaire.saving import ATTENTION, slots_of
from surveys.respond.keys import key_of, key_of_counts

log = logging.getLogger(__name__)

_MAKE = """
INSERT INTO surveys_assignments (survey_id, group_id, counts) VALUES (%s, %s, %s)
ON CONFLICT (survey_id, group_id) DO NOTHING
"""
_TAKE = "SELECT counts FROM surveys_assignments WHERE survey_id = %s AND group_id = %s"
_WRITE = "UPDATE surveys_assignments SET counts = %s WHERE survey_id = %s AND group_id = %s"


def locked_counts(survey: Survey, group_id: int, issues: int) -> array:
    """The counts of all `issues` issues in their order; nobody else changes them before the transaction ends.

    SQLite holds its one write lock from the transaction's start on, PostgreSQL the row's.
    """
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    row = one_row(_TAKE + lock, [survey.pk, group_id])
    if row is None:
        none_yet = array("I", bytes(4 * issues))
        if changed(_MAKE, [survey.pk, group_id, stored_counts(survey, none_yet)]):
            return none_yet
        row = one_row(_TAKE + lock, [survey.pk, group_id])
    counts = _counts_in(survey, bytes(row[0]), issues)
    if sys.byteorder == "big":
        counts.byteswap()
    return counts


def _counts_in(survey: Survey, stored: bytes, issues: int) -> array:
    """Damaged ones begin anew: they only spread the issues evenly."""
    try:
        return array("I", unseal(key_of_counts(key_of(survey)), stored) if survey.anonymous else stored)
    except CannotOpen:
        log.error("the counts of what survey %s gave cannot be opened; they begin again", survey.code)
        return array("I", bytes(4 * issues))


def write_counts(survey: Survey, group_id: int, counts: array) -> None:
    """Store counts that were read under the lock."""
    changed(_WRITE, [stored_counts(survey, counts), survey.pk, group_id])


def stored_counts(survey: Survey, counts: array) -> bytes:
    """As Assignments hold them: of an anonymous survey sealed, as what changes by a start says what was drawn."""
    stored = array("I", counts)
    if sys.byteorder == "big":
        stored.byteswap()
    return seal(key_of_counts(key_of(survey)), stored.tobytes()) if survey.anonymous else stored.tobytes()


def issue_html(survey: Survey, items: Sequence[Item], language: str) -> str:
    """One issue's name, definition and a scale per item, nothing chosen, in a language (see `reading_languages`)."""
    issue = items[0].issue
    with speaking(language, survey.languages):
        asked = [(f"r{item.position}", question_words(item.dimension)) for item in items]
        return _render(survey, text_of(issue, "name", language), asked, text_of(issue, "definition", language))


def attention_html(survey: Survey, language: str) -> str:
    """The survey's attention question, nothing chosen, in a language."""
    with speaking(language, survey.languages):
        heading, question = attention_words(survey.attention_value)
        return _render(survey, heading, [("attention", question)])


def _render(survey: Survey, name: str, asked: list[tuple[str, str]], definition: str = "") -> str:
    words = tuple(scale_words(survey.instrument, survey.k))
    return _rendered(survey.instrument.version, words, name, tuple(asked), definition, get_language())


# Typed: a text that is safe as HTML is another than the same text that is not.
@lru_cache(maxsize=1024, typed=True)
def _rendered(version: int, words: Sequence[str], name: str, asked: tuple, definition: str, _language: str) -> str:
    """Kept, as every page of a preview and every survey on the same issues asks for the same."""
    options = list(enumerate(words, start=1))
    context = {"name": name, "definition": definition, "asked": asked, "k": len(words), "options": options}
    return render_to_string(f"surveys/respond/issue_{version}.html", context)


_FIELDSET = re.compile(r"(<fieldset.*?</fieldset>)", re.S)
_FIELD = re.compile(r'name="r(\d+)"')


@dataclass(frozen=True)
class Pieces:
    """One issue's HTML: what stands before its scales and after them, and per position a scale's HTML for every code
    that it can have.
    """

    head: bytes
    scales: dict[int, dict[int, bytes]]
    tail: bytes
    blank: dict[tuple[int, ...], bytes] = field(default_factory=dict)

    def shown(self, ratings: bytes, positions: tuple[int, ...]) -> bytes:
        """The HTML with the scales of these items, in their order, and the given answers chosen."""
        codes = [ratings[place] for place in positions]
        if codes.count(SKIPPED) != len(codes):
            return self._shown(positions, codes)
        if positions not in self.blank:  # as most see it, in one of few orders
            self.blank[positions] = self._shown(positions, codes)
        return self.blank[positions]

    def _shown(self, positions: Sequence[int], codes: Sequence[int]) -> bytes:
        scales = [self.scales[place][code] for place, code in zip(positions, codes, strict=True)]
        return b"".join((self.head, *scales, self.tail))


def html_pieces(html: str) -> Pieces:
    """One issue's HTML, as it was frozen, in pieces."""
    head, *scales, tail = [piece for place, piece in enumerate(_FIELDSET.split(html)) if place in (0,) or piece.strip()]
    return Pieces(head.encode(), {int(_FIELD.search(each)[1]): scale_by_code(each) for each in scales}, tail.encode())


def scale_by_code(scale: str) -> dict[int, bytes]:
    """The scale's HTML for every code: nothing chosen, each of its values, and nothing at all if it is not asked."""
    by_code = {SKIPPED: scale.encode(), NOT_ASKED: b""}
    for value in re.findall(r'value="(\w+)"', scale):
        code = DONT_KNOW if value == "d" else int(value)
        by_code[code] = scale.replace(f'value="{value}"', f'value="{value}" checked').encode()
    return by_code


@dataclass(frozen=True)
class CategoryParts:
    code: str
    name: Mapping[str, str]


@dataclass(frozen=True)
class IssueParts:
    """One issue: its category's index, its primary, its items (dimension -> position), HTML per language, name."""

    code: str
    primary: int
    category: int
    positions: dict[str, int]
    pieces: dict[str, Pieces]
    name: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GroupQuestions:
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
    plans: dict[int, GroupQuestions]
    attention: dict[str, dict[int, bytes]]
    profile: tuple[ProfileQuestion, ...]

    def asked_in_large(self, group_id: int) -> GroupQuestions:
        """What a group is asked in large text: of a full questionnaire, which would be a screen a question, a part."""
        asked = self.asked_of(group_id)
        if self.survey.instrument.by_question and asked.each > self.survey.split_issues:
            return replace(asked, each=asked.each if self.survey.split else self.survey.split_issues)
        return asked

    def asked_of(self, group_id: int) -> GroupQuestions:
        """What a group is asked; everything where it has no plan."""
        if group_id in self.plans:
            return self.plans[group_id]
        return asked_by(self.survey, None, self.issues)

    def effort_of(self, group_id: int, *, large: bool = False) -> Effort:
        """What answering takes somebody of a group, the questions about themselves and the attention question too."""
        asked = self.asked_in_large(group_id) if large else self.asked_of(group_id)
        others = len(self.profile) + self.survey.attention + self.survey.ranking
        return Effort(asked.each, len(asked.dimensions), others)

    def sheets(self, key: bytes, ratings: bytes, *, single: bool = False) -> Sequence[Sheet]:
        """The pages of the respondent with this key and these ratings; what is not asked is on none."""
        # They are the same with every save: what is answered does not change them.
        return _kept_sheets(self, key, ratings.translate(_ASKED_ONLY), single)

    def made_sheets(self, key: bytes, ratings: bytes, single: bool) -> Sequence[Sheet]:
        partly = NOT_ASKED in ratings
        asked = asked_issues(self.positions_of, ratings) if partly else range(len(self.issues))
        survey = self.survey
        sheets = sheets_of(
            key,
            self._category_of,
            asked,
            instrument=survey.instrument,
            split=survey.split,
            single=single,
            attention=survey.attention,
        )
        if single and partly:
            # A group may rate one dimension alone.
            return tuple(each for each in sheets if not each.issues or self._asks(each, ratings))
        return tuple(sheets)

    def _asks(self, sheet: Sheet, ratings: bytes) -> bool:
        return any(ratings[position] != NOT_ASKED for position in self.positions(sheet))

    def positions(self, sheet: Sheet) -> list[int]:
        """Positions of all items of a page, asked or not, in the order of the page."""
        return [position for own in _kept_positions(self, sheet) for position in own]

    def made_positions(self, sheet: Sheet) -> tuple[tuple[int, ...], ...]:
        """The same, per issue."""
        each = [self.positions_of[issue] for issue in sheet.issues]
        return tuple(tuple(own[name] for name in sheet.dimensions if name in own) for own in each)

    def names(self, sheet: Sheet, ratings: bytes) -> Sequence[str]:
        """The answers that a page of the respondent with these ratings asks for, by their names."""
        return _kept_names(self, sheet, ratings.translate(_ASKED_ONLY))

    def open_issues(self, ratings: bytes) -> tuple[int, int]:
        """(issues with something unanswered, issues asked)."""
        asked = asked_issues(self.positions_of, ratings)
        return sum(SKIPPED in [ratings[place] for place in self.positions_of[issue].values()] for issue in asked), len(
            asked
        )

    def issues_html(self, sheet: Sheet, ratings: bytes, attention: int | None, language: str) -> bytes:
        """HTML of a page's issues, and of the attention question where it stands, with the given answers chosen.

        In English where the survey was opened before there was this language.
        """
        pieces = [self.issues[issue].pieces for issue in sheet.issues]
        each = zip(pieces, _kept_positions(self, sheet), strict=True)
        shown = [(own.get(language) or own["en"]).shown(ratings, positions) for own, positions in each]
        if sheet.attention is not None:
            shown.insert(sheet.attention, self.attention.get(language, self.attention["en"])[attention or SKIPPED])
        return b"".join(shown)

    def heading(self, sheet: Sheet, language: str | None = None) -> str:
        """The names of the categories on a page, in a language (default: the active one); a page without issues has a
        name too.
        """
        if not sheet.issues:
            return _("A short check")
        places = dict.fromkeys(self.issues[issue].category for issue in sheet.issues)
        return "\u00a0· ".join([shown(self.categories[place].name, language) for place in places])

    @property
    def title(self) -> str:
        """The survey's, in the active language."""
        return shown(self._titles)

    @cached_property
    def _titles(self) -> Mapping[str, str]:
        return self.survey.title.texts

    def course(self, key: bytes, ratings: bytes) -> tuple[int, ...]:
        """How the respondent with this key went on (see course_of)."""
        order = [issue for sheet in self.sheets(key, ratings) for issue in sheet.issues]
        return course_of(order, self.positions_of, ratings)

    @cached_property
    def sealed_size(self) -> int:
        """Bytes that a respondent's answers take where they are sealed."""
        questions = [(row.code, [option["code"] for option in row.options]) for row in self.profile]
        return sealed_size(self.items, questions)

    @cached_property
    def items(self) -> int:
        """How many items the survey has."""
        return sum(len(issue.positions) for issue in self.issues)

    @cached_property
    def codes(self) -> frozenset[str]:
        """Of its issues."""
        return frozenset(issue.code for issue in self.issues)

    @cached_property
    def slots(self) -> dict[str, int]:
        """The place of every answer in the history of what became of it, by its name."""
        return slots_of(self.items, (row.code for row in self.profile))

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


_ASKED_ONLY = bytes(NOT_ASKED if code == NOT_ASKED else SKIPPED for code in range(256))


@lru_cache(maxsize=2048)
def _kept_sheets(questionnaire: Questionnaire, key: bytes, asked: bytes, single: bool) -> Sequence[Sheet]:
    return questionnaire.made_sheets(key, asked, single)


@lru_cache(maxsize=2048)
def _kept_names(questionnaire: Questionnaire, sheet: Sheet, asked: bytes) -> Sequence[str]:
    names = [f"r{place}" for place in questionnaire.positions(sheet) if asked[place] != NOT_ASKED]
    return tuple(names if sheet.attention is None else [*names, ATTENTION])


@lru_cache(maxsize=2048)
def _kept_positions(questionnaire: Questionnaire, sheet: Sheet) -> tuple[tuple[int, ...], ...]:
    return questionnaire.made_positions(sheet)


def asked_by(survey: Survey, row: GroupPlan | None, issues: Sequence[IssueParts]) -> GroupQuestions:
    """What a stored plan says is asked; everything where there is none."""
    plan = plan_of(row)
    codes = set(plan.issues([issue.code for issue in issues]))
    rated = frozenset(
        place
        for place, issue in enumerate(issues)
        if issue.code in codes and any(dimension in issue.positions for dimension in plan.dimensions)
    )
    size = (row and row.issues_each) or survey.split_issues
    return GroupQuestions(rated, plan.dimensions, min(size, len(rated)) if survey.split else len(rated))


__all__ = ["SECONDS_PER_ITEM", "GroupQuestions", "Questionnaire", "questionnaire_of", "questionnaire_with"]


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
    items = survey.items.order_by("position").values_list("issue", "dimension", "position")
    asked = Issue.objects.filter(pk__in=survey.items.values("issue")).only("category", "parent", "code", "name")
    rows = {issue.pk: issue for issue in asked.prefetch_related("category")}
    categories = sorted({issue.category for issue in rows.values()}, key=lambda row: (row.order, row.code))
    issues = _issues(items, rows, [category.pk for category in categories], html)
    plans = {row.group_id: asked_by(survey, row, issues) for row in GroupPlan.objects.filter(survey=survey)}
    spoken = reading_languages(survey.languages)
    attention = {language: scale_by_code(attention_html(survey, language)) for language in spoken}
    parts = tuple(CategoryParts(row.code, row.name.texts) for row in categories)
    profile = tuple(ProfileQuestion.objects.filter(survey=survey).order_by("position"))
    return Questionnaire(survey, parts, issues, plans, attention, profile)


def _issues(
    items: Iterable[tuple[int, str, int]],
    rows: Mapping[int, Issue],
    categories: list[int],
    html: Mapping[int, Mapping[str, str]],
) -> tuple[IssueParts, ...]:
    """`items`: issue (key), dimension and position, in the order of positions."""
    positions: dict[int, dict[str, int]] = {}
    for pk, dimension, position in items:
        positions.setdefault(pk, {})[dimension] = position
    return tuple(
        IssueParts(
            rows[pk].code,
            rows[pk].parent_id or pk,
            categories.index(rows[pk].category_id),
            places,
            {language: html_pieces(text) for language, text in html.get(pk, {}).items()},
            rows[pk].name.texts,
        )
        for pk, places in positions.items()
    )


_CHANCE = SystemRandom()


def draw_parts(questionnaire: Questionnaire, group_id: int, asked: GroupQuestions, number: int = 1) -> list[list[int]]:
    """Draw the issues (indices) of so many respondents of a group, and count them as given, in the caller's
    transaction.
    """
    survey = questionnaire.survey
    counts = locked_counts(survey, group_id, len(questionnaire.issues))
    parts = []
    for _respondent in range(number):
        part = draw_part(
            counts,
            asked.each,
            primaries=questionnaire.primaries,
            core=questionnaire.core,
            allowed=asked.issues,
            rng=_CHANCE,
        )
        for issue in part:
            counts[issue] += 1
        parts.append(part)
    write_counts(survey, group_id, counts)
    return parts


@dataclass
class IssueRatings:
    """One issue and the byte code of its rating on each dimension that was asked."""

    issue: Issue
    codes: dict[str, int] = field(default_factory=dict)


def rated_issues(survey: Survey, response: Response) -> list[IssueRatings]:
    """The issues of the survey in the order of their codes, with this response's ratings; one query."""
    vector = bytes(response.ratings)
    found: dict[int, IssueRatings] = {}
    for item in survey.items.select_related("issue").order_by("issue__code", "position"):
        found.setdefault(item.issue_id, IssueRatings(item.issue)).codes[item.dimension] = vector[item.position]
    return list(found.values())
