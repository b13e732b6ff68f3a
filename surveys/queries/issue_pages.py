"""How many pages of issues a respondent of each group gets."""

from collections import Counter
from collections.abc import Sequence

from materiality.models import Group
from surveys.models import GroupPlan, Survey
from surveys.queries.questionnaire_parts import IssueParts, asked_by
from surveys.questionnaire.paging import MOST_PER_SPLIT_PAGE, page_count, page_sizes


def issue_pages(survey: Survey, groups: Sequence[Group]) -> dict[str, int]:
    """{group code: pages of issues}, with several issues on a page; no query where plans and items are there."""
    issues = _issues(survey)
    plans = {row.group_id: row for row in survey.plans.all()}
    return {group.code: _pages(survey, plans.get(group.pk), issues) for group in groups}


def _pages(survey: Survey, plan: GroupPlan | None, issues: Sequence[IssueParts]) -> int:
    asked = asked_by(survey, plan, issues)
    if survey.split:
        return len(page_sizes(asked.each, MOST_PER_SPLIT_PAGE))
    return page_count([*Counter(issues[place].category for place in asked.issues).items()])


def _issues(survey: Survey) -> list[IssueParts]:
    """The survey's issues without their HTML; a category is named by its key."""
    found: dict[str, IssueParts] = {}
    for item in sorted(survey.items.all(), key=lambda item: item.position):
        code = item.issue.code
        issue = found.setdefault(code, IssueParts(code, 0, item.issue.category_id, {}, {}))
        issue.positions[item.dimension] = item.position
    return [*found.values()]
