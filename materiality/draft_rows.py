"""The rows of a draft that hang on some of its issues, as values that can be kept and put back."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Max, Q

from materiality.models import Edition, Issue, IssueMapping, Lineage, MappingProposal

TABLES: dict[str, type[models.Model]] = {
    "issue": Issue,
    "mapping": IssueMapping,
    "proposal": MappingProposal,
    "lineage": Lineage,
}
# A version only grows, so that nobody who saw the undone state takes it for another one.
_NOT_COMPARED = {"version"}

Rows = dict[str, dict[str, dict[str, Any]]]  # table → key → column → plain value


def rows_of(edition: Edition, issues: Collection[int], sources: Collection[int]) -> Rows:
    """Rows of these issues of the draft, and of the descent from these issues of the edition before."""
    descent = Q(target__in=issues) | Q(source__in=sources)
    found = {
        "issue": Issue.objects.filter(pk__in=issues),
        "mapping": IssueMapping.objects.filter(issue__in=issues),
        "proposal": MappingProposal.objects.filter(issue__in=issues),
        "lineage": Lineage.objects.filter(descent, edition=edition),
    }
    return {name: {str(row.pk): _plain(row) for row in rows.order_by("pk").distinct()} for name, rows in found.items()}


def sources_of(edition: Edition, issues: Collection[int]) -> set[int]:
    """The issues of the edition before from which these descend."""
    rows = Lineage.objects.filter(edition=edition, target__in=issues, source__isnull=False)
    return set(rows.values_list("source_id", flat=True))


def differing(one: Rows, other: Rows) -> tuple[Rows, Rows]:
    """Of both only the rows that are not the same in the other."""
    return _left_of(one, other), _left_of(other, one)


def still_as(before: Rows, after: Rows) -> bool:
    """Whether a change from `before` to `after` stands: its rows are stored as it left them."""
    now = {}
    for name, model in TABLES.items():
        keys = [*before.get(name, {}), *after.get(name, {})]
        now[name] = {str(row.pk): _plain(row) for row in model.objects.filter(pk__in=keys)}
    return _compared(now) == _compared(after)


def put_back(before: Rows, after: Rows) -> None:
    """Make the rows of `after` those of `before` again: delete, change and add with their old keys.

    Issues that go are deleted only when those that stood under them have their old place again.
    """
    gone = {name: after.get(name, {}).keys() - before.get(name, {}).keys() for name in TABLES}
    for name in ("lineage", "proposal", "mapping"):
        TABLES[name].objects.filter(pk__in=list(gone[name])).delete()
    _restore("issue", before)
    for is_primary in (False, True):
        Issue.objects.filter(pk__in=list(gone["issue"]), parent__isnull=is_primary).delete()
    for name in ("mapping", "proposal", "lineage"):
        _restore(name, before)


def _restore(name: str, before: Rows) -> None:
    model, held = TABLES[name], before.get(name, {})
    there = set(model.objects.filter(pk__in=list(held)).values_list("pk", flat=True))
    for row in _primaries_first(held.values()):
        _write(model, row, is_there=row["id"] in there)


def _write(model: type[models.Model], values: dict[str, Any], is_there: bool) -> None:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    row = model(**{name: fields[name].to_python(value) for name, value in values.items()})
    if "version" in fields:
        now = model.objects.filter(pk=row.pk).aggregate(now=Max("version"))["now"] or row.version
        row.version = max(now, row.version) + 1
    # Raw, so that times which are set on adding stay those of the row.
    row.save_base(raw=True, force_insert=not is_there, force_update=is_there)


def _primaries_first(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: row.get("parent_id") is not None)


def _plain(row: models.Model) -> dict[str, Any]:
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _left_of(one: Rows, other: Rows) -> Rows:
    left = {
        name: {key: row for key, row in rows.items() if other.get(name, {}).get(key) != row}
        for name, rows in one.items()
    }
    return {name: rows for name, rows in left.items() if rows}


def _compared(rows: Rows) -> Rows:
    plain = {
        name: {key: {column: row[column] for column in row if column not in _NOT_COMPARED} for key, row in held.items()}
        for name, held in rows.items()
    }
    return {name: held for name, held in plain.items() if held}
