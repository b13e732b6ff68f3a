"""Where the subject of a disclosure is found in the other GRI edition."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class CrosswalkRow(NamedTuple):
    """One row of `gri_2016_to_2021.csv`; `to_code` is empty where no disclosure follows."""

    from_code: str
    to_code: str
    relation: str
    note: str


class Proposal(NamedTuple):
    """A code of the other edition, how it relates (`equal`, `moved`, `merged`, …) and a note, as in the crosswalk."""

    to_code: str
    relation: str
    note: str


def crosswalk_from_rows(rows: Iterable[Mapping[str, str]]) -> list[CrosswalkRow]:
    """Crosswalk rows from rows with the columns of `gri_2016_to_2021.csv`."""
    return [CrosswalkRow(*(row[name] for name in CrosswalkRow._fields)) for row in rows]


def propose(code: str, crosswalk_rows: Iterable[CrosswalkRow], to_edition: str = "2021") -> list[Proposal]:
    """Codes in `to_edition` (`2016` or `2021`) for a code of the other edition, in the crosswalk's order.

    A 2016 code without a successor (102-54) gives one proposal whose `to_code` is empty; an unknown code gives none.
    Raises ValueError for any other edition.
    """
    if to_edition == "2021":
        return [Proposal(row.to_code, row.relation, row.note) for row in crosswalk_rows if row.from_code == code]
    if to_edition == "2016":
        return [Proposal(row.from_code, row.relation, row.note) for row in crosswalk_rows if row.to_code == code]
    raise ValueError(f"no crosswalk to GRI edition {to_edition!r}")
