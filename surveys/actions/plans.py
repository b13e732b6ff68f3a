"""What a survey asks whom: build it, plan groups, choose issues, split it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from materiality.models import Cycle, Group, Issue, User
from materiality.platform import audit
from materiality.platform.bilingual import LANGUAGES, suffix_of
from materiality.platform.refusals import NotAllowed
from materiality.queries.cycles import rateable_issues
from materiality.scoring.cube import DIMENSIONS, SCALE_MAX, SCALE_MIN
from surveys.models import GroupPlan, Item, Notice, Survey
from surveys.queries.plans import plan_of, raters_of, survey_codes, survey_issues
from surveys.questionnaire.asking import QUESTION_KINDS, Plan, default_left_out, default_plan
from surveys.questionnaire.screening import Rules


def split_reasons(issues: Collection[str], settings: Mapping[str, Any]) -> list[str]:
    """Every reason why a survey about these issues (codes) cannot have these values of SPLIT on its scale 1..k."""
    core, number, value = settings["core"], settings["split_issues"], settings["attention_value"]
    reasons = []
    unknown = [code for code in core if code not in issues]
    if unknown:
        reasons.append(_("The survey does not ask about %(codes)s.") % {"codes": ", ".join(unknown[:10])})
    if settings["split"] and number < 1:
        reasons.append(_("Each respondent must get at least one issue."))
    elif settings["split"] and len(core) > number:
        said = ngettext(
            "The core holds %(core)s issues, but each respondent gets %(number)s issue.",
            "The core holds %(core)s issues, but each respondent gets %(number)s issues.",
            number,
        )
        reasons.append(said % {"core": len(core), "number": number})
    if settings["attention"] and not 1 <= value <= settings["k"]:
        reasons.append(
            _("The attention question asks for %(value)s, which is not on the scale 1–%(k)s.")
            % {"value": value, "k": settings["k"]}
        )
    return reasons


def cluster_reasons(survey: Survey) -> list[str]:
    """Why the survey's responses cannot be taken together as its cluster says."""
    cluster = survey.cluster
    if survey.anonymous and cluster not in ("", Survey.CHANNEL):
        return [
            _(
                "An anonymous survey keeps neither the batch nor the profile beside a response, so its responses can "
                "only be taken together by channel."
            )
        ]
    if cluster in ("", Survey.CHANNEL, Survey.BATCH):
        return []
    code = cluster.removeprefix(Survey.PROFILE)
    kinds = dict(survey.profile_questions.values_list("code", "kind")) if survey.pk else {}
    if code == cluster or code not in kinds:
        return [
            _("Responses are to be taken together by “%(code)s”, but there is no such profile question.")
            % {"code": code}
        ]
    if QUESTION_KINDS[kinds[code]].several:
        said = _("Responses cannot be taken together by “%(code)s”: people choose several answers there.")
        return [said % {"code": code}]
    return []


_LATE = (Cycle.State.IN_REVIEW, Cycle.State.SIGNED_OFF, Cycle.State.ARCHIVED)
NOTICE = frozenset(f"notice_{suffix_of(language)}" for language in LANGUAGES)
SPLIT = ("split", "split_issues", "core", "attention", "attention_value", "ranking")


@transaction.atomic
def build_survey(
    *, cycle: Cycle, values: Mapping[str, Any], by: User | None, plans: Mapping[str, Plan] | None = None
) -> Survey:
    """Create a survey (state draft) with an item for every active issue of the level on both dimensions.

    `values` are columns of the survey and the texts of NOTICE, whose first version they are. Items stand in order of
    the issues' codes, society before business. `plans` says what each group (code) is asked; a group that it does not
    name is asked everything. Without `plans` each group gets `default_plan`. NotAllowed where the code is taken, the
    scale, the times or the settings of a split make no sense, the cycle is in review or over, or there is nothing to
    ask.
    """
    columns = {name: value for name, value in values.items() if name not in NOTICE}
    survey = Survey(cycle=cycle, rules=Rules().to_json(), **{"languages": cycle.languages} | columns)
    issues = list(_issues(cycle, survey.level))
    _check(survey, issues)
    survey.save(force_insert=True)
    asked = _ask(survey, issues)
    store_notice(survey, values, by)
    made = _plans(survey, issues) if plans is None else plans
    _store_plans(survey, made)
    after = {"cycle": cycle.code, "items": len(asked)}
    after |= audit.told(survey, ("level", "k", "anonymous", "cluster", "opens_at", "closes_at"))
    after["plans"] = {group: vars(plan) for group, plan in made.items()}
    audit.record("build_survey", survey, by=by, after=after)
    return survey


