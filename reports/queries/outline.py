"""The outline of a cycle as plain rows, what it is read by, its readings in words, and the preview of a file."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from materiality.models import Cycle, Disclosure, Issue
from materiality.platform.bilingual import is_chinese
from materiality.queries.cycles import publication_day
from materiality.tables.problems import MESSAGES as INTAKE_MESSAGES
from reports.gri.index import OutlineRow, row_of, spelled, title_of
from reports.gri.notes import NOTES, note_params
from reports.gri.reading import DOUBTFUL, REFUSED, REPAIRED, STATES, TAKEN, Reading
from reports.gri.standards import Standards, read_standards
from reports.models import ContentIndex, OutlineImport, Section
from reports.outline.outline import MESSAGES, Books, CellReading, OutlineProblem, ParsedOutline

GRI = "GRI"
_held: ContextVar[dict | None] = ContextVar("held", default=None)


@contextmanager
def reading_once() -> Iterator[None]:
    """Within it, a function that is `read_once` is called once for each object; nothing may be written meanwhile."""
    held = _held.get()
    token = _held.set({} if held is None else held)
    try:
        yield
    finally:
        _held.reset(token)


def read_once(function: Callable) -> Callable:
    """Of a function of rows, whose result nobody changes."""

    @wraps(function)
    def found(*rows: Any) -> Any:
        held = _held.get()
        if held is None:
            return function(*rows)
        key = (function, *(getattr(row, "pk", row) for row in rows))
        if key not in held:
            held[key] = function(*rows)
        return held[key]

    return found


@cache
def gri_standards() -> Standards:
    """All of GRI that comes with the product, read once per process."""
    return read_standards(settings.BASE_DIR / "fixtures")


def content_index(cycle: Cycle) -> ContentIndex:
    """What the cycle's index says of itself; a blank one, not stored, where nobody has said anything."""
    return ContentIndex.objects.filter(cycle=cycle).first() or ContentIndex(cycle=cycle)


def books_of(cycle: Cycle, gri_edition: str = "") -> Books:
    """What an outline of the cycle is read by; `gri_edition` in place of the cycle's own (three queries)."""
    day, assumed = publication_day(cycle)
    issues = Issue.objects.filter(edition_id=cycle.edition_id).order_by("code").values_list("code", flat=True)
    edition = gri_edition or cycle.gri_edition
    return Books(gri_standards(), edition, day, assumed, tuple(issues), _framework_codes())


# What has a place of its own in the outline, or none.
_NO_COLUMN = ("GRI", "SDG")


def _framework_codes() -> dict[str, frozenset[str]]:
    """Column of a framework beside GRI → its codes."""
    rows = Disclosure.objects.exclude(framework__code__in=_NO_COLUMN).exclude(framework__column="")
    codes: dict[str, set[str]] = defaultdict(set)
    for column, code in rows.order_by("framework__order", "framework").values_list("framework__column", "code"):
        codes[column].add(code)
    return {column: frozenset(held) for column, held in codes.items()}


TEXTS = ("omission_requirement", "omission_reason", "omission_explanation", "frameworks", "held")


@read_once
def outline_rows(cycle: Cycle) -> list[OutlineRow]:
    """All rows in outline order, in two queries."""
    issues: dict[int, list[str]] = defaultdict(list)
    for section, code in (
        Section.issues.through.objects.filter(section__cycle=cycle)
        .order_by("id")
        .values_list("section_id", "issue__code")
    ):
        issues[section].append(code)
    return [
        row_of(
            {
                **{"order": section.order, "chapter": section.chapter_zh, "section": section.section_zh},
                **{"chapter_en": section.chapter_en, "section_en": section.section_en},
                **{"issues": issues[section.pk], "entries": section.entries, "locations": section.locations},
                **{name: getattr(section, name) for name in TEXTS},
            }
        )
        for section in Section.objects.filter(cycle=cycle).order_by("order")
    ]


# What a row can lack, or what is to be decided in it.
LACKS: dict[str, tuple[str | Promise, Callable[[OutlineRow], bool]]] = {
    "held": (gettext_lazy("texts to decide"), lambda row: bool(held_texts(row))),
    "issues": (gettext_lazy("no issue"), lambda row: not row.issues),
    "disclosures": (gettext_lazy("no disclosure"), lambda row: not row.identities),
    "location": (gettext_lazy("no location"), lambda row: not row.locations),
}


