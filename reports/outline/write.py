"""Outline rows as the cells of an outline file: what `parse_outline` reads back as the same rows."""

from collections.abc import Iterable

from reports.gri.catalogue import Catalogue
from reports.gri.index import OutlineRow
from reports.outline.columns import COLUMNS


def outline_cells(rows: Iterable[OutlineRow], catalogue: Catalogue) -> list[list[str | int]]:
    """One list of cells per row in the order of `COLUMNS`; codes are spelled so that the edition reads them back."""
    return [[_cell(row, name, catalogue) for name in COLUMNS] for row in sorted(rows, key=lambda row: row.order)]


def _cell(row: OutlineRow, name: str, catalogue: Catalogue) -> str | int:
    if name == "disclosures":
        return ";".join(catalogue.spell(code) for code in row.disclosures)
    value = getattr(row, name)
    return ";".join(value) if isinstance(value, tuple) else value
