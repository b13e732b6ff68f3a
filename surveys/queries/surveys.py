"""Surveys of a cycle: list, texts, preview, planning, risks of profile questions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from itertools import groupby
from random import Random

import numpy as np
from django.db.models import Case, Count, F, Min, OuterRef, Prefetch, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.models import Category, Cycle, Group, Issue, Run, User
from materiality.platform.bilingual import speaking, suffix_of, tag_of, text_of
from materiality.platform.organisation import named, organisation_name, organisation_texts
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import rateable_issues, scored_cycles
from materiality.scoring.cells import ratings_of
from materiality.scoring.cube import Cube
from surveys.models import Batch, GroupPlan, Item, ItemText, ProfileQuestion, Survey
from surveys.models.instrument import brief_words
from surveys.queries.fieldwork import CountedKind, kinds_of, valid_number
from surveys.queries.imports import number_waiting
from surveys.queries.plans import PlannedGroup, planned, split_size, survey_codes
from surveys.queries.questionnaire import SECONDS_PER_ITEM, Questionnaire, html_pieces, issue_html, questionnaire_with
from surveys.questionnaire.asking import (
    DEFAULT_SPREAD,
    QUESTION_KINDS,
    WIDTHS,
    Effort,
    Sheet,
    Standing,
    ThinGroup,
    blank_ratings,
    closing_time,
    combinations,
    draw_part,
    half_width,
    page_count,
    ratings_of_each,
    responses_needed,
    standing,
    thin_groups,
)
from surveys.responses.fieldwork import renew_figures, without_channels

_HEAVY = ("introduction", "thanks")


@dataclass(frozen=True)
class Listed:
    """A survey, where it stands now, when it closes or closed, and how many responses it has."""

    survey: Survey
    standing: Standing
    closes: datetime | None
    responses: int


def surveys_of(cycle: Cycle) -> list[Survey]:
    """The cycle's surveys, newest first, with `imports_waiting`, how many files are to be confirmed, `links`, how many
    personal links were made, and `kept_kinds` as `kinds_of` takes them.
    """
    if "_surveys" not in cycle.__dict__:
        cycle._surveys = list(_with_numbers().filter(cycle=cycle))
        for survey in cycle._surveys:
            survey.cycle = cycle
    return cycle._surveys


@cache
def _with_numbers() -> QuerySet[Survey]:
    """Put together once: that takes longer than the query."""
    batches = Batch.objects.filter(survey=OuterRef("pk")).order_by().values("survey")
    sizes = batches.annotate(n=Sum("size")).values("n")
    return Survey.objects.defer(*_HEAVY).annotate(
        kept_kinds=F("figures__figures__kinds"),
        imports_waiting=number_waiting(),
        links=Coalesce(Subquery(sizes), 0),
    )


def response_kinds(cycle: Cycle) -> list[CountedKind]:
    """The responses of the cycle's surveys by kind."""
    if "_kinds" not in cycle.__dict__:
        surveys = surveys_of(cycle)
        cycle._kinds = kinds_of(surveys) if surveys else []
        renew_figures(surveys, _numbers(cycle._kinds))
    return cycle._kinds


def use_counted(cycle: Cycle, survey: Survey, figures: dict) -> None:
    """Spare the steps of the cycle a count where its only survey's figures (see `count_fieldwork`) are at hand."""
    if surveys_of(cycle) == [survey]:
        cycle._kinds = [CountedKind(survey.pk, *row) for row in without_channels(figures["kinds"])]


def valid_responses(cycle: Cycle) -> int:
    """Responses of the cycle's surveys that count now, asked once per cycle object."""
    if "_valid" not in cycle.__dict__:
        cycle._valid = valid_number(surveys_of(cycle), response_kinds(cycle))
    return cycle._valid


def listed_surveys(cycle: Cycle) -> list[Listed]:
    """The surveys as the list shows them."""
    now = timezone.now()
    numbers = _numbers(response_kinds(cycle))
    return [
        Listed(survey, standing(survey, now), closing_time(survey), numbers.get(survey.pk, 0))
        for survey in surveys_of(cycle)
    ]


def _numbers(kinds: list[CountedKind]) -> dict[int, int]:
    """Responses per survey."""
    numbers: dict[int, int] = {}
    for kind in kinds:
        numbers[kind.survey] = numbers.get(kind.survey, 0) + kind.number
    return numbers


_FEWEST = 30


