"""Digests of what tables hold: of a row, and of all rows of a table that belong to one object."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, NamedTuple

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models.expressions import Expression
from django.db.models.sql import Query

from materiality.platform.hooks import declared


class _Encoder(json.JSONEncoder):
    """JSON that keeps microseconds and writes bytes as hexadecimal digits."""

    def default(self, value: Any) -> str:
        if isinstance(value, datetime | date | time):
            return value.isoformat()
        if isinstance(value, bytes | memoryview):
            return bytes(value).hex()
        return str(value)


# Made once: the encoder's making costs as much as encoding an event.
_encode = _Encoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def value_digest(value: Any) -> str:
    """SHA-256, in hexadecimal digits, of lists, mappings and what tables hold (UUIDs, moments, bytes)."""
    return hashlib.sha256(_encode(value).encode()).hexdigest()


def json_value(value: Any) -> Any:
    """The value as every database gives it back from a JSON column.

    PostgreSQL returns 1e22 as a whole number and -0.0 as 0.0; whole numbers are therefore written without fraction.
    """
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder), parse_float=_number)


def _number(text: str) -> float | int:
    number = float(text)
    return int(number) if number.is_integer() else number


CHUNK = 200  # rows read at once: scoring runs hold large cubes


def audited_columns(model: type[models.Model]) -> list[str]:
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
        for pk, digest in stored_digests(model, pks, audited_columns(model))
    }
    return [found[type(row), row.pk] for row in rows]


def stored_digests(model: type[models.Model], pks: Sequence, names: Sequence[str]) -> Iterator[tuple[object, str]]:
    """(key, digest of the columns `names` of the stored row) for each key; a missing row has a digest too."""
    for place in range(0, len(pks), CHUNK):
        chunk = pks[place : place + CHUNK]
        stored = _in_order(model, ("pk", *names)).filter(pk__in=chunk)
        values = {pk: row for pk, *row in stored}
        yield from ((pk, columns_digest(names, values.get(pk, []))) for pk in chunk)


def columns_digest(names: Sequence[str], values: Sequence) -> str:
    """SHA-256 of a row: names of its columns and their values, none where the row is gone."""
    return value_digest([list(names), values])


class Part(NamedTuple):
    """All rows of a table that belong to one object, as an audit event keeps them: how many, and their digest."""

    model: type[models.Model]
    owner: str
    rows: int
    digest: str


# Between the label of an owner and its key, as they stand in the place of a row's key. No key of a row holds it.
OF = ":"


def owned_parts(rows: Sequence[models.Model]) -> Iterator[Part]:
    """The parts that the rows own or lie in, as the database holds them now."""
    for label, tables in owned_tables().items():
        model = apps.get_model(label)
        for pk in sorted(_owners(model, tables, rows)):
            for table, path in tables.items():
                owned = apps.get_model(table)
                yield part_now(owned, f"{label}{OF}{pk}", audited_columns(owned), path)


def part_now(model: type[models.Model], owner: str, names: Sequence[str], path: str) -> Part:
    """The rows of a table that `path` leads from to the owner, in order of their keys; all where there is no path."""
    digest, number = hashlib.sha256(_encode(list(names)).encode()), 0
    query, sql, columns = _statement(model, tuple(names), path)
    # On PostgreSQL it stays at the server: never all rows are in memory.
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, [int(owner.partition(OF)[2])] if path else [])
        compiler = query.get_compiler(connection=connection)
        for row in compiler.apply_converters(cursor, compiler.get_converters(columns)):
            digest.update(_encode(row).encode())
            number += 1
    return Part(model, owner, number, digest.hexdigest())


@lru_cache(maxsize=512)
def _statement(model: type[models.Model], names: tuple[str, ...], path: str) -> tuple[Query, str, list[Expression]]:
    """Query, SQL with a place for the owner's key, and columns: every event asks for the same tables, and Django takes
    longer to write the statement than the database to answer it.
    """
    found = _in_order(model, names)
    query = (found.filter(**{path: 0}) if path else found.all()).query
    compiler = query.get_compiler(connection=connection)
    sql, _owner = compiler.as_sql()
    return query, sql, [column for column, *_sql in compiler.select]


@lru_cache(maxsize=256)
def _in_order(model: type[models.Model], names: tuple[str, ...]) -> models.QuerySet:
    """Columns of all rows in order of their keys, not read: every event asks again for the same ten tables or so."""
    return model._base_manager.order_by("pk").values_list(*names)


def path_to(table: str, owner: str) -> str | None:
    """How rows of a table name this owner; None where no app says that they have such an owner."""
    return owned_tables().get(owner.partition(OF)[0], {}).get(table)


def owned_tables() -> dict[str, dict[str, str]]:
    """Label of an owner → label of a table → path from the table's rows to it, of all apps."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for hooks in declared():
        for owner, tables in hooks.owned.items():
            found[owner].update(tables)
    return found


def _owners(model: type[models.Model], tables: dict[str, str], rows: Collection[models.Model]) -> set[str]:
    found = {str(row.pk) for row in rows if isinstance(row, model)} if "" not in tables.values() else set()
    for table, path in tables.items():
        own = [row for row in rows if row._meta.label_lower == table]
        if own and not path:
            found.add("")
        elif own:
            found |= _named_by(own, path)
    return found


def _named_by(rows: Sequence[models.Model], path: str) -> set[str]:
    """Keys of the owners that rows of one table name by a path of one or two steps; none of what is gone."""
    first, _two, second = path.partition("__")
    keys = {getattr(row, rows[0]._meta.get_field(first).attname) for row in rows} - {None}
    if second:
        between = rows[0]._meta.get_field(first).related_model
        keys = set(between._base_manager.filter(pk__in=keys).order_by().values_list(f"{second}_id", flat=True))
    return {str(key) for key in keys}
