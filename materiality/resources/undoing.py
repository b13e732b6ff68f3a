"""Taking an import back, as long as its rows are as it left them and nothing was built on the new ones."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from materiality.models import IssueMapping, Lineage
from materiality.refusals import NotAllowed
from materiality.resources.base import StrictResource
from materiality.resources.hooks import Key, Stored
from materiality.resources.plan import SheetRow
from materiality.resources.tree import depths
from materiality.words import word_for

# What comes with a row and goes with it.
_OWN = ((IssueMapping, "issue"), (Lineage, "target"))
_NAMED = 5


def undo_json(resource: StrictResource) -> dict[str, Any]:
    """What undoing the import that the resource has just stored needs."""
    return {"rows": [vars(row) for row in resource.stored_rows], "further": resource.further_undo()}


def take_back(resource: StrictResource, held: dict[str, Any]) -> list[models.Model]:
    """Put changed rows back and delete new ones; returns all of them. NotAllowed with the reason where that cannot be.

    The caller holds a transaction.
    """
    rows = [Stored(**{**row, "key": tuple(row["key"])}) for row in held["rows"]]
    resource.refuse(store=True)
    stored = {resource.key_in(row): row for row in resource.stored()}
    _refuse_changed(resource, stored, rows)
    fresh = [stored[row.key] for row in rows if row.before is None]
    _refuse_built_on(fresh)
    resource.undoing = {row.key: row.extra for row in rows if row.before is not None}
    back = [SheetRow(place, row.before) for place, row in enumerate(rows) if row.before is not None]
    plan = resource.store(back)
    if not plan.is_good:
        raise NotAllowed(_("What the rows were before is no longer possible, so this import cannot be undone."))
    touched = [*resource.touched, *fresh]
    _delete(fresh)
    resource.put_back_further(held["further"])
    return touched


def _refuse_changed(resource: StrictResource, stored: dict[Key, Any], rows: Sequence[Stored]) -> None:
    differing = [row for row in rows if row.key not in stored or resource.cells(stored[row.key]) != row.after]
    if differing:
        named = ", ".join(" ".join(row.key) for row in differing[:_NAMED])
        text = ngettext(
            "One row was changed after the import, so it cannot be undone: %(rows)s.",
            "%(count)s rows were changed after the import, so it cannot be undone: %(rows)s.",
            len(differing),
        )
        more = ", …" if len(differing) > _NAMED else ""
        raise NotAllowed(text % {"count": len(differing), "rows": named + more})


def _refuse_built_on(fresh: Sequence[models.Model]) -> None:
    """NotAllowed where anything but what the import brought along points at a new row."""
    if not fresh:
        return
    keys = {row.pk for row in fresh}
    found = []
    for relation in type(fresh[0])._meta.related_objects:
        model, name = relation.related_model, relation.field.name
        if (model, name) in _OWN:
            continue
        users = model._base_manager.filter(**{f"{name}__in": keys})
        if model is type(fresh[0]):
            users = users.exclude(pk__in=keys)
        if users.exists():
            found.append(word_for("object", model._meta.label_lower))
    if found:
        text = _("Rows that the import added are in use by now (%(what)s), so it cannot be undone.")
        raise NotAllowed(text % {"what": ", ".join(dict.fromkeys(found))})


def _delete(fresh: Sequence[models.Model]) -> None:
    """Children before the rows that they stand under; the instances keep their keys for the audit trail."""
    by_key = {row.pk: row for row in fresh}
    depth = depths({pk: getattr(row, "parent_id", None) for pk, row in by_key.items()})
    for level in sorted(set(depth.values()), reverse=True):
        keys = [pk for pk in by_key if depth[pk] == level]
        type(fresh[0])._base_manager.filter(pk__in=keys).delete()