@dataclass(frozen=True)
class Spread:
    """Standard deviations of single ratings in points on 0–100: by group (code), and for any other group.

    `run` is where they come from; None = the stated default.
    """

    run: Run | None = None
    everywhere: float = DEFAULT_SPREAD
    by_group: dict[str, float] = field(default_factory=dict)

    def of(self, group: str) -> float:
        """The group's own, where enough ratings tell it."""
        return self.by_group.get(group, self.everywhere)


def typical_spread(person: User) -> Spread:
    """The spread within issues and dimensions in the newest run that the person may see, pooled per group (at least 30
    degrees of freedom).
    """
    # A sample's answers are made up: taken only where there is nothing else.
    sample_last = Case(When(cycle__sample="", then=0), default=1)
    runs = Run.objects.filter(cycle__in=scored_cycles(person)).select_related("cycle")
    run = runs.only("number", "cube", "cycle__title").order_by(sample_last, "-created_at").first()
    return Spread() if run is None else spread_of(run)


def spread_of(run: Run) -> Spread:
    """The spread in this run; the default where it holds too few ratings."""
    cube = Cube.from_bytes(bytes(run.cube))
    found = ratings_of(cube)
    freedom = np.maximum(found.n - 1, 0)
    squares = np.where(freedom > 0, found.var, 0) * freedom
    points = 100 / (cube.k - 1)
    by_group = {
        group: points * float(np.sqrt(squares[place].sum() / freedom[place].sum()))
        for place, group in enumerate(cube.groups)
        if freedom[place].sum() >= _FEWEST
    }
    if freedom.sum() < _FEWEST:
        return Spread()
    return Spread(run, points * float(np.sqrt(squares.sum() / freedom.sum())), by_group)


@dataclass(frozen=True)
class SurveyDesign:
    """One way to ask a group, full or split: issues each, minutes, and what the expected responses give every issue.

    `needed` are the responses for each of WIDTHS (None: never reached); `half` is the half-width expected, in points;
    `enough` whether every issue reaches the cycle's smallest number of ratings.
    """

    each: int
    minutes: int
    needed: list[int | None]
    ratings: int
    half: float | None
    enough: bool


@dataclass(frozen=True)
class PlanningLine:
    """A group that is asked something; `spread` in points on 0–100."""

    planned: PlannedGroup
    spread: float
    full: SurveyDesign
    split: SurveyDesign

    @property
    def ways(self) -> tuple[SurveyDesign, SurveyDesign]:
        """Full, then split."""
        return self.full, self.split

    @property
    def needed(self) -> list[tuple[int | None, int | None]]:
        """Responses needed per width: (full, split)."""
        return list(zip(self.full.needed, self.split.needed, strict=True))

    def way(self, split: bool) -> SurveyDesign:
        return self.split if split else self.full


def planning_lines(survey: Survey, groups: list[PlannedGroup], spread: Spread) -> list[PlanningLine]:
    """A line per group that is asked something. Needs `survey.cycle`."""
    lines = []
    for each in groups:
        if not each.issues:
            continue
        issues, deviation = len(each.issues), spread.of(each.group.code)
        core = len(set(survey.core) & set(each.issues))
        part = each.each if survey.split else split_size(survey, issues, each.expected)
        least = min(issues, survey.split_issues)
        full = _way(survey, each, deviation, each=issues, least=issues, core=0)
        lines.append(
            PlanningLine(each, deviation, full, _way(survey, each, deviation, each=part, least=least, core=core))
        )
    return lines


def minutes_for(questions: int) -> int:
    """How long an unhurried respondent needs for so many questions."""
    return max(1, round(questions * SECONDS_PER_ITEM / 60))


def _way(survey: Survey, group: PlannedGroup, spread: float, *, each: int, least: int, core: int) -> SurveyDesign:
    """`each` issues are given with the expected responses; what is needed is counted with the `least` that may be."""
    issues = len(group.issues)
    ratings = ratings_of_each(group.expected, issues=issues, each=each, core=core)
    return SurveyDesign(
        each=each,
        minutes=minutes_for(each * len(group.plan.dimensions)),
        needed=[responses_needed(width, spread, issues=issues, each=least, core=core) for width in WIDTHS],
        ratings=ratings,
        half=half_width(ratings, spread),
        enough=ratings >= survey.cycle.method.get("min_n", 5),
    )


@dataclass(frozen=True)
class Previewed:
    """Steps are 0 (introduction), 1..n (issues), about oneself if there are profile questions, end, thanks."""

    questionnaire: Questionnaire
    sheets: list[Sheet]
    ratings: bytes

    @property
    def steps(self) -> list[str]:
        """What stands at each step: first, issues, ranking, about, end, thanks."""
        ranking = ["ranking"] if self.questionnaire.survey.ranking else []
        about = ["about"] if self.questionnaire.profile else []
        return ["first", *["issues"] * len(self.sheets), *ranking, *about, "end", "thanks"]