def _ask(survey: Survey, issues: list[Issue]) -> list[Item]:
    """The survey's items: every issue on both dimensions."""
    asked = [(issue, dimension) for issue in issues for dimension in DIMENSIONS]
    return Item.objects.bulk_create(
        Item(survey=survey, position=position, issue=issue, dimension=dimension)
        for position, (issue, dimension) in enumerate(asked)
    )


def follow_scope(cycle: Cycle, by: User | None) -> None:
    """Surveys in draft ask about the issues that are in the cycle's scope now."""
    for survey in _locked_drafts(cycle):
        issues = list(_issues(cycle, survey.level))
        codes = {issue.code for issue in issues}
        survey.items.all().delete()
        _ask(survey, issues)
        if any(code not in codes for code in survey.core):
            survey.core = [code for code in survey.core if code in codes]
            survey.save(update_fields=["core"])
        audit.record("follow_scope", survey, by=by, after={"items": 2 * len(issues)})


def _locked_drafts(cycle: Cycle) -> QuerySet[Survey]:
    """Nobody opens or splits them meanwhile; their cycle is not locked with them."""
    return cycle.surveys.filter(state=Survey.State.DRAFT).select_for_update(of=("self",)).order_by("pk")


def store_notice(survey: Survey, values: Mapping[str, Any], by: User | None) -> None:
    """Make texts of NOTICE the survey's version of the privacy notice."""
    texts = {language: values.get(f"notice_{suffix_of(language)}", "") for language in LANGUAGES}
    held = {"text": texts, "created_by": by}
    Notice.objects.update_or_create(survey=survey, version=survey.notice_version, defaults=held)


def _issues(cycle: Cycle, level: str):
    return rateable_issues(cycle.edition_id, level).exclude(code__in=cycle.left_out).order_by("code")


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


def _check(survey: Survey, issues: list[Issue]) -> None:
    if survey.cycle.state in _LATE:
        raise NotAllowed(_("The cycle is in review or over; a survey can no longer be added to it."))
    if Survey.objects.filter(code=survey.code).exists():
        raise NotAllowed(_("There is already a survey with the code %(code)s.") % {"code": survey.code})
    if not SCALE_MIN <= survey.k <= SCALE_MAX:
        raise NotAllowed(_("The scale must end between %(low)s and %(high)s.") % {"low": SCALE_MIN, "high": SCALE_MAX})
    refuse_backwards(survey)
    if not issues:
        raise NotAllowed(_("The cycle's edition has no active issue of this level to ask about."))
    reasons = split_reasons({issue.code for issue in issues}, audit.told(survey, ("k", *SPLIT)))
    if reasons := reasons + cluster_reasons(survey):
        raise NotAllowed(" ".join(reasons))


def refuse_backwards(survey: Survey) -> None:
    """NotAllowed for a survey that closes before it opens."""
    if survey.opens_at and survey.closes_at and survey.opens_at >= survey.closes_at:
        raise NotAllowed(_("The survey would close before it opens."))


def locked_draft(survey: Survey) -> Survey:
    """The stored row, locked; NotAllowed once the survey was opened. Call it in the action's transaction."""
    stored = Survey.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=survey.pk)
    if stored.state != Survey.State.DRAFT:
        raise NotAllowed(_("The survey was opened and is frozen."))
    return stored


@transaction.atomic
def choose_issues(*, survey: Survey, group: Group, issues: Collection[str] | None, by: User | None) -> GroupPlan:
    """Ask the group about these issues (codes) of the survey; None = those that the library says it can rate.

    NotAllowed once the survey was opened, for an issue that it does not ask about or a group of another cycle.
    """
    stored = locked_draft(survey)
    asked = survey_issues(stored)
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
    """What the page of plans says of one group; `expected` 0 = its target, `left_out` None = as it is stored."""

    society: bool
    business: bool
    expected: int
    left_out: frozenset[str] | None = None


