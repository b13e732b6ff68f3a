"""Varied responses, and a slow reading of the screening rules over stored ones."""

import random
from collections import Counter
from datetime import timedelta
from statistics import correlation, fmean
from uuid import uuid4

from surveys.models import Response, Survey
from surveys.questionnaire.ratings import arrival_id
from surveys.questionnaire.screening import Rules
from tests.factories.responses import at

OPENS, CLOSES = at("2026-03-01T00:00"), at("2026-03-31T00:00")
BITS = ("incomplete", "straight_line", "speeding", "duplicate", "out_of_window", "no_consent", "attention")
BITS += ("straight_short", "off_pattern")


def make_varied_responses(survey: Survey, number: int, seed: int = 1) -> list[Response]:
    """Responses of all groups with something for every rule; flags 0, decided by hand now and then."""
    chance, groups = random.Random(seed), list(survey.cycle.groups.all())
    return Response.objects.bulk_create(_varied(survey, chance, chance.choice(groups)) for _ in range(number))


def _varied(survey: Survey, chance: random.Random, group) -> Response:
    items = survey.items.count()
    anonymous, answered = survey.anonymous, chance.choice((items, items, items // 2, items // 3))
    line = chance.random() < 0.2
    codes = [4 if line else chance.choice((1, 2, 3, 4, 5, 254)) for _ in range(answered)] + [0] * (items - answered)
    started = OPENS + timedelta(hours=chance.randint(-20, 750))
    times = {"started_at": started, "submitted_at": started + timedelta(seconds=chance.choice((5, 20, 40, 400)))}
    kept = {"seconds_per_item": chance.choice((None, 0.3, 0.9, 1.0, 5.0))}
    linked = {"token": chance.choice(("", "", "a", "b", str(chance.random()))), "attention": None}
    return Response(
        id=uuid4() if anonymous else arrival_id(),
        survey=survey,
        group=group,
        ratings=bytes(codes),
        consent=anonymous or chance.random() < 0.95,
        unfinished=not anonymous and chance.random() < 0.1,
        overruled=chance.choice((0,) * 10 + (1, 2)),
        **(kept if anonymous else times | linked | {"attention": chance.choice((None, 0, 1, 2, 254))}),
    )


def flags_by_loop(survey: Survey, rules: Rules) -> dict:
    """{id: set of flags} that stored responses of a survey with times earn, looked at one by one."""
    rows = list(survey.responses.order_by("id"))
    found = {
        row.pk: {flag for flag in _earned(survey, row, rows, rules) if rules.effects[flag] != "off"} for row in rows
    }
    if rules.effects["off_pattern"] != "off" and not survey.split:
        counted = [row for row in rows if is_valid_by_loop(row, found[row.pk], rules)]
        for row in counted:
            others = [other.ratings for other in counted if other.group_id == row.group_id and other.pk != row.pk]
            found[row.pk] |= {"off_pattern"} if _is_off_pattern(row.ratings, others) else set()
    return found


def _is_off_pattern(ratings: bytes, others: list[bytes]) -> bool:
    pairs = []
    for place, code in enumerate(ratings):
        given = [other[place] for other in others if 1 <= other[place] <= 10]
        if 1 <= code <= 10 and len(given) >= 5:
            pairs.append((code, fmean(given)))
    varied = len({code for code, _mean in pairs}) > 1 and len({mean for _code, mean in pairs}) > 1
    return len(pairs) >= 40 and varied and correlation(*zip(*pairs, strict=True)) < 0.1


def _earned(survey: Survey, row: Response, rows: list[Response], rules: Rules) -> set[str]:
    asked = [code for code in row.ratings if code != 255]
    answered = [code for code in asked if code != 0]
    ratings = [code for code in answered if code != 254]
    found = set()
    if not asked or 100 * len(answered) < rules.incomplete_percent * len(asked):
        found.add("incomplete")
    most = max(Counter(ratings).values(), default=0)
    if len(ratings) >= rules.straight_line_min and 100 * most >= rules.straight_line_percent * len(ratings):
        found.add("straight_line")
    if 6 <= len(asked) <= 19 and len(ratings) == len(asked) and len(set(ratings)) == 1:
        found.add("straight_short")
    if not row.consent:
        found.add("no_consent")
    if survey.attention and row.attention in set(range(1, 11)) - {survey.attention_value}:
        found.add("attention")
    timed = not row.unfinished and row.submitted_at is not None
    if (
        timed
        and answered
        and (row.submitted_at - row.started_at).total_seconds() / len(answered) < rules.speeding_seconds
    ):
        found.add("speeding")
    if row.seconds_per_item is not None and row.seconds_per_item < rules.speeding_seconds:
        found.add("speeding")
    if timed and (row.submitted_at < survey.opens_at or row.submitted_at > survey.closes_at + _grace(survey, row)):
        found.add("out_of_window")
    earlier = [o for o in rows if o.token == row.token != "" and not o.unfinished and _order(o) < _order(row)]
    if earlier and not row.unfinished:
        found.add("duplicate")
    return found


def _grace(survey: Survey, row: Response) -> timedelta:
    begun_before = row.source_id is None and row.started_at < survey.closes_at
    return timedelta(minutes=15 if begun_before else 0)


def _order(row: Response) -> tuple:
    return (row.submitted_at, row.pk)


def is_valid_by_loop(row: Response, flags: set[str], rules: Rules) -> bool:
    """Whether one response counts that carries these flags."""
    if row.unfinished or row.overruled == 2:
        return False
    return row.overruled == 1 or not any(rules.effects[flag] == "reject" for flag in flags)


def names_of(flags: int) -> set[str]:
    """The flags in a stored value."""
    return {name for place, name in enumerate(BITS) if flags >> place & 1}