def previewed(survey: Survey, group: Group, *, split: bool, draw: int, single: bool) -> Previewed:
    """The survey as a respondent of the group gets it, `split` or full whatever it is set to.

    `draw` chooses the example part and the order of the issues; the same number gives the same ones. Needs
    `survey.cycle`.
    """
    shown = Survey(**{field.attname: getattr(survey, field.attname) for field in Survey._meta.concrete_fields})
    shown.cycle, shown.split = survey.cycle, split
    questionnaire = questionnaire_with(shown, {})
    part = _part(shown, group, questionnaire, Random(f"{group.code} {draw}"))
    dimensions = questionnaire.asked_of(group.pk).dimensions
    ratings = blank_ratings(questionnaire.positions_of, part, dimensions)
    # The number 0 keeps the order that languages and groups are compared in.
    key = sha256(b"%d" % draw).digest()[:16] if draw else bytes(16)
    return Previewed(questionnaire, questionnaire.sheets(key, ratings, single=single), ratings)


def sheet_html(survey: Survey, shown: Previewed, sheet: Sheet, language: str) -> bytes:
    """HTML of a page of issues in a language: as it was frozen, or as the library words it now."""
    questionnaire = shown.questionnaire
    codes = [questionnaire.issues[place].code for place in sheet.issues]
    html = (survey.opened_at and _frozen(survey, codes, language)) or _fresh(survey, codes, language)
    issues = tuple(
        replace(issue, pieces={language: html_pieces(html[issue.code])}) if issue.code in html else issue
        for issue in questionnaire.issues
    )
    return replace(questionnaire, issues=issues).issues_html(sheet, shown.ratings, None, language)


def _part(survey: Survey, group: Group, questionnaire: Questionnaire, rng: Random) -> list[int]:
    """The issues (indices) of one respondent, as drawn where nothing has been given yet."""
    codes = [issue.code for issue in questionnaire.issues]
    row = GroupPlan.objects.filter(survey=survey, group=group).first()
    asked = planned(survey, codes, group, row)
    allowed = [place for place, code in enumerate(codes) if code in asked.asked_codes]
    if not survey.split:
        return allowed
    return draw_part(
        [0] * len(codes),
        asked.each,
        primaries=questionnaire.primaries,
        core=questionnaire.core,
        allowed=allowed,
        rng=rng,
    )


def _frozen(survey: Survey, codes: Sequence[str], language: str) -> dict[str, str]:
    texts = ItemText.objects.filter(survey=survey, language=language, issue__code__in=codes)
    return dict(texts.values_list("issue__code", "html"))


def _fresh(survey: Survey, codes: Sequence[str], language: str) -> dict[str, str]:
    items: dict[str, list[Item]] = {}
    own = Item.objects.filter(survey=survey, issue__code__in=codes).select_related("issue")
    for item in own.order_by("position"):
        items.setdefault(item.issue.code, []).append(item)
    return {code: issue_html(survey, each, language) for code, each in items.items()}


def asked_groups(survey: Survey) -> list[Group]:
    """The groups that are asked anything, in their order. Needs `survey.cycle`."""
    plans = {row.group_id: row for row in GroupPlan.objects.filter(survey=survey)}
    codes = survey_codes(survey)
    return [group for group in survey.cycle.groups.all() if planned(survey, codes, group, plans.get(group.pk)).issues]


@dataclass(frozen=True)
class ProfileRisk:
    """`ways` to answer, the groups that are too small for so many, groups of unknown size, and any short text."""

    ways: int
    thin: list[ThinGroup]
    unknown: list[str]
    has_text: bool

    @property
    def is_there(self) -> bool:
        """Whether somebody should be warned."""
        return bool(self.thin or self.has_text or (self.unknown and self.ways > 1))


def profile_risk(groups: list[PlannedGroup], questions: list[ProfileQuestion]) -> ProfileRisk:
    """The risk with the responses that are expected of each group."""
    expected = {each.group.name: each.expected for each in groups}
    ways = combinations((question.kind, len(question.options)) for question in questions)
    return ProfileRisk(
        ways=ways,
        thin=thin_groups(ways, expected),
        unknown=[group for group, number in expected.items() if not number],
        has_text=any(not QUESTION_KINDS[question.kind].has_options for question in questions),
    )


