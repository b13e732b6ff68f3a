"""Responses of a cycle's surveys → cube, counts and digest, read once and in chunks."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from django.db import connection
from django.utils.translation import gettext as _

from materiality.counted import Counted
from materiality.models import Cycle
from materiality.refusals import NotAllowed
from materiality.scoring.codes import DIMENSIONS
from materiality.scoring.cube import Cube, CubeBuilder
from surveys.held_groups import hold_small_changes
from surveys.models import Response, Survey
from surveys.questionnaire.rules import FLAG_BIT, FLAGS, flags_asked
from surveys.questionnaire.screening import valid
from surveys.rules_in_force import rules_in_force, shown_bits

CHUNK = 10_000
COLUMNS = ("id", "group_id", "flags", "overruled", "unfinished", "ratings")


@dataclass
class _Tally:
    """What is counted besides ratings, over all surveys."""

    groups: dict[str, Counter]
    screening: list[dict]
    asked: tuple[str, ...]
    total: int = 0
    unfinished: int = 0
    valid: int = 0
    flags: Counter = field(default_factory=Counter)
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)


def count_cycle(cycle: Cycle, progress: Callable[[int, str], None] = lambda percent, text: None) -> Counted:
    """Count all responses of the cycle's surveys, with few new ones of an open anonymous survey left to a later run
    (see held_groups). NotAllowed where the surveys' scales differ.
    """
    surveys = list(cycle.surveys.order_by("code"))
    groups = list(cycle.groups.values_list("id", "code"))
    if len({survey.k for survey in surveys}) > 1:
        raise NotAllowed(_("The surveys of this cycle have different scales and cannot be scored together."))
    asked = flags_asked(attention=any(survey.attention for survey in surveys))
    tally = _Tally({code: Counter() for _pk, code in groups}, [_screened_by(each) for each in surveys], asked)
    cubes = []
    for place, survey in enumerate(surveys):
        cubes.append(_count_survey(survey, groups, tally))
        progress(10 + 50 * (place + 1) // len(surveys), "")
    whole = joined_cube(cubes, [code for _pk, code in groups])
    counted = Counted(whole, _summary(tally), tally.digest.hexdigest(), [survey.code for survey in surveys])
    return hold_small_changes(cycle, surveys, counted)


def joined_cube(cubes: Sequence[Cube], groups: Sequence[str]) -> Cube:
    """One cube over the issues of all; empty where there is none. ValueError where scales differ."""
    issues = sorted({issue for cube in cubes for issue in cube.issues})
    whole = Cube.empty(groups, issues, cubes[0].k if cubes else 5)
    for cube in cubes:
        whole = whole + cube.aligned(groups, issues)
    return whole


def builder_of(survey: Survey, groups: Sequence[str]) -> CubeBuilder:
    """A builder of the survey's cube, over all groups of its cycle."""
    items = list(survey.items.values_list("issue__code", "dimension").order_by("position"))
    issues = sorted({code for code, _dimension in items})
    place = {code: n for n, code in enumerate(issues)}
    columns = [(place[code], DIMENSIONS.index(dimension)) for code, dimension in items]
    return CubeBuilder(groups, issues, survey.k, columns)


def counted_cube(survey: Survey, groups: list[tuple[int, str]]) -> Cube:
    """The cube of one survey's valid responses; `groups` are (key, code)."""
    return _count_survey(survey, groups, _Tally({code: Counter() for _pk, code in groups}, [], ()))


def _count_survey(survey: Survey, groups: list[tuple[int, str]], tally: _Tally) -> Cube:
    builder = builder_of(survey, [code for _pk, code in groups])
    rules, shown = rules_in_force(survey), np.uint16(shown_bits(survey))
    index = {pk: n for n, (pk, _code) in enumerate(groups)}
    for rows in _chunks(survey):
        ids, group_ids, flags, overruled, unfinished, ratings = zip(*rows, strict=True)
        matrix = np.frombuffer(b"".join(ratings), np.uint8).reshape(len(rows), -1)
        group = np.array([index[pk] for pk in group_ids])
        flags_, submitted = np.array(flags, np.uint16), ~np.array(unfinished, bool)
        counts = valid(flags_, rules, np.array(overruled), submitted)
        builder.add(group[counts], matrix[counts])
        _add_to_tally(tally, [code for _pk, code in groups], group, flags_ & shown, submitted, counts)
        _add_to_digest(tally, ids, [groups[g][1] for g in group.tolist()], flags, overruled, ratings)
    return builder.cube()


def _chunks(survey: Survey) -> Iterator[list[tuple]]:
    """Rows in id order, by a plain cursor: 150,000 rows would otherwise be turned into objects one by one."""
    queryset = Response.objects.filter(survey=survey).order_by("id").values_list(*COLUMNS)
    sql, parameters = queryset.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(CHUNK):
            yield rows


def _add_to_tally(
    tally: _Tally,
    codes: list[str],
    group: np.ndarray,
    flags: np.ndarray,
    submitted: np.ndarray,
    counts: np.ndarray,
) -> None:
    tally.total += len(group)
    tally.unfinished += int((~submitted).sum())
    tally.valid += int(counts.sum())
    for flag in FLAGS:
        tally.flags[flag] += int(((flags & FLAG_BIT[flag]) > 0)[submitted].sum())
    for name, mask in (("total", None), ("submitted", submitted), ("valid", counts)):
        found = np.bincount(group if mask is None else group[mask], minlength=len(codes))
        for code, number in zip(codes, found.tolist(), strict=True):
            tally.groups[code][name] += number


def _add_to_digest(tally: _Tally, ids, codes: list[str], flags, overruled, ratings) -> None:
    """SHA-256 over id, group, flags, overruling and ratings in id order (scoring.md, What a run stores)."""
    tally.digest.update(
        b"".join(
            b"%s %s %d %d %s\n" % (str(pk).replace("-", "").encode(), code.encode(), flag, overrule, bytes(vector))
            for pk, code, flag, overrule, vector in zip(ids, codes, flags, overruled, ratings, strict=True)
        )
    )


def _screened_by(survey: Survey) -> dict:
    """The rules that a run counts by, so that its numbers can be explained later."""
    return {"survey": survey.code, "version": survey.rules_version, "rules": rules_in_force(survey).to_json()}


def _summary(tally: _Tally) -> dict:
    return {
        "total": tally.total,
        "unfinished": tally.unfinished,
        "submitted": tally.total - tally.unfinished,
        "valid": tally.valid,
        "flags": {flag: tally.flags[flag] for flag in tally.asked},
        "groups": {
            code: {name: counts[name] for name in ("total", "submitted", "valid")}
            for code, counts in tally.groups.items()
        },
        "screening": tally.screening,
    }
