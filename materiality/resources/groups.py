"""The stakeholder groups of a cycle in the `groups` format (formats.md)."""

from materiality.models import Cycle
from materiality.table_file import Cell, table_bytes

COLUMNS = (
    "group",
    "name_zh",
    "name_en",
    "definition_zh",
    "definition_en",
    "side",
    "weight_society",
    "weight_business",
    "target",
)


def groups_file(cycle: Cycle, kind: str) -> bytes:
    """The groups as a file of `kind` "csv" or "xlsx"."""
    return table_bytes(kind, "groups", COLUMNS, _rows(cycle))


def _rows(cycle: Cycle) -> list[tuple[Cell, ...]]:
    return list(cycle.groups.values_list("code", *COLUMNS[1:]))
