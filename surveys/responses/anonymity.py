"""Anonymous responses: what stands on them, what is only counted, days, held groups, erased traces."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from random import SystemRandom
from uuid import uuid4
from zoneinfo import ZoneInfo

import numpy as np
from django.db import OperationalError, connection, models, transaction
from django.utils.translation import gettext as _

from materiality.models import Cycle, Group, Run
from materiality.platform.refusals import NotAllowed
from materiality.queries.scores import one_cluster_of
from materiality.scoring.cube import NOT_ASKED, Cube
from materiality.scoring.run import Counted
from surveys.models import AnonymousAnswer, AnonymousComment, Response, ResponseImport, Survey, Tally
from surveys.questionnaire.responses import ResponseColumns
from surveys.questionnaire.screening import FLAG_BIT, capped_seconds_per_item
from surveys.responses.columns import insert_responses
from surveys.responses.holdings import hold
from surveys.responses.tallies import add_to_tally, single_answers

FEWEST_A_DAY = 5


@transaction.atomic
def join_thin_days(survey: Survey, moment: datetime, *, over: bool) -> int:
    """Join the days that are past and have fewer than 5 answers of a group to the next one; returns how many went.

    What has no next day yet moves to today. When the survey is `over`, what is left with fewer than 5 is joined to the
    day before it.
    """
    today = moment.astimezone(ZoneInfo(survey.zone)).date().toordinal()
    counted = Tally.objects.select_for_update().filter(survey=survey, measure=Tally.Measure.DAY)
    rows = list(counted.order_by("group", "place"))
    went = 0
    for _group, own in groupby(rows, key=lambda row: row.group):
        went += _join(list(own), today=today, over=over)
    return went


def _join(own: list[Tally], *, today: int, over: bool) -> int:
    """Join the days of one group, whose rows are locked; returns how many went."""
    days = {row.place: row.number for row in own}
    joined = joined_days(days, today=today, over=over)
    if joined == days:
        return 0
    # By key: a day whose first answer comes in at this very moment stays.
    Tally.objects.filter(pk__in=[row.pk for row in own]).delete()
    for day, number in joined.items():
        add_to_tally(own[0].survey_id, Tally.Measure.DAY, group=own[0].group, place=day, number=number)
    return len(days.keys() - joined.keys())


def joined_days(days: dict[int, int], *, today: int, over: bool) -> dict[int, int]:
    """{day as ordinal: number} with days before today of fewer than 5 joined to the next, see `join_thin_days`."""
    joined: dict[int, int] = {}
    carried = 0
    for day in sorted(days):
        number = days[day] + carried
        carried = 0
        if number < FEWEST_A_DAY and (day < today or over):
            carried = number
        else:
            joined[day] = number
    if carried:
        last = max(joined, default=None)
        place = last if over and last is not None else max(today, *days)
        joined[place] = joined.get(place, 0) + carried
    return joined


def erase_what_is_deleted() -> None:
    """On SQLite, overwrite deleted rows with zeros from now on (this connection; settings say it for all)."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete=ON")


def rewrite_in_key_order(model: type[models.Model], survey_pk: int) -> None:
    """Write the survey's rows anew, by ascending key: then neither SQLite's row numbers nor PostgreSQL's transaction
    numbers say anything about when a row came.
    """
    _rewrite(model, survey_pk, connection.ops.quote_name(model._meta.pk.column))


def rewrite_shuffled(model: type[models.Model], survey_pk: int) -> None:
    """Write the survey's rows anew in an order of the database's strong randomness, so that the rows of the newest lot
    cannot be told from older ones: not by row or transaction number, not by their place within a page.
    """
    _rewrite(model, survey_pk, "randomblob(16)" if connection.vendor == "sqlite" else "gen_random_uuid()")


@transaction.atomic
def _rewrite(model: type[models.Model], survey_pk: int, order: str) -> None:
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE rewritten AS SELECT * FROM {table} WHERE survey_id = %s", [survey_pk])
        cursor.execute(f"DELETE FROM {table} WHERE survey_id = %s", [survey_pk])
        cursor.execute(f"INSERT INTO {table} SELECT * FROM rewritten ORDER BY {order}")
        cursor.execute("DROP TABLE rewritten")


