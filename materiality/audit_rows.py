"""Digests of the rows that the audit trail speaks of."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.db import models

from materiality.canonical import sha256_of

CHUNK = 200  # rows read at once: scoring runs hold large cubes


def columns_of(model: type[models.Model]) -> list[str]:
    """Names of the columns that digests of this table cover: its own, but those in `unaudited` of the model."""
    left_out = getattr(model, "unaudited", ())
    return [field.attname for field in model._meta.concrete_fields if field.attname not in left_out]


def digests_of(rows: Sequence[models.Model]) -> list[str]:
    """SHA-256 of each row's columns as the database holds them now, in the order of `rows`."""
    keys = defaultdict(list)
    for row in rows:
        keys[type(row)].append(row.pk)
    found = {
        (model, pk): digest
        for model, pks in keys.items()
        for pk, digest in stored_digests(model, pks, columns_of(model))
    }
    return [found[type(row), row.pk] for row in rows]


def stored_digests(model: type[models.Model], pks: Sequence, names: Sequence[str]) -> Iterator[tuple[object, str]]:
    """(key, digest of the columns `names` of the stored row) for each key; a missing row has a digest too."""
    for place in range(0, len(pks), CHUNK):
        chunk = pks[place : place + CHUNK]
        stored = model._base_manager.filter(pk__in=chunk).values_list("pk", *names)
        values = {pk: row for pk, *row in stored}
        yield from ((pk, digest_of(names, values.get(pk, []))) for pk in chunk)


def digest_of(names: Sequence[str], values: Sequence) -> str:
    """SHA-256 of a row: names of its columns and their values, none where the row is gone."""
    return sha256_of([list(names), values])
