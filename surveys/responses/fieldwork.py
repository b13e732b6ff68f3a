"""All figures of fieldwork in one pass in bounded memory, kept for large surveys, and their sentence."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

import numpy as np
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from materiality.models import AuditEvent, Job
from materiality.platform.bilingual import speaking
from materiality.platform.digests import value_digest
from materiality.platform.jobs import Progress, request_job
from materiality.platform.words import grouped, names_about, word_for
from surveys.models import FieldworkFigures, Holding, Response, Survey, Tally
from surveys.models.jobs import JobKind
from surveys.questionnaire.fieldwork import Account, CellSums, Days, Medians
from surveys.questionnaire.ratings import within_plan
from surveys.questionnaire.screening import valid
from surveys.respond.drafts import BEYOND, begun_by_place
from surveys.responses.holdings import TABLES_HELD
from surveys.responses.screening import rules_in_force

CHUNK = 20_000
# Answers that have not been saved for so long count as broken off.
IDLE = timedelta(minutes=30)

_ROWS = """
SELECT group_id, channel, flags, overruled, CAST(unfinished AS INTEGER), {started}, {submitted}, seconds_per_item,
       ratings
FROM surveys_response WHERE survey_id = %s
"""
# A batch for mails has a link for each of its recipients, also once they have been deleted.
_TOLD = """
SELECT measure, "group", channel, place, number FROM surveys_tally WHERE survey_id = %s
UNION ALL
SELECT 'ready', own.code, ready.channel, 0, COUNT(*)
FROM surveys_sealeddraft ready JOIN materiality_group own ON own.id = ready.group_id
WHERE ready.survey_id = %s AND ready.state <> 'begun' GROUP BY own.code, ready.channel
UNION ALL
SELECT 'invited', own.code, batch.channel, 0, batch.size
FROM surveys_batch batch JOIN materiality_group own ON own.id = batch.group_id
WHERE batch.survey_id = %s AND batch.voided_at IS NULL
"""


def count_fieldwork(survey: Survey, now: datetime | None = None) -> dict:
    """The figures as FieldworkFigures keeps them, plain values for JSON; groups are primary keys.

    kinds: [group, channel, flags, overruled, unfinished, number]; drafts: [group, channel, page, idle, number];
    ready, invited: [group, channel, number]; tally: [measure, group code, channel, place, number];
    days: [group, day's ordinal, submitted, valid]; seconds and per_item: {group or "all": [median, number]};
    cells: {group: [ratings, their sum, sum of squares], each per item}, of valid responses.
    """
    cutoff = (now or timezone.now()) - IDLE
    told = _told(survey)
    return {**_counted_once(survey, told["tally"]), "drafts": begun_by_place(survey, cutoff), **told}


def _counted_once(survey: Survey, tally: list[list]) -> dict:
    """Responses that are the same as last time are not counted again in this process: the sums over all of them, which
    change with each, say so. They are counted where a row was written that the sums do not hold. The survey may bring
    its holding, read at once.
    """
    held = getattr(survey, "holding", None)
    if held is None or held.figures[TABLES_HELD[Response]][0] != survey.responses.count():
        return _count_responses(survey, tally)
    about = [survey.rules, survey.zone, survey.k, survey.split, [group.pk for group in survey.cycle.groups.all()]]
    key = value_digest(["fieldwork", held.figures, *about, tally])
    found = cache.get(key)
    if found is None:
        found = _count_responses(survey, tally)
        if Holding.objects.filter(pk=held.pk, seal=held.seal).exists():
            cache.set(key, found, None)
    return found


def _count_responses(survey: Survey, tally: list[list]) -> dict:
    kinds: Counter = Counter()
    rules, groups = rules_in_force(survey), [group.pk for group in survey.cycle.groups.all()]
    index = {pk: place for place, pk in enumerate(groups)}
    days, cells = Days(len(groups), survey.zone), CellSums(len(groups), survey.k)
    seconds, per_item = Medians(len(groups), 86_400), Medians(len(groups), 50)
    for rows in _chunks(survey):
        own, *kind, started, ended, tenths, ratings = zip(*rows, strict=True)
        kinds.update(zip(own, *kind, strict=True))
        _channel, flags, overruled, unfinished = kind
        group, submitted = np.array([index[pk] for pk in own]), np.array(unfinished) == 0
        counts = valid(np.array(flags, np.uint16), rules, np.array(overruled), submitted, split=survey.split)
        begun, done = _numbers(started), np.where(submitted, _numbers(ended), np.nan)
        days.add(group, done, counts)
        seconds.add(group, done - begun)
        per_item.add(group, np.where(submitted, np.rint(10 * _numbers(tenths)), np.nan))
        matrix = np.frombuffer(b"".join(ratings), np.uint8).reshape(len(rows), -1)
        cells.add(group[counts], within_plan(matrix[counts]))
    _add_counted(per_item, tally, [group.code for group in survey.cycle.groups.all()])
    return {
        "kinds": [[*kind, number] for kind, number in sorted(kinds.items())],
        "days": [[groups[at], *rest] for at, *rest in days.rows()],
        "seconds": seconds.medians(groups),
        "per_item": per_item.medians(groups, scale=10),
        "cells": {str(pk): cells.sums(place) for pk, place in index.items()},
    }


def _add_counted(per_item: Medians, tally: list[list], codes: list[str]) -> None:
    """Of an anonymous survey the seconds per item asked are only counted, by group."""
    for measure, code, _channel, tenths, number in tally:
        if measure == Tally.Measure.SECONDS:
            per_item.add(np.full(number, codes.index(code)), np.full(number, float(tenths)))


def _chunks(survey: Survey) -> Iterator[list[tuple]]:
    """Rows by a plain cursor, on PostgreSQL one at the server, so that never all of them are in memory."""
    if connection.vendor == "postgresql":
        seconds = "CAST(FLOOR(EXTRACT(EPOCH FROM {})) AS BIGINT)"
    else:
        seconds = "CAST(strftime('%%s', {}) AS INTEGER)"
    sql = _ROWS.format(started=seconds.format("started_at"), submitted=seconds.format("submitted_at"))
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, [survey.pk])
        while rows := cursor.fetchmany(CHUNK):
            yield rows


def _numbers(values: tuple) -> np.ndarray:
    """float64 with nan for None."""
    return np.array(values, dtype=np.float64)


def _told(survey: Survey) -> dict[str, list[list]]:
    """What rows other than responses and drafts say, in one query."""
    keys = {group.code: group.pk for group in survey.cycle.groups.all()}
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, [survey.pk] * 3)
        rows = [list(row) for row in sorted(cursor.fetchall())]
    invited: Counter = Counter()
    for measure, code, channel, _place, number in rows:
        if measure == "invited":
            invited[keys[code], channel] += number
    return {
        "ready": [[keys[code], way, number] for measure, code, way, _place, number in rows if measure == "ready"],
        "tally": [row for row in rows if row[0] not in ("ready", "invited")],
        "invited": [[*key, number] for key, number in invited.items()],
    }


# Up to so many responses, and as many answers in progress, are counted on view: less than 0.1 s.
MOST_COUNTED = 20_000

KindRow = tuple[int, int, int, bool, int]

_BEYOND = (
    "SELECT survey_id FROM (SELECT survey_id FROM surveys_response WHERE survey_id = %s LIMIT 1 OFFSET %s) AS many"
)


def large_surveys(keys: Iterable[int]) -> set[int]:
    """Those of the surveys (primary keys) that are too large to be counted on view; one query that stops early."""
    keys = list(keys)
    if not keys:
        return set()
    parts = [_BEYOND, *BEYOND] * len(keys)
    values = [value for key in keys for _table in (_BEYOND, *BEYOND) for value in (key, MOST_COUNTED)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join(parts), values)
        return {key for (key,) in cursor.fetchall()}


def kept_kinds(keys: Iterable[int]) -> dict[int, list[KindRow]]:
    """Per survey with kept figures its responses by (group, flags, overruled, unfinished, number); one query."""
    kept = FieldworkFigures.objects.filter(survey__in=list(keys)).values_list("survey_id", "figures__kinds")
    return {key: without_channels(rows) for key, rows in kept}


def without_channels(kinds: Iterable[list]) -> list[KindRow]:
    """Rows of (group, channel, flags, overruled, unfinished, number), added up over channels."""
    added: Counter = Counter()
    for group, _channel, *kind, number in kinds:
        added[group, *kind] += number
    return [
        (group, flags, overruled, bool(unfinished), number)
        for (group, flags, overruled, unfinished), number in added.items()
    ]


# Kept figures older than this are renewed where something may have changed.
FRESH = timedelta(seconds=60)
# After the closing answers begun before it come in, and anonymous ones are released for the last time.
LATE = timedelta(hours=1)


def fieldwork_figures(survey: Survey, now: datetime | None = None) -> tuple[dict, datetime | None]:
    """The figures (see `count_fieldwork`) and when they were counted; None = just now.

    Of a large survey those kept are shown, and renewed in the background; without any, they are counted at once.
    """
    kept = getattr(survey, "figures", None)
    if kept is None and survey.pk not in large_surveys([survey.pk]):
        return count_fieldwork(survey, now), None
    if kept is None:
        kept = keep_figures(survey, count_fieldwork(survey, now), now or timezone.now())
    elif is_stale(survey, kept.counted_at, now or timezone.now()):
        request_count(survey)
    return kept.figures, kept.counted_at


def counted_at(survey: Survey, responses: int) -> datetime | None:
    """When the kept figures of a survey with so many responses were counted; None where they are counted on view."""
    if responses <= MOST_COUNTED:
        return None
    return FieldworkFigures.objects.filter(survey=survey).values_list("counted_at", flat=True).first()


def renew_figures(surveys: Iterable[Survey], numbers: dict[int, int], now: datetime | None = None) -> None:
    """Have the figures of those of these surveys that have a large number of responses counted where they are missing
    or stale; `numbers` {primary key: responses}. No query where there is no such survey.
    """
    large = [survey for survey in surveys if numbers.get(survey.pk, 0) > MOST_COUNTED]
    if not large:
        return
    kept = dict(FieldworkFigures.objects.filter(survey__in=large).values_list("survey_id", "counted_at"))
    for survey in large:
        if survey.pk not in kept or is_stale(survey, kept[survey.pk], now or timezone.now()):
            request_count(survey)


def is_stale(survey: Survey, counted_at: datetime, now: datetime) -> bool:
    """Whether figures counted then may be wrong by now: after a minute where answers come in or staff did anything."""
    if now - counted_at < FRESH:
        return False
    if survey.state == Survey.State.OPEN or (survey.closed_at and counted_at < survey.closed_at + LATE):
        return True
    return AuditEvent.objects.filter(at__gt=counted_at).exists()


def request_count(survey: Survey) -> Job | None:
    """Have the figures counted in the background; None where that is waiting or being done already.

    The sweeper sends it: a view must not wait for a broker that is away.
    """
    same = Job.objects.filter(kind=JobKind.COUNT_FIELDWORK, inputs={"survey": survey.pk})
    if same.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING)).exists():
        return None
    return request_job(JobKind.COUNT_FIELDWORK, inputs={"survey": survey.pk}, by=None, send=False)


def keep_figures(survey: Survey, figures: dict, counted_at: datetime) -> FieldworkFigures:
    """Keep figures in place of those before."""
    values = {"figures": figures, "counted_at": counted_at}
    return FieldworkFigures.objects.update_or_create(survey=survey, defaults=values)[0]


def count_in_background(job: Job, progress: Progress) -> tuple[Survey, dict, datetime]:
    """Build of a counting job."""
    begun = timezone.now()
    survey = Survey.objects.select_related("cycle").get(pk=job.inputs["survey"])
    return survey, count_fieldwork(survey, begun), begun


def store_count(job: Job, built: tuple[Survey, dict, datetime]) -> dict:
    """Store of a counting job; the jobs before it, one a minute, are of no use any more."""
    keep_figures(*built)
    Job.objects.filter(kind=JobKind.COUNT_FIELDWORK, inputs=job.inputs, state=Job.State.DONE).exclude(
        pk=job.pk
    ).delete()
    return {}


def report_sentence(account: Account, groups: Mapping[int, str], language: str) -> str:
    """All that is known of the account in one text; `groups` {key: name in this language} in the order of naming."""
    with speaking(language):
        begin = _("The survey sent %(invitations)s") % {"invitations": _invitations(account.invited)}
        parts = [begin] if account.invited else []
        if not account.submitted:
            parts.append(_("No response has come in yet") if account.is_open else _("No response came in"))
            return pgettext("report sentence", ". ").join(parts) + _unfinished_end(account)
        parts.append(_received(account))
        told = pgettext("report sentence", ". ").join(parts) + _ways(account)
        told += pgettext("report sentence", ", ") + _valid(account, groups)
        rest = [_rejected(account), _excluded(account), _waiting(account), _unfinished(account)]
        return pgettext("report sentence", "; ").join([told, *filter(None, rest)]) + pgettext("report sentence", ".")


def _invitations(number: int | None) -> str:
    return ngettext("%(number)s invitation", "%(number)s invitations", number or 0) % {"number": grouped(number or 0)}


def _received(account: Account) -> str:
    responses = ngettext("%(number)s response", "%(number)s responses", account.submitted)
    values = {
        "responses": responses % {"number": grouped(account.submitted)},
        "first": account.first and account.first.isoformat(),
        "last": account.last and account.last.isoformat(),
    }
    if not account.first:
        return _("It received %(responses)s") % values
    if account.is_open:
        return _("From %(first)s up to %(last)s, while it is still open, it received %(responses)s") % values
    if account.first == account.last:
        return _("On %(first)s it received %(responses)s") % values
    return _("From %(first)s to %(last)s it received %(responses)s") % values


def _ways(account: Account) -> str:
    """By which channels, where there is more than one."""
    if len(account.ways) < 2:
        return ""
    named = [(_channel(channel), number) for channel, number in account.ways.items()]
    return _(" (%(list)s)") % {"list": _listed(named)}


def _channel(channel: str) -> str:
    return word_for("channel", channel).lower() if channel in names_about("channel") else channel


def _valid(account: Account, groups: Mapping[int, str]) -> str:
    told = ngettext(
        "of which %(number)s is valid after screening", "of which %(number)s are valid after screening", account.valid
    ) % {"number": grouped(account.valid)}
    named = [(name, account.groups[key]) for key, name in groups.items() if account.groups.get(key)]
    return told + (_(" (%(list)s)") % {"list": _listed(named)} if len(named) > 1 else "")


def _rejected(account: Account) -> str:
    number = sum(account.rejected.values())
    if not number:
        return ""
    named = [(word_for("flag", flag).lower(), each) for flag, each in account.rejected.items()]
    told = ngettext("%(number)s was rejected (%(list)s)", "%(number)s were rejected (%(list)s)", number)
    return told % {"number": grouped(number), "list": _listed(named)}


def _excluded(account: Account) -> str:
    told = ngettext("%(number)s was taken out by hand", "%(number)s were taken out by hand", account.excluded)
    return told % {"number": grouped(account.excluded)} if account.excluded else ""


def _waiting(account: Account) -> str:
    told = ngettext(
        "%(number)s waits to be released and is not counted as valid yet",
        "%(number)s wait to be released and are not counted as valid yet",
        account.waiting,
    )
    return told % {"number": grouped(account.waiting)} if account.waiting else ""


def _unfinished(account: Account) -> str:
    told = ngettext(
        "%(number)s more was begun and not submitted",
        "%(number)s more were begun and not submitted",
        account.unfinished,
    )
    return told % {"number": grouped(account.unfinished)} if account.unfinished else ""


def _unfinished_end(account: Account) -> str:
    told = _unfinished(account)
    return (pgettext("report sentence", "; ") + told if told else "") + pgettext("report sentence", ".")


def _listed(named: list[tuple[str, int]]) -> str:
    """“users 9,012, employees 800”."""
    return _(", ").join(_("%(name)s %(number)s") % {"name": name, "number": grouped(number)} for name, number in named)