def vacuum(*tables: type[models.Model], full: bool = True) -> None:
    """Give the database's files anew, without what was deleted; outside of transactions. On SQLite the whole file."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            for model in tables:
                cursor.execute(f"VACUUM {'FULL' if full else ''} {connection.ops.quote_name(model._meta.db_table)}")


def empty_log() -> bool:
    """Take over SQLite's write-ahead log into the file and cut it to nothing; False where somebody reads from it now.

    Never waits for others.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        patience = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            return cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        except OperationalError:
            return False
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience}")


FEWEST_NEW = 5
_COUNTS = ("total", "submitted", "valid")


def hold_small_changes(cycle: Cycle, surveys: Iterable[Survey], counted: Counted) -> Counted:
    """The counts with the groups that changed by 1 to 4 valid responses as in the cycle's last run, nobody where there
    is none; their codes stand in `responses["held"]`. Unchanged unless an anonymous survey is open.

    NotAllowed where the last run has another scale, so that nothing of it can be kept.
    """
    if not any(survey.anonymous and survey.state == Survey.State.OPEN for survey in surveys):
        return counted
    last = Run.objects.filter(cycle=cycle).order_by("-number").first()
    held = _held(counted.responses["groups"], last.responses["groups"] if last else {})
    if not held:
        return counted
    kept = Cube.from_bytes(bytes(last.cube)) if last else counted.cube
    if kept.k != counted.cube.k:
        raise NotAllowed(
            _("Close the anonymous survey first: fewer than 5 new responses came, and the last run has another scale.")
        )
    cube = _with_slices(counted.cube, _only(kept, held if last else ()), held)
    summary = _summary(counted.responses, last, held)
    return replace(counted, cube=cube, responses=summary, **_dealing(counted, last, held))


def _dealing(counted: Counted, last: Run | None, held: Collection[str]) -> dict[str, tuple]:
    """How the groups' parts were dealt: of the held ones as in the last run."""
    own = {code for code in counted.clustered if code not in held}
    before = {code for code in (last.clustered if last else ()) if code in held}
    single = [pair for pair in counted.one_cluster if pair[1] not in held]
    single += [pair for pair in (one_cluster_of(last) if last else ()) if pair[1] in held]
    return {"clustered": tuple(sorted(own | before)), "one_cluster": tuple(sorted(single))}


def _held(now: dict[str, dict], before: dict[str, dict]) -> list[str]:
    change = {code: abs(counts["valid"] - before.get(code, {}).get("valid", 0)) for code, counts in now.items()}
    return sorted(code for code, number in change.items() if 0 < number < FEWEST_NEW)


def _only(cube: Cube, groups: Collection[str]) -> Cube:
    """The cube of those of its groups that are named."""
    rows = np.array([place for place, code in enumerate(cube.groups) if code in groups], dtype=np.intp)
    return Cube(
        groups=tuple(cube.groups[row] for row in rows.tolist()),
        issues=cube.issues,
        k=cube.k,
        counts=cube.counts[rows],
        absent=cube.absent[rows],
        valid=cube.valid[rows],
        parts=None if cube.parts is None else cube.parts[:, rows],
    )


def _with_slices(cube: Cube, slices: Cube, held: Collection[str]) -> Cube:
    """`cube` in which the held groups have what `slices` has of them, nothing where it has nothing."""
    issues = sorted({*cube.issues, *slices.issues})
    others = _only(cube, set(cube.groups) - set(held))
    return others.aligned(cube.groups, issues) + slices.aligned(cube.groups, issues)


