"""The preview of an imported outline."""

from collections.abc import Mapping
from dataclasses import dataclass

from materiality.platform.bilingual import is_chinese
from reports.gri.reading import DOUBTFUL, REFUSED, REPAIRED, STATES, TAKEN, Reading
from reports.models import OutlineImport
from reports.queries.outline import gri_standards, reading_note

# What needs a look comes first.
SHOWN_FIRST = (REFUSED, DOUBTFUL, REPAIRED, TAKEN)


@dataclass(frozen=True)
class PreviewLine:
    """One reading: its place in the import, its cell, what it was read as, what it may be decided for."""

    place: int
    cell: str
    column: str
    reading: Reading
    read_as: str
    note: str
    offers: list[tuple[str, str]]

    @property
    def is_code(self) -> bool:
        return self.column == "disclosures"


@dataclass(frozen=True)
class OutlinePreview:
    """`tabs`: (state, number, whether shown); `listed`: readings of the shown state; `undecided` of any state."""

    shown: str
    tabs: list[tuple[str, int, bool]]
    listed: list[PreviewLine]
    undecided: list[PreviewLine]
    rows: int
    problems: list[str]
    missed: list[str]


def outline_preview(imported: OutlineImport, state: str = "") -> OutlinePreview:
    """What the file was read as; readings of `state`, else of the first that has any, those to decide first."""
    found = imported.found
    lines = [_line(place, each) for place, each in enumerate(found.get("readings", ()))]
    counts = {name: sum(line.reading.state == name for line in lines) for name in STATES}
    shown = state if state in STATES else next((name for name in SHOWN_FIRST if counts[name]), TAKEN)
    return OutlinePreview(
        shown=shown,
        tabs=[(name, counts[name], name == shown) for name in SHOWN_FIRST],
        listed=[line for line in lines if line.reading.state == shown],
        undecided=[line for line in lines if not line.reading.is_stored],
        rows=len(found.get("rows", ())),
        problems=found.get("problems", []),
        missed=found.get("missed", []),
    )


def _line(place: int, told: Mapping) -> PreviewLine:
    values = told["reading"]
    reading = Reading(**{**values, "codes": tuple(values["codes"]), "offers": tuple(values["offers"])})
    offers = [(identity, _named(identity)) for identity in reading.offers]
    return PreviewLine(
        place, told["cell"], told["column"], reading, _read_as(reading), reading_note(reading) or reading.remark, offers
    )


def _named(identity: str) -> str:
    """`303-3 (2018) Water withdrawal`."""
    found = gri_standards().disclosures[identity]
    return f"{found.code} ({found.year}) {found.title(is_chinese())}"


def _read_as(reading: Reading) -> str:
    if len(reading.codes) > 2:
        return f"{_named(reading.codes[0])} … {_named(reading.codes[-1])}"
    if reading.codes:
        return "; ".join(map(_named, reading.codes))
    return reading.standard.replace("@", " · ") and f"GRI {reading.standard.replace('@', ' · ')}" or reading.sector
