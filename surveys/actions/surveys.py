"""Surveys: edit, open, change while open, move the closing, close, remove, load the demo."""

from array import array
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from materiality.actions.cycles import open_cycle
from materiality.actions.stakeholders import load_demo_stakeholders
from materiality.actions.translations import write_languages
from materiality.models import Cycle, User
from materiality.platform import audit
from materiality.platform.bilingual import reading_languages
from materiality.platform.keys import ensure_installation_key
from materiality.platform.refusals import NotAllowed
from materiality.scoring.cube import NOT_ASKED, SOCIETY
from surveys.actions.plans import (
    SPLIT,
    build_survey,
    cluster_reasons,
    locked_draft,
    refuse_backwards,
    split_reasons,
    store_notice,
)
from surveys.actions.responses import release_responses
from surveys.models import Assignments, GroupPlan, Item, ItemText, Notice, Survey
from surveys.queries.plans import PlannedGroup, planned_groups, survey_codes
from surveys.queries.questionnaire import issue_html, stored_counts
from surveys.questionnaire.asking import unrated
from surveys.questionnaire.instrument import CURRENT
from surveys.questionnaire.ratings import arrival_ids
from surveys.questionnaire.responses import ResponseColumns
from surveys.respond.drafts import number_begun
from surveys.respond.keys import make_survey_key
from surveys.respond.rows import notice_texts
from surveys.responses import columns as demo
from surveys.responses.columns import insert_responses
from surveys.responses.holdings import HELD_SINCE, hold, hold_all
from surveys.responses.screening import flags_of_new, mark_outside_window

OPEN_FIELDS = ("thanks", "drafts_kept_days", "recipients_kept_days", "cluster")


@transaction.atomic
def change_open_survey(*, survey: Survey, values: Mapping[str, Any], by: User | None) -> Survey:
    """Replace columns of OPEN_FIELDS; texts of NOTICE, where they are others, become its next version.

    Who consented before consented to the version before. NotAllowed in a draft, and for another notice in an
    anonymous survey (which version somebody saw would tell early answers from late ones) or a closed one. The cluster
    of an anonymous survey is fixed too: its released rows hold what was named before.
    """
    stored = Survey.objects.select_for_update().get(pk=survey.pk)
    if stored.state == Survey.State.DRAFT:
        raise NotAllowed(_("The survey is a draft: change the survey itself."))
    columns, notice = _apart(stored, values)
    told = (*OPEN_FIELDS, "notice_version")
    with audit.audited("change_open_survey", stored, by=by, fields=told, beside=partial(notice_texts, stored)):
        _refuse_cluster(stored, columns.get("cluster", stored.cluster))
        audit.write(stored, columns)
        if notice:
            _refuse_notice(stored)
            audit.write(stored, {"notice_version": stored.notice_version + 1})
            store_notice(stored, notice, by)
    return stored


