"""Figures of fieldwork kept for surveys that are too large to be counted whenever a page is viewed."""

from collections import Counter
from collections.abc import Iterable

from django.db import connection

from surveys.models import FieldworkFigures

# Up to so many responses, and as many answers in progress, are counted on view: less than 0.1 s.
MOST_COUNTED = 20_000

KindRow = tuple[int, int, int, bool, int]

_BEYOND = "SELECT survey_id FROM (SELECT survey_id FROM {table} WHERE survey_id = %s LIMIT 1 OFFSET %s) AS beyond"
_TABLES = ("surveys_response", "surveys_draft")


def large_surveys(keys: Iterable[int]) -> set[int]:
    """Those of the surveys (primary keys) that are too large to be counted on view; one query that stops early."""
    keys = list(keys)
    if not keys:
        return set()
    parts = [_BEYOND.format(table=table) for _key in keys for table in _TABLES]
    values = [value for key in keys for _table in _TABLES for value in (key, MOST_COUNTED)]
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
