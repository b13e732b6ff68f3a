"""Responses as columns: stored, and those of the demo."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
from django.db import connection

from materiality.scoring.cube import DONT_KNOW, SKIPPED
from surveys.models import Response, ResponseImport, Survey
from surveys.questionnaire.responses import ResponseColumns

CHUNK = 5_000


def insert_responses(
    survey: Survey,
    columns: ResponseColumns,
    *,
    ids: Sequence[UUID],
    flags: np.ndarray,
    source: ResponseImport | None = None,
) -> None:
    """Insert R responses with their flags (uint16[R]) in the order given; call it inside a transaction.

    One prepared statement instead of a model object per row: 15,000 rows take a fifth of the time of bulk_create.
    """
    names = list(_fields(survey, columns, [], np.zeros(0), None, slice(0)))
    fields = [Response._meta.get_field(name) for name in names]
    if len(fields) != len(Response._meta.concrete_fields):
        raise RuntimeError("a column of Response is not written by insert_responses")
    quoted = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    holes = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {connection.ops.quote_name(Response._meta.db_table)} ({quoted}) VALUES ({holes})"
    with connection.cursor() as cursor:
        for start in range(0, len(columns), CHUNK):
            values = _fields(survey, columns, ids, flags, source, slice(start, start + CHUNK))
            cursor.executemany(statement, list(zip(*values.values(), strict=True)))


def _fields(survey, columns: ResponseColumns, ids, flags, source, part: slice) -> dict[str, list]:
    """Column values of one chunk, as the database driver takes them."""
    size = len(range(*part.indices(len(columns))))
    ratings = np.ascontiguousarray(columns.ratings[part])
    width = ratings.shape[1] if ratings.ndim == 2 else 0
    packed = ratings.tobytes()
    prepare = Response._meta.pk.get_db_prep_value
    return {
        "id": [prepare(pk, connection) for pk in ids[part]],
        "survey": [survey.pk] * size,
        "group": columns.group[part],
        "channel": columns.channel[part],
        "language": columns.language[part],
        "token": columns.token[part],
        "started_at": _times(columns.started_at[part]),
        "submitted_at": _times(columns.submitted_at[part]),
        "unfinished": columns.unfinished[part].tolist(),
        "consent": columns.consent[part].tolist(),
        "comment": columns.comment[part],
        "ratings": [packed[at * width : (at + 1) * width] for at in range(size)],
        "profile": [json.dumps(answers, ensure_ascii=False) for answers in columns.profile[part]],
        "named": [json.dumps(codes) for codes in columns.named[part]],
        "attention": columns.attention[part],
        "notice_version": columns.notice_version[part],
        "seconds_per_item": columns.seconds_per_item[part],
        "flags": flags[part].tolist(),
        "overruled": columns.overruled[part].tolist(),
        "overruled_by": [None] * size,
        "overruled_reason": [""] * size,
        "source": [source.pk if source else None] * size,
    }


def _times(times: list[datetime | None]) -> list:
    adapt = connection.ops.adapt_datetimefield_value
    return [None if time is None else adapt(time) for time in times]


SHARES = {
    "users": 0.60, "employees": 0.20, "creators_partners": 0.10, "government": 0.02, "media": 0.02, "community": 0.06,
}  # fmt: skip
CHANNELS = ("link", "qr", "mail")
# Issues that stand out, in rating points (society, business) from the middle: the demo should read like a real result.
STANDING_OUT = {
    "TEC-02-03": (0.75, 0.70), "TEC-02-02": (0.55, 0.72), "TEC-02-01": (0.50, 0.62), "SOC-03-01": (0.72, 0.60),
    "SOC-05-01": (0.82, 0.42), "ECO-05-01": (0.38, 0.55), "TEC-03-01": (0.55, 0.48), "SOC-06-01": (0.62, 0.15),
    "ECO-06-01": (0.60, 0.28), "SOC-07-01": (0.52, 0.20), "SOC-04-05": (0.45, 0.50), "ECO-02-01": (0.25, 0.66),
    "SOC-04-01": (0.10, 0.62), "TEC-01-02": (0.28, 0.52), "ECO-03-01": (-0.40, -0.28), "SOC-07-05": (-0.30, -0.55),
    "ENV-04-01": (-0.45, -0.50), "ENV-02-04": (-0.35, -0.62), "SOC-07-04": (-0.48, -0.45), "TEC-01-03": (-0.50, -0.15),
    "ENV-05-01": (0.20, -0.55), "SOC-06-03": (-0.32, -0.58), "ECO-04-05": (-0.52, -0.08), "SOC-08-02": (-0.15, -0.50),
}  # fmt: skip
# Shares of responses with a fault, so that every screening rule has something to find.
UNFINISHED, STRAIGHT, HURRIED, SPARSE, REPEATED, LATE, REFUSED = 0.02, 0.03, 0.035, 0.03, 0.012, 0.006, 0.004


def demo_groups(rng: np.random.Generator, size: int, codes: list[str]) -> np.ndarray:
    """Index of the group of each response, int[size]; every group has its share."""
    shares = np.array([SHARES[code] for code in codes])
    counts = np.floor(shares * size).astype(int)
    counts[0] += size - counts.sum()
    return rng.permutation(np.repeat(np.arange(len(codes)), counts))


def demo_ratings(rng: np.random.Generator, group: np.ndarray, items: list[tuple[str, str]]) -> np.ndarray:
    """uint8[R, items] on 1..5 with absences: issue means, views of groups, and each respondent's own level."""
    issues = sorted({code for code, _dimension in items})
    place = np.array([issues.index(code) for code, _dimension in items])
    dimension = np.array([0 if name == "society" else 1 for _code, name in items])
    level = rng.multivariate_normal([0, 0], [[0.26**2, 0.03], [0.03, 0.26**2]], len(issues), method="cholesky")
    for code, apart in STANDING_OUT.items():
        if code in issues:
            level[issues.index(code)] = apart
    view = rng.normal(0, 0.22, (group.max(initial=0) + 1, len(issues), 2))
    mean = 3.6 + (level[None] + view)[:, place, dimension]
    size = len(group)
    ratings = np.empty((size, len(items)), np.uint8)
    for start in range(0, size, 5_000):
        part = slice(start, min(start + 5_000, size))
        rows = part.stop - part.start
        own = rng.normal(0, 0.45, (rows, 1)).astype(np.float32)
        noise = rng.standard_normal((rows, len(items)), np.float32) * np.float32(0.85)
        ratings[part] = np.clip(np.rint(mean[group[part]].astype(np.float32) + own + noise), 1, 5)
    _leave_gaps(rng, ratings)
    return ratings