@dataclass(frozen=True)
class CategoryContents:
    """One category of the survey with its issues and the dimensions that each is rated on."""

    category: Category
    issues: list[Issue]


@dataclass(frozen=True)
class SurveyContents:
    """All that a survey asks; `minutes` is what an unhurried respondent needs."""

    sections: list[CategoryContents]
    items: int
    issues: int
    pages: int
    minutes: int

    @property
    def codes(self) -> list[str]:
        """Codes of the issues, by category and code."""
        return [issue.code for section in self.sections for issue in section.issues]


def contents_of(survey: Survey) -> SurveyContents:
    """Read the survey's issues once, in the order of categories and of their first items. Three queries."""
    rows = Issue.objects.filter(items__survey=survey).annotate(asked=Count("items"), place=Min("items__position"))
    rows = rows.prefetch_related("category", Prefetch("parent", Issue.objects.only("name")))
    issues = sorted(
        rows.only("category", "parent", "code", "name"),
        key=lambda issue: (issue.category.order, issue.category.code, issue.place),
    )
    sections = [
        CategoryContents(category, list(own)) for category, own in groupby(issues, lambda issue: issue.category)
    ]
    numbers, items = [len(section.issues) for section in sections], sum(issue.asked for issue in issues)
    minutes = max(1, round(items * SECONDS_PER_ITEM / 60))
    return SurveyContents(sections, items, sum(numbers), page_count(numbers, instrument=survey.instrument), minutes)


def default_texts(cycle: Cycle, level: str) -> dict[str, str]:
    """Title, introduction, open question and thanks in the languages of the cycle: {"title_zh": …, "thanks_en": …}."""
    issues = rateable_issues(cycle.edition_id, level)
    number = issues.count()
    categories = list(Category.objects.filter(issues__in=issues).distinct().order_by("order", "code"))
    found = {}
    for language in cycle.languages:
        with speaking(language, cycle.languages):
            texts = _texts(cycle, number, categories, language)
        found |= {f"{name}_{suffix_of(language)}": text for name, text in texts.items()}
    return found


def share_texts(survey: Survey, efforts: Sequence[Effort], address: str) -> list[tuple[str, str]]:
    """(language, a short invitation with the address in it), to be sent by mail or chat."""
    names, found = organisation_texts(), []
    for language in map(tag_of, survey.languages):
        with speaking(language, survey.languages):
            values = {"organisation": named(names, language), "title": text_of(survey, "title", language)}
            values |= {"brief": brief_words(survey, efforts), "address": address}
            said = _("%(organisation)s asks for your view: %(title)s. On a phone too: %(brief)s %(address)s") % values
        found.append((language, said))
    return found


def _texts(cycle: Cycle, number: int, categories: list[Category], language: str) -> dict[str, str]:
    values = {
        "cycle": text_of(cycle, "title", language),
        "organisation": organisation_name(language),
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


MOST_NAMED = 20


def named_survey(code: str) -> Survey:
    """The survey with this code. NotAllowed names the others."""
    found = Survey.objects.select_related("cycle").filter(code=code).first()
    if found is None:
        codes = Survey.objects.order_by("code").values_list("code", flat=True)
        raise NotAllowed(f'There is no survey with the code "{code}". {_there_are("surveys", codes)}')
    return found


def named_group(survey: Survey, code: str) -> Group:
    """The group of the survey's cycle with this code. NotAllowed names the others."""
    found = survey.cycle.groups.filter(code=code).first()
    if found is None:
        codes = survey.cycle.groups.values_list("code", flat=True)
        raise NotAllowed(f'The survey {survey.code} has no group "{code}". {_there_are("groups", codes)}')
    return found


def named_batch(text: str) -> Batch:
    """The batch with this id. NotAllowed names the others, newest first."""
    batches = Batch.objects.select_related("survey", "group")
    found = batches.filter(pk=int(text)).first() if text.isascii() and text.isdigit() and len(text) < 16 else None
    if found is None:
        newest = batches.order_by("-pk")[: MOST_NAMED + 1]
        shown = [f"{batch.pk} ({batch.survey.code}, {batch.group.code}, {batch.size:,} links)" for batch in newest]
        raise NotAllowed(f'There is no batch "{text}". {_there_are("batches", shown)}')
    return found


def _there_are(what: str, names: Iterable[str]) -> str:
    names = list(names)
    if not names:
        return f"There are no {what} yet."
    more = ", …" if len(names) > MOST_NAMED else ""
    return f"There are: {', '.join(names[:MOST_NAMED])}{more}."
