"""Bringing the catalogues in the database up to those of the files; part of `load_library`, which records it."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import models, transaction

from materiality.library_file.records import Catalogues, DisclosureRecord, Key
from materiality.models import Crosswalk, Disclosure, DisclosureLink, Framework

Wanted = Iterable[tuple[Any, dict[str, Any]]]  # key, the row's columns


@transaction.atomic
def store_catalogues(*, catalogues: Catalogues) -> int:
    """Create, update and (links and crosswalk only) delete rows; returns how many, 0 when all is there already.

    A disclosure that the files no longer list is kept: issues and outlines may point at it.
    """
    frameworks, changed = _frameworks(catalogues)
    keys, more = _disclosures(catalogues, frameworks)
    return changed + more + _links(catalogues, keys) + _crosswalk(catalogues, keys)


def _frameworks(catalogues: Catalogues) -> tuple[dict[tuple[str, str], int], int]:
    wanted = [((record.code, record.edition), vars(record)) for record in catalogues.frameworks]
    held = {(row.code, row.edition): row for row in Framework.objects.all()}
    changed = _bring(Framework, held, wanted)
    return {key: row.pk for key, row in held.items()}, changed


def _disclosures(catalogues: Catalogues, frameworks: dict[tuple[str, str], int]) -> tuple[dict[Key, int], int]:
    """Level by level from the top, so that every parent has its key before its children are stored."""
    names = {pk: key for key, pk in frameworks.items()}
    stored = Disclosure.objects.filter(framework__in=names)
    held = {(*names[row.framework_id], row.code): row for row in stored}
    changed = 0
    for level in _levels(catalogues.disclosures):
        wanted = [(record.key, _columns(record, frameworks, held)) for record in level]
        changed += _bring(Disclosure, held, wanted)
    return {key: row.pk for key, row in held.items()}, changed


def _levels(records: Iterable[DisclosureRecord]) -> Iterator[list[DisclosureRecord]]:
    waiting, done = list(records), set()
    while waiting:
        level = [row for row in waiting if not row.parent_code or (*row.framework, row.parent_code) in done]
        if not level:
            raise ValueError(f"no parent for {waiting[0].key}")
        yield level
        done |= {row.key for row in level}
        waiting = [row for row in waiting if row.key not in done]


def _columns(record: DisclosureRecord, frameworks: dict, held: dict[Key, Disclosure]) -> dict[str, Any]:
    columns = {name: value for name, value in vars(record).items() if name not in ("framework", "parent_code")}
    parent = held[(*record.framework, record.parent_code)].pk if record.parent_code else None
    return {**columns, "framework_id": frameworks[record.framework], "parent_id": parent}


def _links(catalogues: Catalogues, keys: dict[Key, int]) -> int:
    wanted = {}
    for link in catalogues.links:
        columns = {"disclosure_id": keys[link.disclosure], "goal_id": keys[link.goal], "basis": link.basis}
        wanted[columns["disclosure_id"], columns["goal_id"]] = columns
    held = {(row.disclosure_id, row.goal_id): row for row in DisclosureLink.objects.all()}
    return _drop(DisclosureLink, held, wanted) + _bring(DisclosureLink, held, wanted.items())


def _crosswalk(catalogues: Catalogues, keys: dict[Key, int]) -> int:
    wanted = {}
    for way in catalogues.crosswalk:
        target = keys[way.target] if way.target else None
        columns = {"source_id": keys[way.source], "target_id": target, "relation": way.relation, "note": way.note}
        wanted[columns["source_id"], target, way.relation] = columns
    held = {(row.source_id, row.target_id, row.relation): row for row in Crosswalk.objects.all()}
    return _drop(Crosswalk, held, wanted) + _bring(Crosswalk, held, wanted.items())


def _bring(model: type[models.Model], held: dict[Any, Any], wanted: Wanted) -> int:
    """Create rows that are not held and update those that differ; `held` holds them all afterwards."""
    fresh, stale, names = {}, [], set()
    for key, columns in wanted:
        row = held.get(key)
        if row is None:
            fresh[key] = model(**columns)
            continue
        differing = {name: value for name, value in columns.items() if getattr(row, name) != value}
        for name, value in differing.items():
            setattr(row, name, value)
        names |= set(differing)
        stale += [row] if differing else []
    model._default_manager.bulk_create(fresh.values())
    if stale:
        model._default_manager.bulk_update(stale, sorted(names))
    held |= fresh
    return len(fresh) + len(stale)


def _drop(model: type[models.Model], held: dict[Any, Any], wanted: dict) -> int:
    surplus = [held.pop(key).pk for key in list(held) if key not in wanted]
    model._default_manager.filter(pk__in=surplus).delete()
    return len(surplus)