def _apart(survey: Survey, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The survey's columns among the values, and the texts of its notice where they are others than now."""
    texts = notice_texts(survey)
    wanted = {name: values.get(name, text) for name, text in texts.items()}
    columns = {name: value for name, value in values.items() if name not in texts}
    return columns, wanted if wanted != texts else {}


def _refuse_cluster(survey: Survey, cluster: str) -> None:
    if cluster == survey.cluster:
        return
    if survey.anonymous:
        raise NotAllowed(
            _(
                "What the responses of an anonymous survey have in common is named before it opens: rows that were "
                "released hold nothing else."
            )
        )
    survey.cluster = cluster
    if reasons := cluster_reasons(survey):
        raise NotAllowed(" ".join(reasons))


def _refuse_notice(survey: Survey) -> None:
    if survey.anonymous:
        raise NotAllowed(
            _("The notice of an anonymous survey stays: its version would tell early answers from late ones.")
        )
    if survey.state != Survey.State.OPEN:
        raise NotAllowed(_("The survey is closed; nobody would read another notice."))


@transaction.atomic
def change_window(*, survey: Survey, closes_at: datetime | None, by: User | None) -> Survey:
    """Set when an open survey closes; None = open end. Responses that the old date had flagged are screened anew.

    NotAllowed where the survey is not open, or the time is past or not after the opening.
    """
    stored = Survey.objects.select_for_update().get(pk=survey.pk)
    if stored.state != Survey.State.OPEN:
        raise NotAllowed(_("Only an open survey's closing can be moved."))
    if closes_at and closes_at <= timezone.now():
        raise NotAllowed(_("That time has passed. To close the survey now, use “Close the survey”."))
    if closes_at and stored.opens_at and closes_at <= stored.opens_at:
        raise NotAllowed(_("The survey would close before it opens."))
    before, stored.closes_at = stored.closes_at, closes_at
    stored.save(update_fields=["closes_at"])
    moved = mark_outside_window(stored)
    audit.record(
        "change_window",
        stored,
        by=by,
        before={"closes_at": before},
        after={"closes_at": closes_at, "flags_moved": moved},
    )
    return stored


@transaction.atomic
def close_survey(*, survey: Survey, by: User | None, now: datetime | None = None) -> Survey:
    """Take no new answers from now on; answers already begun may be finished for 15 minutes. Returns it as stored.

    Of an anonymous survey all finished answers are released, unless somebody may still finish: then the
    last ones wait for them, so that the last lot is as large as can be. NotAllowed where the survey is not open.
    """
    stored = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    if stored.state != Survey.State.OPEN:
        raise NotAllowed(_("Only an open survey can be closed."))
    stored.state, stored.closed_at = Survey.State.CLOSED, now or timezone.now()
    stored.save(update_fields=["state", "closed_at"])
    audit.record(
        "close_survey",
        stored,
        by=by,
        before={"state": Survey.State.OPEN},
        after={"state": stored.state, "closed_at": stored.closed_at},
    )
    if stored.anonymous:
        release_responses(survey=stored, everything=not number_begun(stored))
    return stored


@transaction.atomic
def edit_survey(*, survey: Survey, values: Mapping[str, Any], by: User | None) -> Survey:
    """Replace columns of the draft and, in NOTICE, its privacy notice.

    Code, level, items, plans, profile questions and the split stay. NotAllowed once the survey was opened, or for
    impossible times.
    """
    stored = locked_draft(survey)
    columns, notice = _apart(stored, values)
    with audit.audited("edit_survey", stored, by=by, fields=columns, beside=partial(notice_texts, stored)):
        audit.write(stored, columns)
        refuse_backwards(stored)
        if reasons := cluster_reasons(stored):
            raise NotAllowed(" ".join(reasons))
        if notice:
            store_notice(stored, notice, by)
    return stored


@transaction.atomic
def set_survey_languages(*, survey: Survey, languages: Sequence[str], by: User | None) -> None:
    """Say in which languages a draft asks. NotAllowed once the survey was opened, and without any language."""
    write_languages(locked_draft(survey), languages, by)


_OVER = (Cycle.State.SIGNED_OFF, Cycle.State.ARCHIVED)
_NAMED = 5


def opening_reasons(
    survey: Survey, codes: list[str], groups: list[PlannedGroup], *, elsewhere: bool = False
) -> list[str]:
    """Every reason why the survey cannot be opened, or set up as answered `elsewhere`; `codes` are its issues."""
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
    if elsewhere and not (survey.opens_at and survey.closes_at):
        reasons.append(_("Say first when it was answered: from when to when."))
    if elsewhere and survey.opens_at and survey.opens_at > timezone.now():
        reasons.append(_("Its fieldwork has not begun yet; set its true dates first."))
    if not elsewhere and survey.closes_at and survey.closes_at <= timezone.now():
        reasons.append(
            _("The closing time has passed; set a later one first, or say that the survey was answered elsewhere.")
        )
    return reasons + split_reasons(set(codes), audit.told(survey, ("k", *SPLIT))) + cluster_reasons(survey)


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
        nothing = array("I", bytes(4 * len(codes)))
        Assignments.objects.bulk_create(
            Assignments(survey=survey, group=each.group, counts=stored_counts(survey, nothing)) for each in groups
        )


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


@transaction.atomic
def open_survey(*, survey: Survey, by: User | None) -> Survey:
    """Render every issue once per language and set the survey open; returns it as stored.

    What each group is asked, the sizes of a split and the first privacy notice are fixed from here on. NotAllowed,
    with every reason, where it is open or closed already, has no items, its cycle has no groups or is over, no group
    is asked anything, the settings of a split are impossible, or its closing time has passed.
    """
    return _begun(survey, by=by, action="open_survey")


@transaction.atomic
def set_up_elsewhere(*, survey: Survey, by: User | None) -> Survey:
    """Freeze a survey whose answers were collected with another tool, between its two dates, and take files for it.

    It is closed from the first moment: no address of it ever takes an answer. NotAllowed as for `open_survey`, and
    without the two dates or before the first of them.
    """
    return _begun(survey, by=by, action="set_up_elsewhere")


def _begun(survey: Survey, *, by: User | None, action: str) -> Survey:
    stored = Survey.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=survey.pk)
    items = list(Item.objects.filter(survey=stored).select_related("issue").order_by("issue__code", "position"))
    codes = survey_codes(stored)
    groups, elsewhere = planned_groups(stored, codes), action == "set_up_elsewhere"
    reasons = opening_reasons(stored, codes, groups, elsewhere=elsewhere)
    if reasons:
        raise NotAllowed(" ".join(reasons))
    stored.instrument_version = CURRENT
    ItemText.objects.bulk_create(_texts(stored, items))
    if stored.anonymous:
        # On the disk before the commit; nothing else ever makes one.
        stored.key_check = make_survey_key()
    freeze(stored, codes, groups, by)
    stored.state, stored.opened_at, stored.elsewhere = Survey.State.OPEN, timezone.now(), elsewhere
    if elsewhere:
        stored.state, stored.opened_at, stored.closed_at = Survey.State.CLOSED, stored.opens_at, stored.closes_at
    stored.save(update_fields=["state", "opened_at", "closed_at", "elsewhere", "instrument_version", "key_check"])
    ensure_installation_key(audit.AUDIT_KEY)
    hold_all(stored.pk)
    audit.record(
        action,
        stored,
        by=by,
        before={"state": Survey.State.DRAFT},
        after={
            "state": stored.state,
            "opened_at": stored.opened_at,
            "items": len(items),
            "instrument_version": stored.instrument_version,
            HELD_SINCE: True,
            "groups": {each.group.code: {**vars(each.plan), "issues_each": each.each} for each in groups},
        },
    )
    return stored