def held_texts(row: OutlineRow) -> list[str]:
    """The texts of a row that nobody has decided."""
    return [entry.text for entry in row.entries if entry.is_held] + [text for text in row.held.values() if text]


def filtered_outline(rows: Iterable[OutlineRow], query: Mapping[str, str]) -> list[OutlineRow]:
    """The rows that the address asks for: `q` in texts and codes, `chapter` in the active language, `lacks`."""
    sought, chapter = query.get("q", "").strip().casefold()[:200], query.get("chapter", "")
    lacks, chinese = LACKS.get(query.get("lacks", "")), is_chinese()
    return [
        row
        for row in rows
        if (not chapter or row.chapter_in(chinese) == chapter)
        and (lacks is None or lacks[1](row))
        and (not sought or sought in _words(row))
    ]


def _words(row: OutlineRow) -> str:
    """What a row is found by."""
    names = (row.chapter, row.section, row.chapter_en, row.section_en)
    return "\n".join((*names, *row.issues, *(entry.key for entry in row.entries), *row.locations)).casefold()


@dataclass(frozen=True)
class OutlineLine:
    """One row; `repeated`: the chapter is that of the row above. Issues and entries as (code, name)."""

    row: OutlineRow
    chapter: str
    section: str
    repeated: bool
    issues: list[tuple[str, str]]
    entries: list[tuple[str, str]]
    held: list[str]


def outline_lines(rows: Iterable[OutlineRow], edition: str, names: Mapping[str, str]) -> list[OutlineLine]:
    """Lines for the table; `names` gives the issues' names by code."""
    gri, chinese = gri_standards(), is_chinese()
    lines: list[OutlineLine] = []
    for row in rows:
        chapter = row.chapter_in(chinese)
        lines.append(
            OutlineLine(
                row=row,
                chapter=chapter,
                section=row.section_in(chinese),
                repeated=bool(lines) and lines[-1].chapter == chapter,
                issues=[(code, names.get(code, "")) for code in row.issues],
                entries=[
                    (spelled(entry, gri, edition), title_of(entry, gri, chinese))
                    for entry in row.entries
                    if not entry.is_held
                ],
                held=held_texts(row),
            )
        )
    return lines


def reading_note(reading: Reading) -> str:
    """The note of a reading in the active language; "" where there is nothing to say."""
    if not reading.note:
        return ""
    sentence = _(NOTES.get(reading.note) or MESSAGES[reading.note]) % note_params(reading.params, chinese=is_chinese())
    successors = reading.params.get("successors")
    return f"{sentence} {_('What followed it: %(codes)s.') % {'codes': successors}}" if successors else sentence


def problem_line(problem: OutlineProblem) -> str:
    """What is wrong where in the file, with the nearest right value where there is one, for the command line."""
    sentence = _(MESSAGES.get(problem.code) or INTAKE_MESSAGES[problem.code]) % problem.params
    if problem.suggestions:
        sentence += f" {_('Nearest: %(values)s.') % {'values': ', '.join(problem.suggestions)}}"
    return ": ".join(filter(None, (problem.cell, problem.column, sentence)))


def reading_line(each: CellReading) -> str:
    """A reading on one line with its place, for the command line."""
    parts = (each.cell, each.column, f"“{each.reading.text}”", reading_note(each.reading))
    return ": ".join(filter(None, parts))


def readings_json(parsed: ParsedOutline) -> dict:
    """What `import_outline --json` writes (formats.md)."""
    return {
        "rows": len(parsed.rows),
        "problems": [problem_line(problem) for problem in parsed.problems],
        "readings": [_reading_json(each) for each in parsed.readings],
    }


def _reading_json(each: CellReading) -> dict:
    reading = each.reading
    return {
        **{"row": each.row, "column": each.column, "text": reading.text, "state": reading.state},
        **{"codes": list(reading.codes), "standard": reading.standard, "sector": reading.sector},
        **{"requirement": reading.requirement, "title": reading.title, "note": reading_note(reading) or reading.remark},
    }


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
