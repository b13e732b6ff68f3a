"""What a survey asks whom: build it, plan groups, choose issues, split it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from materiality.models import Cycle, Group, Issue, User
from materiality.platform import audit
from materiality.platform.refusals import NotAllowed
from materiality.scoring.cube import DIMENSIONS, SCALE_MAX, SCALE_MIN
from surveys.models import GroupPlan, Item, Notice, Survey
from surveys.queries.plans import asked_issues, plan_of, raters_of
from surveys.questionnaire.asking import Plan, default_left_out, default_plan
from surveys.questionnaire.screening import Rules


def split_reasons(
    issues: Collection[str],
    *,
    k: int,
    split: bool,
    split_issues: int,
    core: Sequence[str],
    attention: bool,
    attention_value: int,
) -> list[str]:
    """Every reason why a survey about these issues (codes) on the scale 1..k cannot have these settings."""
    reasons = []
    unknown = [code for code in core if code not in issues]
    if unknown:
        reasons.append(_("The survey does not ask about %(codes)s.") % {"codes": ", ".join(unknown[:10])})
    if split and split_issues < 1:
        reasons.append(_("Each respondent must get at least one issue."))
    elif split and len(core) > split_issues:
        said = ngettext(
            "The core holds %(core)s issues, but each respondent gets %(number)s issue.",
            "The core holds %(core)s issues, but each respondent gets %(number)s issues.",
            split_issues,
        )
        reasons.append(said % {"core": len(core), "number": split_issues})
    if attention and not 1 <= attention_value <= k:
        reasons.append(
            _("The attention question asks for %(value)s, which is not on the scale 1–%(k)s.")
            % {"value": attention_value, "k": k}
        )
    return reasons


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


def locked_draft(survey: Survey) -> Survey:
    """The stored row, locked; NotAllowed once the survey was opened. Call it in the action's transaction."""
    stored = Survey.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=survey.pk)
    if stored.state != Survey.State.DRAFT:
        raise NotAllowed(_("The survey was opened, and is frozen since then."))
    return stored


@transaction.atomic
def choose_issues(*, survey: Survey, group: Group, issues: Collection[str] | None, by: User | None) -> GroupPlan:
    """Ask the group about these issues (codes) of the survey; None = those that the library says it can rate.

    NotAllowed once the survey was opened, for an issue that it does not ask about or a group of another cycle.
    """
    stored = locked_draft(survey)
    asked = asked_issues(stored)
    codes = [issue.code for issue in asked]
    if group.cycle_id != stored.cycle_id:
        raise NotAllowed(_("The cycle has no group “%(code)s”.") % {"code": group.code})
    unknown = [] if issues is None else sorted(set(issues) - set(codes))
    if unknown:
        raise NotAllowed(_("The survey does not ask about %(codes)s.") % {"codes": ", ".join(unknown[:10])})
    if issues is None:
        left_out = default_left_out(group.code, raters_of(asked))
    else:
        left_out = [code for code in codes if code not in issues]
    row, _made = GroupPlan.objects.get_or_create(survey=stored, group=group)
    before, row.left_out = row.left_out, left_out
    row.save(update_fields=["left_out"])
    audit.record(
        "choose_issues",
        stored,
        by=by,
        before={"group": group.code, "left_out": before},
        after={"group": group.code, "left_out": left_out},
    )
    return row


@dataclass(frozen=True)
class GroupAsked:
    """What the page of plans says of one group; `expected` 0 = its target."""

    society: bool
    business: bool
    expected: int


@transaction.atomic
def plan_groups(*, survey: Survey, plans: Mapping[str, GroupAsked], by: User | None) -> None:
    """Store the plans of these groups (codes); the issues that each rates stay as they are.

    Once the survey was opened only the expected responses may change, which moves no part of a split that was fixed.
    NotAllowed for another dimension then, or for a group that the cycle does not have.
    """
    stored = Survey.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=survey.pk)
    groups = {group.code: group for group in stored.cycle.groups.all()}
    rows = {row.group_id: row for row in GroupPlan.objects.filter(survey=stored)}
    before, after = {}, {}
    for code, asked in plans.items():
        if code not in groups:
            raise NotAllowed(_("The cycle has no group “%(code)s”.") % {"code": code})
        old = plan_of(rows.get(groups[code].pk))
        was = GroupAsked(old.society, old.business, old.expected)
        if was == asked:
            continue
        if stored.state != Survey.State.DRAFT and (was.society, was.business) != (asked.society, asked.business):
            raise NotAllowed(_("The survey was opened; which dimensions a group rates is frozen since then."))
        GroupPlan.objects.update_or_create(survey=stored, group=groups[code], defaults=vars(asked))
        before[code], after[code] = vars(was), vars(asked)
    audit.record("plan_groups", stored, by=by, before=before, after=after)


FIELDS = ("split", "split_issues", "core", "attention", "attention_value")


@transaction.atomic
def set_split(
    *,
    survey: Survey,
    split: bool,
    split_issues: int,
    core: Sequence[str],
    attention: bool,
    attention_value: int,
    by: User | None,
) -> Survey:
    """Replace these settings; `core` are codes of issues that everybody gets who rates them, in any order.

    NotAllowed, with every reason, once the survey was opened or where the settings are impossible.
    """
    new = {name: value for name, value in locals().items() if name in FIELDS}
    stored = locked_draft(survey)
    codes = [issue.code for issue in asked_issues(stored)]
    reasons = split_reasons(set(codes), k=stored.k, **new)
    if reasons:
        raise NotAllowed(" ".join(reasons))
    new["core"] = [code for code in codes if code in core]
    changed = [name for name in FIELDS if getattr(stored, name) != new[name]]
    before = {name: getattr(stored, name) for name in changed}
    for name in changed:
        setattr(stored, name, new[name])
    stored.save(update_fields=changed)
    audit.record("set_split", stored, by=by, before=before, after={name: new[name] for name in changed})
    return stored