def _meant(stored: GroupAsked, shown: GroupAsked | None, sent: GroupAsked) -> GroupAsked:
    """What is stored, with what somebody changed on a page that showed `shown`; with all that was sent, without it.

    What others stored meanwhile stays, and issues that came into scope since are asked about.
    """
    names = ("society", "business", "expected")
    told = {
        name: getattr(stored if shown and getattr(shown, name) == getattr(sent, name) else sent, name) for name in names
    }
    if sent.left_out is None:
        return GroupAsked(**told, left_out=stored.left_out)
    before = stored.left_out if shown is None else shown.left_out
    left_out = stored.left_out - (before - sent.left_out) | (sent.left_out - before)
    return GroupAsked(**told, left_out=left_out)


@transaction.atomic
def plan_groups(
    *,
    survey: Survey,
    plans: Mapping[str, GroupAsked],
    by: User | None,
    shown: Mapping[str, GroupAsked] | None = None,
) -> None:
    """Store what is meant for these groups (codes) by somebody to whom the page showed `shown`.

    Once the survey was opened only the expected responses may change, which moves no part of a split that was fixed.
    NotAllowed for another dimension then, or for a group that the cycle does not have.
    """
    stored = Survey.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=survey.pk)
    groups = {group.code: group for group in stored.cycle.groups.all()}
    rows = {row.group_id: row for row in GroupPlan.objects.filter(survey=stored)}
    before, after = {}, {}
    for code, sent in plans.items():
        if code not in groups:
            raise NotAllowed(_("The cycle has no group “%(code)s”.") % {"code": code})
        old = plan_of(rows.get(groups[code].pk))
        was = GroupAsked(old.society, old.business, old.expected, frozenset(old.left_out))
        asked = _meant(was, (shown or {}).get(code), sent)
        if was == asked:
            continue
        if stored.state != Survey.State.DRAFT and replace(was, expected=asked.expected) != asked:
            raise NotAllowed(_("The survey was opened; what a group rates is frozen."))
        before[code], after[code] = ({**vars(each), "left_out": sorted(each.left_out)} for each in (was, asked))
        GroupPlan.objects.update_or_create(survey=stored, group=groups[code], defaults=after[code])
    audit.record("plan_groups", stored, by=by, before=before, after=after)


@transaction.atomic
def widen_plans(*, survey: Survey, rated: Collection[Mapping[str, Any]], by: User | None) -> None:
    """Ask groups also what a file says that they rated: each of `rated` is a "group" and an "item" (issue:dimension).

    NotAllowed where the survey was not answered elsewhere: people were asked what its plan says.
    """
    stored = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    if not stored.elsewhere:
        raise NotAllowed(_("Only the plan of a survey that was answered elsewhere can follow a file."))
    before, after = {}, {}
    for row in GroupPlan.objects.filter(survey=stored).select_related("group"):
        items = [each["item"].rpartition(":") for each in rated if each["group"] == row.group.code]
        if not items:
            continue
        before[row.group.code] = audit.told(row, ("society", "business", "left_out"))
        for issue, _colon, dimension in items:
            setattr(row, dimension, True)
            row.left_out = [code for code in row.left_out if code != issue]
        row.save(update_fields=["society", "business", "left_out"])
        after[row.group.code] = audit.told(row, ("society", "business", "left_out"))
    if after:
        audit.record("widen_plans", stored, by=by, before=before, after=after)


@transaction.atomic
def set_split(*, survey: Survey, values: Mapping[str, Any], by: User | None) -> Survey:
    """Replace the columns of SPLIT; `core` are codes of issues that everybody gets who rates them, in any order.

    NotAllowed, with every reason, once the survey was opened or where the settings are impossible.
    """
    stored = locked_draft(survey)
    codes = survey_codes(stored)
    if reasons := split_reasons(set(codes), {"k": stored.k, **values}):
        raise NotAllowed(" ".join(reasons))
    with audit.audited("set_split", stored, by=by, fields=SPLIT):
        audit.write(stored, {**values, "core": [code for code in codes if code in values["core"]]})
    return stored