def _texts(survey: Survey, items: list[Item]) -> list[ItemText]:
    texts = []
    for _pk, group in groupby(items, key=lambda item: item.issue_id):
        own = list(group)
        for language in reading_languages(survey.languages):
            html = issue_html(survey, own, language)
            texts.append(ItemText(survey=survey, issue=own[0].issue, language=language, html=html))
    return texts


CODE, SEED = "demo", 20260105
ZONE = ZoneInfo("Asia/Shanghai")
OPENS, CLOSES = datetime(2026, 1, 5, tzinfo=ZONE), datetime(2026, 3, 1, tzinfo=ZONE)


@transaction.atomic
def load_demo(*, responses: int, by: User | None) -> Survey:
    """Create cycle and survey `demo` with this many responses from a fixed seed.

    NotAllowed where there is a cycle `demo` already: what somebody did with it is not thrown away.
    """
    if Cycle.objects.filter(code=CODE).exists():
        raise NotAllowed(_("There is a cycle “demo” already."))
    cycle = open_cycle(
        code=CODE,
        title_zh="2026 年度实质性议题评估（示例）",
        title_en="2026 annual materiality assessment (demo)",
        gri_edition=Cycle.GriEdition.GRI_2016,
        period_start=date(2026, 1, 1),
        period_end=date(2026, 12, 31),
        published_on=date(2027, 4, 30),
        sample=Cycle.Sample.SHOWN,
        by=by,
    )
    load_demo_stakeholders(cycle=cycle, by=by)
    values = {
        "code": CODE,
        "title_zh": "2026 年利益相关方问卷（示例）",
        "title_en": "2026 stakeholder survey (demo)",
        "opens_at": OPENS,
        "zone": ZONE.key,
    }
    # Every group rates every issue on both dimensions (formats.md, The demo cycle).
    survey = build_survey(cycle=cycle, values=values, plans={}, by=by)
    survey = open_survey(survey=survey, by=by)
    # The demo's window lies in the past, which no survey that is really opened may have.
    survey.closes_at = CLOSES
    survey.save(update_fields=["closes_at"])
    if responses:
        columns = _synthetic(survey, responses)
        flags = flags_of_new(survey, columns)
        insert_responses(survey, columns, ids=arrival_ids(responses), flags=flags)
        hold(survey.pk, survey.responses.all())
    audit.record("load_demo", survey, by=by, after={"responses": responses})
    return survey


def _synthetic(survey: Survey, size: int) -> ResponseColumns:
    """Responses in order of arrival."""
    rng = np.random.default_rng(SEED)
    groups = list(survey.cycle.groups.values_list("pk", "code"))
    place = demo.demo_groups(rng, size, [code for _pk, code in groups])
    items = list(survey.items.values_list("issue__code", "dimension").order_by("position"))
    ratings = demo.demo_ratings(rng, place, items)
    faults = demo.make_faults(rng, ratings)
    ratings[faults["refused"]] = NOT_ASKED
    started, submitted = demo.demo_times(rng, OPENS, CLOSES, faults)
    columns = ResponseColumns(
        group=[groups[at][0] for at in place.tolist()],
        channel=rng.choice(demo.CHANNELS, size).tolist(),
        language=rng.choice(["zh-hans", "en"], size, p=[0.93, 0.07]).tolist(),
        token=demo.demo_tokens(rng, faults),
        started_at=started,
        submitted_at=submitted,
        unfinished=faults["unfinished"],
        consent=~faults["refused"],
        ratings=ratings,
    )
    return columns.pick(np.array(sorted(range(size), key=lambda row: submitted[row] or started[row])))


@transaction.atomic
def remove_survey(*, survey: Survey, by: User | None) -> None:
    """Delete a draft with its items. NotAllowed where it was opened: people may have answered it."""
    stored = Survey.objects.select_for_update().get(pk=survey.pk)
    if stored.state != Survey.State.DRAFT or stored.opened_at:
        raise NotAllowed(_("The survey was opened; it can be closed, but no longer removed."))
    pk, batches = stored.pk, list(stored.batches.all())
    stored.delete()
    # The event names the row, which is gone by then.
    stored.pk = pk
    audit.record(
        "remove_survey", stored, by=by, before={"cycle": survey.cycle.code, "level": survey.level}, touched=batches
    )
