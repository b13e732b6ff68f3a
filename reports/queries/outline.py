"""The outline of a cycle as plain rows, its catalogue, its warnings in words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Count, Max
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from materiality.models import Crosswalk, Cycle, Disclosure, Framework, Issue
from materiality.tables.problems import MESSAGES as INTAKE_MESSAGES
from reports.gri.codes import CODE_PROBLEMS, INDEX_WARNINGS, Catalogue, CodeProblem, CrosswalkRow
from reports.gri.codes import Disclosure as GriDisclosure
from reports.gri.index import OutlineRow, build_index, check_index
from reports.models import IndexEntry, Section
from reports.outline.outline import MESSAGES, BadCell, Books, OutlineProblem


def warning_sentences(rows: Iterable[OutlineRow], catalogue: Catalogue) -> list[str]:
    """One sentence per warning; none of them stops an output."""
    index = build_index(rows, catalogue, get_language() or "zh-hans")
    return (
        [_(INDEX_WARNINGS[warning.code]) % warning.params for warning in check_index(index, catalogue)] if index else []
    )


@dataclass(frozen=True)
class OutlineLine:
    """One row; `repeated`: the chapter is that of the row above. Issues and disclosures as (code, name)."""

    order: int
    chapter: str
    section: str
    repeated: bool
    issues: list[tuple[str, str]]
    disclosures: list[tuple[str, str]]
    location: str
    omission: bool


def outline_lines(rows: Iterable[OutlineRow], catalogue: Catalogue, names: Mapping[str, str]) -> list[OutlineLine]:
    """Lines for the table; `names` gives the issues' names by code."""
    rows = list(rows)
    printed = build_index(rows, catalogue, get_language() or "zh-hans")
    lines = []
    for row, index in zip(rows, printed, strict=True):
        spelled = [catalogue.spell(code) for code in index.codes]
        lines.append(
            OutlineLine(
                order=row.order,
                chapter=index.chapter,
                section=index.section,
                repeated=bool(lines) and lines[-1].chapter == index.chapter,
                issues=[(code, names.get(code, "")) for code in row.issues],
                disclosures=list(zip(spelled, index.titles, strict=True)),
                location=row.location,
                omission=bool(row.omission_reason or row.omission_requirement or row.omission_explanation),
            )
        )
    return lines


@dataclass(frozen=True)
class ProblemLine:
    """One problem as a person reads it; `where` is the cell, such as `C17`, "" for the whole file."""

    where: str
    row: int | None
    column: str
    value: str
    message: str


def shown_problem(problem: OutlineProblem) -> ProblemLine:
    """The problem with its sentence, which ends with the nearest right values where there are any."""
    if problem.disclosure:
        message = disclosure_sentence(problem.disclosure)
    else:
        sentence = MESSAGES.get(problem.code) or INTAKE_MESSAGES[problem.code]
        message = _offering(_(sentence) % problem.params, problem.suggestions)
    return ProblemLine(problem.cell, problem.row, problem.column, problem.value, message)


def disclosure_sentence(problem: CodeProblem) -> str:
    """What is wrong with one part of a cell of disclosures."""
    sentence = _(CODE_PROBLEMS[problem.code]) % problem.params_in(get_language() or "zh-hans")
    return _offering(sentence, problem.suggestions)


def entry_sentence(problem: BadCell) -> str:
    """What is wrong with one entry of a form."""
    return _offering(_(MESSAGES[problem.code]) % problem.params, problem.suggestions)


def _offering(sentence: str, suggestions: tuple[str, ...]) -> str:
    if not suggestions:
        return sentence
    offer = _("Nearest: %(values)s.") % {"values": ", ".join(suggestions)}
    return f"{sentence} {offer}"


def plain_line(problem: OutlineProblem) -> str:
    """The problem on one line, for the command line."""
    shown = shown_problem(problem)
    parts = (shown.where, shown.column)
    return ": ".join([*(part for part in parts if part), shown.message])


GRI = "GRI"
EDITIONS = ("2016", "2021")


def gri_catalogue(edition: str) -> Catalogue:
    """All disclosures of a GRI edition (`2016` or `2021`); empty where the library was never loaded."""
    return _catalogue(edition, *_versions().get(edition, (0, 0, 0)))


def gri_crosswalk() -> tuple[CrosswalkRow, ...]:
    """The whole crosswalk from 2016 to 2021."""
    return _crosswalk(tuple(sorted(_versions().items())))


@lru_cache(maxsize=2)
def _crosswalk(_versions: tuple) -> tuple[CrosswalkRow, ...]:
    rows = Crosswalk.objects.order_by("source__order", "pk")
    return tuple(
        CrosswalkRow(source, target or "", relation, note)
        for source, target, relation, note in rows.values_list("source__code", "target__code", "relation", "note")
    )


def books_of(cycle: Cycle, gri_edition: str = "") -> Books:
    """What an outline of the cycle is read by; `gri_edition` in place of the cycle's own."""
    edition = gri_edition or cycle.gri_edition
    other = next(each for each in EDITIONS if each != edition)
    versions = _versions()
    here, there = (_catalogue(each, *versions.get(each, (0, 0, 0))) for each in (edition, other))
    issues = Issue.objects.filter(edition_id=cycle.edition_id).order_by("code").values_list("code", flat=True)
    return Books(here, there, _crosswalk(tuple(sorted(versions.items()))), tuple(issues))


def _versions() -> dict[str, tuple[int, int, int]]:
    """What changes when a catalogue was loaded again: primary keys and number of rows, by edition."""
    found = Framework.objects.filter(code=GRI).annotate(number=Count("disclosures"), newest=Max("disclosures__pk"))
    return {
        edition: (pk, number, newest or 0)
        for edition, pk, number, newest in found.values_list("edition", "pk", "number", "newest")
    }


@lru_cache(maxsize=8)
def _catalogue(edition: str, framework: int, _number: int, _newest: int) -> Catalogue:
    fields = (
        *("code", "standard_code", "standard_year", "standard_title_zh", "standard_title_en"),
        *("title_zh", "title_en"),
    )
    rows = Disclosure.objects.filter(framework_id=framework).exclude(standard_code="").order_by("order")
    return Catalogue(edition, {row[0]: GriDisclosure(*row) for row in rows.values_list(*fields)})


TEXTS = ("location", "omission_requirement", "omission_reason", "omission_explanation")


def outline_rows(cycle: Cycle) -> list[OutlineRow]:
    """All rows in outline order, in three queries."""
    issues: dict[int, list[str]] = defaultdict(list)
    for section, code in (
        Section.issues.through.objects.filter(section__cycle=cycle)
        .order_by("id")
        .values_list("section_id", "issue__code")
    ):
        issues[section].append(code)
    codes: dict[int, list[str]] = defaultdict(list)
    entries = IndexEntry.objects.filter(row__cycle=cycle).order_by("position", "pk")
    for section, code, sector_code in entries.values_list("row_id", "disclosure__code", "sector_code"):
        codes[section].append(code or sector_code)
    return [
        OutlineRow(
            order=section.order,
            chapter=section.chapter_zh,
            section=section.section_zh,
            chapter_en=section.chapter_en,
            section_en=section.section_en,
            issues=tuple(issues[section.pk]),
            disclosures=tuple(codes[section.pk]),
            **{name: getattr(section, name) for name in TEXTS},
        )
        for section in Section.objects.filter(cycle=cycle).order_by("order")
    ]
