"""What each group of a survey is asked, as it is stored and as it follows from the rest."""

from dataclasses import dataclass

from materiality.models import Group, Issue
from surveys.models import GroupPlan, Item, Survey
from surveys.questionnaire.plans import Plan
from surveys.questionnaire.split import issues_each


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

    @property
    def questions(self) -> int:
        """Ratings that each respondent is asked for."""
        return self.each * len(self.plan.dimensions)


def asked_issues(survey: Survey) -> list[Issue]:
    """The survey's issues with category and primary, in the order of their first items."""
    items = Item.objects.filter(survey=survey).select_related("issue__category", "issue__parent")
    return list({item.issue_id: item.issue for item in items.order_by("position")}.values())


def raters_of(issues: list[Issue]) -> dict[str, list[str]]:
    """Per issue (code) the groups that can rate it, as the library says."""
    return {issue.code: issue.groups for issue in issues}


def plan_of(row: GroupPlan | None) -> Plan:
    """The values of a stored plan; everything where there is none."""
    if row is None:
        return Plan()
    return Plan(row.society, row.business, tuple(row.left_out), row.expected)


def planned_groups(survey: Survey, codes: list[str]) -> list[PlannedGroup]:
    """All groups of the cycle in order; `codes` are the survey's issues. Needs `survey.cycle`; two queries."""
    stored = {row.group_id: row for row in GroupPlan.objects.filter(survey=survey)}
    return [planned(survey, codes, group, stored.get(group.pk)) for group in survey.cycle.groups.all()]


def planned(survey: Survey, codes: list[str], group: Group, row: GroupPlan | None) -> PlannedGroup:
    """One group of a survey with its plan."""
    plan = plan_of(row)
    issues, expected = plan.issues(codes), plan.expected or group.target
    fixed = row.issues_each if row else None
    if survey.split and survey.opened_at and not fixed:
        # A group that came after the opening, when sizes were fixed.
        fixed = survey.split_issues
    each = min(fixed, len(issues)) if fixed else part_size(survey, len(issues), expected)
    return PlannedGroup(group, plan, row is not None, issues, expected, each)


def part_size(survey: Survey, issues: int, expected: int) -> int:
    """How many of so many issues a respondent gets: all of them unless the survey is split."""
    return split_size(survey, issues, expected) if survey.split else issues


def split_size(survey: Survey, issues: int, expected: int) -> int:
    """How many of so many issues a respondent gets where the survey is split, whether or not it is."""
    return issues_each(issues, expected, survey.cycle.method.get("min_n", 5), least=survey.split_issues)
