"""What each group of a survey is asked, as it is stored and as it follows from the rest."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

from materiality.models import Category, Group, Issue
from materiality.queries.stakeholders import IssueChoice
from materiality.scoring.cube import DIMENSIONS
from surveys.models import GroupPlan, Item, Survey
from surveys.questionnaire.asking import Effort, Plan, issues_each


@dataclass
class PrimaryTicks:
    """The issues under one primary; None where the survey asks about primaries themselves."""

    primary: Issue | None
    ticks: list[IssueChoice] = field(default_factory=list)


@dataclass
class CategoryTicks:
    """A category with its issues by primary."""

    category: Category
    primaries: list[PrimaryTicks] = field(default_factory=list)

    @property
    def ticks(self) -> list[IssueChoice]:
        return [tick for primary in self.primaries for tick in primary.ticks]

    @property
    def chosen(self) -> int:
        """How many are ticked."""
        return sum(tick.chosen for tick in self.ticks)


def issue_ticks(issues: list[Issue], chosen: Collection[str]) -> list[CategoryTicks]:
    """The issues (with category and parent) in order of categories; `chosen` are codes."""
    categories: dict[int, CategoryTicks] = {}
    for issue in sorted(issues, key=lambda issue: (issue.category.order, issue.category.code)):
        held = categories.setdefault(issue.category_id, CategoryTicks(issue.category))
        if not held.primaries or held.primaries[-1].primary != issue.parent:
            held.primaries.append(PrimaryTicks(issue.parent))
        held.primaries[-1].ticks.append(IssueChoice(issue, issue.code in chosen))
    return list(categories.values())


@dataclass(frozen=True)
class PlannedGroup:
    """A group with its plan. `stored` is False where no plan was made: it is asked everything.

    `issues` are the codes that it rates, `expected` the responses expected of it (0 = unknown), `each` how many of
    the issues each of its respondents gets.
    """

    group: Group
    plan: Plan
    stored: bool
    issues: list[str]
    expected: int
    each: int

    def lacking(self, codes: Collection[str]) -> set[tuple[str, str]]:
        """The (issue, dimension) that the group is not asked."""
        left_out = set(codes) - self.asked_codes
        return {(code, each) for each in DIMENSIONS for code in (left_out if getattr(self.plan, each) else codes)}

    @cached_property
    def asked_codes(self) -> set[str]:
        return set(self.issues)

    @property
    def questions(self) -> int:
        """Ratings that each respondent is asked for."""
        return self.each * len(self.plan.dimensions)


def survey_issues(survey: Survey) -> list[Issue]:
    """The survey's issues with category and primary, in the order of their first items."""
    items = Item.objects.filter(survey=survey).select_related("issue__category", "issue__parent")
    return list({item.issue_id: item.issue for item in items.order_by("position")}.values())


def survey_codes(survey: Survey) -> list[str]:
    """Codes of the survey's issues, in the order of their first items."""
    return list(dict.fromkeys(survey.items.order_by("position").values_list("issue__code", flat=True)))


def raters_of(issues: list[Issue]) -> dict[str, list[str]]:
    """Per issue (code) the groups that can rate it, as the library says."""
    return {issue.code: issue.groups for issue in issues}


def plan_of(row: GroupPlan | None) -> Plan:
    """The values of a stored plan; everything where there is none."""
    return row.plan if row else Plan()


def planned_groups(survey: Survey, codes: list[str]) -> list[PlannedGroup]:
    """All groups of the cycle in order; `codes` are the survey's issues. Needs `survey.cycle`; two queries."""
    stored = {row.group_id: row for row in GroupPlan.objects.filter(survey=survey)}
    return [planned(survey, codes, group, stored.get(group.pk)) for group in survey.cycle.groups.all()]


def efforts_of(survey: Survey) -> list[Effort]:
    """What answering takes the respondents of each group that is asked anything. Needs `survey.cycle`."""
    groups = planned_groups(survey, survey_codes(survey))
    others = len(survey.profile_questions.all()) + survey.attention + survey.ranking
    return [Effort(each.each, len(each.plan.dimensions), others) for each in groups if each.issues]


def planned(survey: Survey, codes: list[str], group: Group, row: GroupPlan | None) -> PlannedGroup:
    plan = plan_of(row)
    issues, expected = plan.issues(codes), plan.expected or group.target
    fixed = row.issues_each if row else None
    if survey.split and survey.opened_at and not fixed:
        # A group that came after the opening, when sizes were fixed.
        fixed = survey.split_issues
    each = min(fixed, len(issues)) if fixed else part_size(survey, len(issues), expected)
    return PlannedGroup(group, plan, row is not None, issues, expected, each)


@dataclass(frozen=True)
class IssueBase:
    """The groups that are asked some issues on a dimension, and those issues (codes)."""

    dimension: str
    groups: tuple[Group, ...]
    issues: list[str]


def issue_bases(groups: list[PlannedGroup], codes: list[str]) -> list[IssueBase]:
    """Which issues will rest on which groups, by dimension, the fewest groups first."""
    found: dict[tuple[str, tuple[int, ...]], list[str]] = {}
    for dimension in DIMENSIONS:
        asked = [(place, each.asked_codes) for place, each in enumerate(groups) if getattr(each.plan, dimension)]
        for code in codes:
            raters = tuple(place for place, asks in asked if code in asks)
            found.setdefault((dimension, raters), []).append(code)
    order = sorted(found.items(), key=lambda base: (DIMENSIONS.index(base[0][0]), len(base[0][1])))
    return [
        IssueBase(dimension, tuple(groups[place].group for place in raters), issues)
        for (dimension, raters), issues in order
    ]


@dataclass(frozen=True)
class WiderPlan:
    """What asking a group everything would buy: scores it is missing from now, of which `whole` would then rest on all
    groups; and the ratings more for each of its respondents.
    """

    planned: PlannedGroup
    missing: int
    whole: int
    ratings: int


def wider_plans(groups: list[PlannedGroup], codes: list[str]) -> list[WiderPlan]:
    """For each group that is not asked everything."""
    lacking = [each.lacking(codes) for each in groups]
    absent = Counter(pair for pairs in lacking for pair in pairs)
    result = []
    for each, missing in zip(groups, lacking, strict=True):
        if missing:
            whole = sum(absent[pair] == 1 for pair in missing)
            more = (len(codes) if each.each == len(each.issues) else each.each) * len(DIMENSIONS) - each.questions
            result.append(WiderPlan(each, len(missing), whole, more))
    return result


def part_size(survey: Survey, issues: int, expected: int) -> int:
    """How many of so many issues a respondent gets: all of them unless the survey is split."""
    return split_size(survey, issues, expected) if survey.split else issues


def split_size(survey: Survey, issues: int, expected: int) -> int:
    """How many of so many issues a respondent gets where the survey is split, whether or not it is."""
    return issues_each(issues, expected, survey.cycle.method.get("min_n", 5), least=survey.split_issues)
