"""Build a survey from the issues of its cycle's edition."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import Cycle, Issue, User
from materiality.refusals import NotAllowed
from materiality.scoring.codes import DIMENSIONS, SCALE_MAX, SCALE_MIN
from surveys.models import GroupPlan, Item, Notice, Survey
from surveys.queries.plans import raters_of
from surveys.questionnaire.plans import Plan, default_plan
from surveys.questionnaire.rules import Rules
from surveys.split_reasons import split_reasons

_LATE = (Cycle.State.IN_REVIEW, Cycle.State.SIGNED_OFF, Cycle.State.ARCHIVED)
_NOT_COLUMNS = ("by", "plans", "notice_zh", "notice_en")


@transaction.atomic
def build_survey(
    *,
    cycle: Cycle,
    code: str,
    title_zh: str,
    title_en: str,
    level: str = Survey.Level.SECONDARY,
    k: int = 5,
    anonymous: bool = False,
    several_per_browser: bool = False,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    zone: str = "Asia/Shanghai",
    introduction_zh: str = "",
    introduction_en: str = "",
    thanks_zh: str = "",
    thanks_en: str = "",
    question_zh: str = "",
    question_en: str = "",
    notice_zh: str = "",
    notice_en: str = "",
    drafts_kept_days: int = 30,
    recipients_kept_days: int = 30,
    split: bool = False,
    split_issues: int = 12,
    core: Sequence[str] = (),
    attention: bool = False,
    attention_value: int = 2,
    plans: Mapping[str, Plan] | None = None,
    by: User | None,
) -> Survey:
    """Create a survey (state draft) with an item for every active issue of the level on both dimensions.

    Items stand in order of the issues' codes, society before business. The scale is 1..k. `plans` says what each
    group (code) is asked; a group that it does not name is asked everything. Without `plans` each group gets
    `default_plan`. The privacy notice is version 1. NotAllowed where the code is taken, the scale, the times or the
    settings of a split make no sense, the cycle is in review or over, or there is nothing to ask.
    """
    columns = {name: value for name, value in locals().items() if name not in _NOT_COLUMNS}
    issues = list(_issues(cycle, level))
    _check(cycle, code, k, opens_at, closes_at, issues)
    _check_split(issues, columns)
    survey = Survey.objects.create(**columns | {"core": list(core)}, rules=Rules().to_json())
    asked = [(issue, dimension) for issue in issues for dimension in DIMENSIONS]
    Item.objects.bulk_create(
        Item(survey=survey, position=position, issue=issue, dimension=dimension)
        for position, (issue, dimension) in enumerate(asked)
    )
    Notice.objects.create(survey=survey, version=1, text_zh=notice_zh, text_en=notice_en, created_by=by)
    made = _plans(survey, issues) if plans is None else plans
    _store_plans(survey, made)
    after = {"cycle": cycle.code, "level": level, "items": len(asked), "k": k, "anonymous": anonymous}
    after |= {
        "opens_at": opens_at,
        "closes_at": closes_at,
        "plans": {group: vars(plan) for group, plan in made.items()},
    }
    audit.record("build_survey", survey, by=by, after=after)
    return survey


def _issues(cycle: Cycle, level: str):
    active = Issue.objects.filter(edition=cycle.edition_id, status=Issue.Status.ACTIVE)
    return active.filter(parent__isnull=level == Survey.Level.PRIMARY).order_by("code")


def _plans(survey: Survey, issues: list[Issue]) -> dict[str, Plan]:
    raters = raters_of(issues)
    return {group.code: default_plan(group.code, group.side, raters) for group in survey.cycle.groups.all()}


def _store_plans(survey: Survey, plans: Mapping[str, Plan]) -> None:
    """Store the plans of groups that the cycle has."""
    groups = {group.code: group for group in survey.cycle.groups.all()}
    GroupPlan.objects.bulk_create(
        GroupPlan(survey=survey, group=groups[code], **vars(plan) | {"left_out": list(plan.left_out)})
        for code, plan in plans.items()
        if code in groups
    )


def _check_split(issues: list[Issue], columns: Mapping[str, object]) -> None:
    names = ("k", "split", "split_issues", "core", "attention", "attention_value")
    reasons = split_reasons({issue.code for issue in issues}, **{name: columns[name] for name in names})
    if reasons:
        raise NotAllowed(" ".join(reasons))


def _check(cycle: Cycle, code: str, k: int, opens_at: datetime | None, closes_at: datetime | None, issues: list):
    if cycle.state in _LATE:
        raise NotAllowed(_("The cycle is in review or over; a survey can no longer be added to it."))
    if Survey.objects.filter(code=code).exists():
        raise NotAllowed(_("There is already a survey with the code %(code)s.") % {"code": code})
    if not SCALE_MIN <= k <= SCALE_MAX:
        raise NotAllowed(_("The scale must end between %(low)s and %(high)s.") % {"low": SCALE_MIN, "high": SCALE_MAX})
    if opens_at and closes_at and opens_at >= closes_at:
        raise NotAllowed(_("The survey would close before it opens."))
    if not issues:
        raise NotAllowed(_("The cycle's edition has no active issue of this level to ask about."))
