"""What stands against opening a survey, what to know before it, and what is frozen besides the items."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from materiality.models import Cycle, User
from materiality.scoring.codes import SOCIETY
from surveys.models import Assignments, GroupPlan, Notice, Survey
from surveys.queries.plans import PlannedGroup
from surveys.questionnaire.plans import unrated
from surveys.split_reasons import split_reasons

_OVER = (Cycle.State.SIGNED_OFF, Cycle.State.ARCHIVED)
_SPLIT = ("k", "split", "split_issues", "core", "attention", "attention_value")
_NAMED = 5


def opening_reasons(survey: Survey, codes: list[str], groups: list[PlannedGroup]) -> list[str]:
    """Every reason why the survey cannot be opened; `codes` are its issues."""
    if survey.state == Survey.State.OPEN:
        return [_("The survey is open already.")]
    if survey.state == Survey.State.CLOSED:
        return [_("The survey is closed. Build a new one to ask again.")]
    reasons = []
    if survey.cycle.state in _OVER:
        reasons.append(_("The cycle is over."))
    if not codes:
        reasons.append(_("The survey has no items."))
    if not groups:
        reasons.append(_("The cycle has no stakeholder groups that could answer."))
    elif codes and not any(each.issues for each in groups):
        reasons.append(_("No group is asked anything: say first who is asked what."))
    if survey.closes_at and survey.closes_at <= timezone.now():
        reasons.append(_("The closing time has passed; set a later one first."))
    return reasons + split_reasons(set(codes), **{name: getattr(survey, name) for name in _SPLIT})


def opening_warnings(codes: list[str], groups: list[PlannedGroup], survey: Survey) -> list[str]:
    """What somebody should know before the survey opens, though it may be meant so."""
    said = []
    silent = [each.group.name for each in groups if not each.issues]
    if silent:
        said.append(_("Not asked anything, so they cannot answer: %(groups)s.") % {"groups": _listed(silent)})
    for dimension, missing in unrated(codes, [each.plan for each in groups]).items():
        if missing:
            said.append(_unrated(dimension, missing))
    return said + (_filled_by_core(survey, groups) if survey.split else [])


def freeze(survey: Survey, codes: list[str], groups: list[PlannedGroup], by: User | None) -> None:
    """Fix the notice's version and, in a split survey, the size of each group's parts, and begin to count them."""
    notice, _made = Notice.objects.get_or_create(survey=survey, version=survey.notice_version)
    notice.created_at, notice.created_by = timezone.now(), by
    notice.save(update_fields=["created_at", "created_by"])
    if survey.split:
        for each in groups:
            GroupPlan.objects.update_or_create(
                survey=survey, group=each.group, defaults={"issues_each": each.each or None}
            )
        counts = bytes(4 * len(codes))
        Assignments.objects.bulk_create(Assignments(survey=survey, group=each.group, counts=counts) for each in groups)


def _filled_by_core(survey: Survey, groups: list[PlannedGroup]) -> list[str]:
    core = set(survey.core)
    filled = [each.group.name for each in groups if len(core.intersection(each.issues)) >= each.each < len(each.issues)]
    if not filled:
        return []
    said = _("The core fills the whole part, so that no other issue is ever asked: %(groups)s.")
    return [said % {"groups": _listed(filled)}]


def _unrated(dimension: str, codes: list[str]) -> str:
    society = ngettext(
        "Nobody rates the impact on society of %(number)s issue: %(codes)s.",
        "Nobody rates the impact on society of %(number)s issues: %(codes)s.",
        len(codes),
    )
    business = ngettext(
        "Nobody rates the impact on the business of %(number)s issue: %(codes)s.",
        "Nobody rates the impact on the business of %(number)s issues: %(codes)s.",
        len(codes),
    )
    return (society if dimension == SOCIETY else business) % {"number": len(codes), "codes": _listed(codes)}


def _listed(names: list[str]) -> str:
    """The first few names, and how many more there are."""
    shown = _(", ").join(names[:_NAMED])
    more = len(names) - _NAMED
    return _("%(names)s and %(number)s more") % {"names": shown, "number": more} if more > 0 else shown