def _leave_gaps(rng: np.random.Generator, ratings: np.ndarray) -> None:
    """Don't know and skipped, 3 % and 1.5 % of the items."""
    for share, code in ((0.03, DONT_KNOW), (0.015, SKIPPED)):
        number = int(ratings.size * share)
        ratings.reshape(-1)[rng.integers(0, ratings.size, number)] = code


def make_faults(rng: np.random.Generator, ratings: np.ndarray) -> dict[str, np.ndarray]:
    """Spoil some responses in place; returns masks bool[R] of the faults that lie outside the ratings."""
    draw = rng.random(len(ratings))
    edges = np.cumsum([UNFINISHED, STRAIGHT, HURRIED, SPARSE, REPEATED, LATE, REFUSED])
    kind = np.searchsorted(edges, draw, side="right")
    straight = np.flatnonzero(kind == 1)
    ratings[straight] = rng.integers(3, 6, len(straight)).astype(np.uint8)[:, None]
    for mask, kept in ((kind == 3, 0.3), (kind == 0, 0.55)):
        rows = np.flatnonzero(mask)
        answered = rng.integers(1, max(2, int(ratings.shape[1] * kept)), len(rows))
        ratings[rows] = np.where(np.arange(ratings.shape[1]) < answered[:, None], ratings[rows], SKIPPED)
    return {
        "unfinished": kind == 0,
        "hurried": kind == 2,
        "repeated": kind == 4,
        "late": kind == 5,
        "refused": kind == 6,
    }


def demo_times(
    rng: np.random.Generator, opens: datetime, closes: datetime, faults: dict[str, np.ndarray]
) -> tuple[list[datetime], list[datetime | None]]:
    """Start and submission of each response; more come in early, and after reminders."""
    size = len(faults["late"])
    span = (closes - opens).total_seconds() - 3600
    wave = rng.choice(3, size, p=[0.5, 0.3, 0.2])
    at = (np.array([0.0, 0.35, 0.7])[wave] + rng.exponential(0.07, size)) % 0.995 * span
    seconds = np.where(faults["hurried"], rng.uniform(40, 110, size), rng.lognormal(6.35, 0.35, size).clip(260, 3000))
    started = [opens + timedelta(seconds=int(value)) for value in at]
    submitted: list[datetime | None] = []
    for row, start in enumerate(started):
        if faults["late"][row]:
            started[row] = start = closes.astimezone(UTC) + timedelta(hours=1 + row % 70)
        submitted.append(None if faults["unfinished"][row] else start + timedelta(seconds=int(seconds[row])))
    return started, submitted


def demo_tokens(rng: np.random.Generator, faults: dict[str, np.ndarray]) -> list[str]:
    """A token per person; a repeated response has that of an earlier one."""
    tokens = [f"P{number:06d}" for number in range(1, len(faults["late"]) + 1)]
    for row in np.flatnonzero(faults["repeated"]):
        if row:
            tokens[row] = tokens[int(rng.integers(0, row))]
    return tokens