def _summary(responses: dict, last: Run | None, held: Collection[str]) -> dict:
    """The counts that a run stores beside its cube, with those of the last run for the held groups."""
    nothing = dict.fromkeys(_COUNTS, 0)
    before = last.responses["groups"] if last else {}
    groups = {code: before.get(code, nothing) if code in held else own for code, own in responses["groups"].items()}
    sums = {name: sum(counts[name] for counts in groups.values()) for name in _COUNTS}
    named = {code: own for code, own in responses.get("named", {}).items() if code not in held}
    if last:
        named |= {code: own for code, own in last.responses.get("named", {}).items() if code in held}
    unfinished = sums["total"] - sums["submitted"]
    return {**responses, **sums, "unfinished": unfinished, "groups": groups, "named": named, "held": [*held]}


# Flags that follow from when somebody answered, which others may know.
OF_TIME = np.uint16(FLAG_BIT["speeding"] | FLAG_BIT["out_of_window"])
# A flag of time stands on a response only where so many of its lot have it, and as many have not.
FEWEST_ALIKE = 5


def alike(classes: np.ndarray) -> np.ndarray:
    """bool[R]: whether at least five of the lot are of the same class."""
    _values, place, number = np.unique(classes, return_inverse=True, return_counts=True)
    return number[place] >= FEWEST_ALIKE


def shared_flags(flags: np.ndarray) -> tuple[np.ndarray, int]:
    """The flags of a lot without those of time that fewer than five have, and how many responses lost theirs: whether
    they were too fast or late is unknown. Where fewer than five would have none, all lose theirs.
    """
    kept = np.where(alike(flags & OF_TIME), flags, flags & ~OF_TIME)
    if 0 < int((kept & OF_TIME == 0).sum()) < min(FEWEST_ALIKE, len(kept)):
        kept = flags & ~OF_TIME
    return kept, int((kept != flags).sum())


def shared_channels(groups: Sequence[int], classes: np.ndarray, channel: Sequence[str]) -> list[str]:
    """The channels of a lot, empty where fewer than five of a class (what else can be told of a response from outside)
    came by the same one. Where fewer than five of a class or a group would be without, those of the next smallest
    channel are, too: who alone came by another way than all would else be the one row that names none.
    """
    names, shared = np.array(channel), np.zeros(len(channel), dtype=bool)
    for key in np.unique(classes).tolist():
        own = np.flatnonzero(classes == key)
        shared[own] = _with_company(names[own], alike(names[own]))
    for group in set(groups):
        own = np.flatnonzero(np.array(groups) == group)
        shared[own] = _with_company(names[own], shared[own])
    return [each if kept else "" for each, kept in zip(channel, shared.tolist(), strict=True)]


