"""The stakeholder groups that a new cycle begins with."""

from functools import cache
from pathlib import Path

from django.conf import settings

from materiality.library_file.catalogue_files import read_fixture


def default_groups() -> list[dict]:
    """One dictionary per group with the fields of `Group` but for `cycle`: `Group(cycle=cycle, **row)`."""
    return [dict(row) for row in _rows()]


@cache
def _rows() -> tuple[dict, ...]:
    rows = read_fixture(Path(settings.BASE_DIR) / "fixtures", "groups")
    return tuple(
        {
            "code": row["group"],
            **{name: row[name] for name in ("name_zh", "name_en", "definition_zh", "definition_en", "side")},
            "weight_society": float(row["weight_society"]),
            "weight_business": float(row["weight_business"]),
            "target": int(row["target"]),
            "order": order,
        }
        for order, row in enumerate(rows, start=1)
    )
