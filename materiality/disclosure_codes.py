"""Codes of disclosures as people read them: never without the edition that they belong to."""

from materiality.models import Disclosure
from materiality.queries.library_codes import framework_label

# The set of GRI 2021 holds newer standards whose codes had another meaning before (102-1 of 2016 and of 2025).
SET_YEAR = 2021


def bare_code(row: Disclosure) -> str:
    """The code; with its year where the standard is newer than the set, as `102-5 (2025)`."""
    is_newer = row.framework.code == "GRI" and row.standard_year and row.standard_year > SET_YEAR
    return f"{row.code} ({row.standard_year})" if is_newer else row.code


def full_code(row: Disclosure) -> str:
    """The code with its catalogue and edition: `GRI 2016 305-1`, `SDG 2015 13`."""
    return f"{framework_label(row.framework.code, row.framework.edition, alone=False)} {bare_code(row)}"


def headings(rows: list[Disclosure]) -> set[int]:
    """Keys of rows that only head others, to which no issue is mapped: without a parent, but with children."""
    parents = {row.parent_id for row in rows}
    return {row.pk for row in rows if row.parent_id is None and row.pk in parents}


def is_heading(row: Disclosure) -> bool:
    """The same of one row (one query)."""
    return row.parent_id is None and row.children.exists()