def _with_company(names: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Which of these name their channel, where those that do not shall be none or five."""
    if 0 < (~kept).sum() < FEWEST_ALIKE and kept.any():
        values, numbers = np.unique(names[kept], return_counts=True)
        kept = kept & (names != values[numbers.argmin()])
    return kept


def _classes(columns: ResponseColumns, flags: np.ndarray) -> np.ndarray:
    """int[R]: what a row shows of which others may know whose it is: group, flags of time, and how much was asked."""
    asked = (columns.ratings != NOT_ASKED).sum(axis=1)
    told = np.column_stack([np.array(columns.group), flags & OF_TIME, asked])
    return np.unique(told, axis=0, return_inverse=True)[1].reshape(-1)


_LEFT_OUT = (
    *("token", "language", "comment", "started_at", "submitted_at", "attention", "notice_version"),
    *("seconds_per_item", "profile"),
)


def unlinked(
    columns: ResponseColumns, flags: np.ndarray, *, channels: bool = False
) -> tuple[ResponseColumns, np.ndarray]:
    """The rows and their flags shuffled, without token, times, channel, language, profile, comment and answer to the
    attention question. What the rules found in times stays as flags, as far as it is shared (see `shared_flags`), and
    so do `channels` where the survey names them as its clusters.
    """
    classes = _classes(columns, flags)
    kept = shared_channels(columns.group, classes, columns.channel) if channels else [""] * len(columns)
    columns = replace(columns, channel=kept)
    order = list(range(len(columns)))
    SystemRandom().shuffle(order)
    place = np.array(order, dtype=np.intp)
    return replace(columns.pick(place), **dict.fromkeys(_LEFT_OUT, [])), flags[place]


# A statement takes only so many values.
_LOT = 5_000


def insert_unlinked(
    survey: Survey, columns: ResponseColumns, flags: np.ndarray, *, source: ResponseImport | None = None
) -> None:
    """Store a lot of responses of an anonymous survey: rows that say nothing of whose they are, in random order under
    random ids, what is kept apart, and counts; in the caller's transaction.
    """
    flags, group = flags.copy(), np.array(columns.group)
    codes = dict(Group.objects.filter(cycle=survey.cycle_id).values_list("id", "code"))
    for key in np.unique(group).tolist():
        flags[group == key], lost = shared_flags(flags[group == key])
        if lost:
            add_to_tally(survey.pk, Tally.Measure.UNKNOWN, group=codes[key], number=lost)
    store_apart(survey, columns)
    columns, flags = unlinked(columns, flags, channels=survey.cluster == Survey.CHANNEL)
    ids = [uuid4() for _row in flags]
    insert_responses(survey, columns, ids=ids, flags=flags, source=source)
    hold(survey.pk, *(Response.objects.filter(pk__in=ids[start : start + _LOT]) for start in range(0, len(ids), _LOT)))


def store_apart(survey: Survey, columns: ResponseColumns) -> None:
    """Store comments and profile answers, shuffled and without group, and count the submitted rows by channel, and as
    far as their times are known by day and by seconds per item asked; `columns` as they came.
    """
    comments = [AnonymousComment(survey=survey, text=text) for text in columns.comment if text]
    answers = [
        AnonymousAnswer(survey=survey, question=question, answer=answer)
        for profile in columns.profile
        for question, answer in single_answers(profile)
    ]
    for model, rows in ((AnonymousComment, comments), (AnonymousAnswer, answers)):
        SystemRandom().shuffle(rows)
        model.objects.bulk_create(rows, batch_size=500)
        hold(survey.pk, model.objects.filter(pk__in=[row.pk for row in rows]))
    _count(survey, columns)


def hide_among_others(survey: Survey) -> None:
    """Write all of the survey's rows anew, so that those of the file cannot be told from others by their place."""
    rewrite = rewrite_in_key_order if survey.sealed_at else rewrite_shuffled
    for model in (Response, AnonymousComment, AnonymousAnswer):
        rewrite(model, survey.pk)


def _count(survey: Survey, columns: ResponseColumns) -> None:
    codes, zone = dict(Group.objects.filter(cycle=survey.cycle_id).values_list("id", "code")), ZoneInfo(survey.zone)
    channels, days, seconds = Counter(), Counter(), Counter()
    paces = _seconds_per_item(columns)
    for row in np.flatnonzero(~columns.unfinished).tolist():
        code, time = codes[columns.group[row]], columns.submitted_at[row]
        channels[code, columns.channel[row]] += 1
        if time is not None:
            days[code, time.astimezone(zone).date().toordinal()] += 1
        if paces[row] is not None:
            seconds[code, round(10 * paces[row])] += 1
    for (code, channel), number in channels.items():
        add_to_tally(survey.pk, Tally.Measure.SUBMITTED, group=code, channel=channel, number=number)
    for (code, day), number in days.items():
        add_to_tally(survey.pk, Tally.Measure.DAY, group=code, place=day, number=number)
    for (code, tenths), number in sorted(seconds.items()):
        add_to_tally(survey.pk, Tally.Measure.SECONDS, group=code, place=tenths, number=number)


def _seconds_per_item(columns: ResponseColumns) -> list[float | None]:
    """Per item asked, not answered: how long somebody took others may know, and by how many answers that was divided
    would tell which response is theirs.
    """
    asked = (columns.in_plan != NOT_ASKED).sum(axis=1)
    return [
        capped_seconds_per_item((ended - began).total_seconds(), int(number)) if ended and began else None
        for began, ended, number in zip(columns.started_at, columns.submitted_at, asked, strict=True)
    ]
