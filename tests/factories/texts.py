"""Texts of stored rows, changed as `update` changes columns."""

from typing import Any

from django.db.models import QuerySet

from materiality.platform.bilingual import stored_names


def reword(rows: QuerySet, **values: Any) -> int:
    """As `rows.update(…)`, but that texts are named in one language: `name_en`."""
    found = list(rows.all())  # read anew
    for row in found:
        for name, value in values.items():
            setattr(row, name, value)
    return rows.model._base_manager.bulk_update(found, stored_names(rows.model, values))
