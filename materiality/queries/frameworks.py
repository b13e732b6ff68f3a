"""What the issues of an edition cover of each catalogue, and what is in force of it on a day."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from materiality.library_file.codes import SECTOR, SECTOR_TOPIC, STANDARD, TARGET, heads_only
from materiality.models import Disclosure, Edition, Framework, Issue, IssueMapping
from materiality.queries.mappings import CodedDisclosure, all_frameworks, coded, label_of

ALL, GAPS, COVERED = "all", "gaps", "covered"
TOPICS, GENERAL, SECTORS, REQUIREMENTS, TARGETS = "topics", "general", "sectors", "requirements", "targets"
PART_WORDS: dict[str, str | Promise] = {
    GENERAL: _("General disclosures"),
    TOPICS: _("Topics"),
    TARGETS: _("Targets of the goals"),
    REQUIREMENTS: _("Requirements and indicators"),
    SECTORS: _("Topics of sector standards"),
}
# Nobody reports on all sectors or names all targets, and general disclosures are reported whatever the issues are.
_APART = (GENERAL, SECTORS, TARGETS)
# What is covered together with the topic or standard that it stands under.
_BELOW = ("disclosure_requirement", "minimum_disclosure_requirement", "kpi", "paragraph", "disclosure")


@dataclass(frozen=True)
class PartCount:
    """A part of a catalogue with its numbers of entries that issues can cover, and that some do."""

    words: str | Promise
    covered: int
    total: int


@dataclass(frozen=True)
class FrameworkCount:
    """A framework edition with its parts; general disclosures, topics of sector standards and targets of goals count
    in their own parts alone. `ended`: it is not in force any more on the day, and counted as it was at its end.
    """

    row: Framework
    label: str
    parts: dict[str, PartCount]
    ended: bool = False

    @property
    def key(self) -> str:
        """How it stands in an address: `GRI:2016`."""
        return f"{self.row.code}:{self.row.edition}"

    @property
    def covered(self) -> int:
        return sum(part.covered for name, part in self.parts.items() if name not in _APART)

    @property
    def total(self) -> int:
        return sum(part.total for name, part in self.parts.items() if name not in _APART)

    @property
    def gaps(self) -> int:
        return self.total - self.covered


@dataclass
class CoverageLine:
    """A disclosure with the issues mapped to it; `below`: how many issues are mapped to what stands under it.

    `whole`: it is covered with what it stands under. A heading, a whole standard and what is not in force are not
    counted.
    """

    coded: CodedDisclosure
    depth: int
    part: str
    is_heading: bool
    in_force: bool
    is_counted: bool
    issues: list[Issue] = field(default_factory=list)
    below: int = 0
    whole: bool = False

    @property
    def is_gap(self) -> bool:
        return self.is_counted and self.part not in _APART and not (self.issues or self.below or self.whole)

    @property
    def is_covered(self) -> bool:
        return bool(self.issues or self.below or self.whole)


@dataclass(frozen=True)
class CoverageFilters:
    """`show`: all, gaps or covered; `q`: terms in codes, titles and issues; `general`: with general disclosures."""

    q: str = ""
    show: str = ALL
    general: bool = False

    def lets_through(self, line: CoverageLine) -> bool:
        """Whether the line is shown."""
        if line.part == GENERAL and not self.general:
            return False
        if line.part == TARGETS and not (line.issues or self.q):
            return False
        if self.show == GAPS and not line.is_gap:
            return False
        if self.show == COVERED and (not line.is_covered or line.is_heading):
            return False
        row = line.coded.row
        texts = [line.coded.full, row.code, *row.title.texts.values(), *row.standard_title.texts.values()]
        texts += [text for issue in line.issues for text in (issue.code, *issue.name.texts.values())]
        folded = "\n".join(texts).casefold()
        return all(term in folded for term in self.q.casefold().split())


_COUNTED_BY = (
    *("pk", "framework_id", "parent_id", "kind", "code_official", "series"),
    *("standard_code", "effective_from", "withdrawn_from"),
)


def framework_counts(edition: Edition, day: date) -> list[FrameworkCount]:
    """All framework editions in the library's order with their counts on a day (three queries)."""
    rows: dict[int, list[Disclosure]] = defaultdict(list)
    # Plain tuples: 1,800 rows of the model take three times as long.
    for row in Disclosure.objects.order_by("framework", "order").values_list(*_COUNTED_BY, named=True):
        rows[row.framework_id].append(row)
    mapped = set(_mappings(edition).values_list("disclosure", flat=True).distinct())
    return [_counted(framework, rows[framework.pk], mapped, day) for framework in all_frameworks()]


def _counted(framework: Framework, rows: list[Disclosure], mapped: set[int], day: date) -> FrameworkCount:
    at, reached = _day_for(framework, day), _reached(rows, mapped)
    held: dict[str, list[bool]] = defaultdict(list)
    for row in _countable(rows, at):
        held[_part(row)].append(row.pk in reached)
    parts = {name: PartCount(words, sum(held[name]), len(held[name])) for name, words in PART_WORDS.items()}
    return FrameworkCount(
        framework, label_of(framework), {name: part for name, part in parts.items() if part.total}, ended=at != day
    )


def coverage(edition: Edition, framework: Framework, day: date) -> list[CoverageLine]:
    """Every disclosure of the framework edition in its order (three queries)."""
    rows = list(framework.disclosures.order_by("order", "pk"))
    at = _day_for(framework, day)
    counted, heads, depths = {row.pk for row in _countable(rows, at)}, _headings(rows), _depths(rows)
    by_key = {row.pk: row for row in rows}
    for row in rows:
        row.framework = framework
        if row.parent_id in by_key:
            row.parent = by_key[row.parent_id]
    lines = {
        row.pk: CoverageLine(
            coded(row), depths[row.pk], _part(row), row.pk in heads, in_force(row, at), row.pk in counted
        )
        for row in rows
    }
    parents = {key: row.parent_id for key, row in by_key.items()}
    below: dict[int, set[int]] = defaultdict(set)
    issues = {issue.pk: issue for issue in edition.issues.only("code", "name", "edition")}
    mapped = _mappings(edition).filter(disclosure__framework=framework).order_by("issue__code")
    for key, issue in mapped.values_list("disclosure_id", "issue_id"):
        lines[key].issues.append(issues[issue])
        for above in _above(key, parents):
            below[above].add(issue)
    for key, held in below.items():
        lines[key].below = len(held)
    for key in _reached(rows, {key for key, line in lines.items() if line.issues}):
        lines[key].whole = not (lines[key].issues or lines[key].below)
    return list(lines.values())


def in_force(row: Disclosure, day: date) -> bool:
    """Whether the disclosure is in force on the day."""
    begun = row.effective_from is None or row.effective_from <= day
    return begun and (row.withdrawn_from is None or day < row.withdrawn_from)


@dataclass(frozen=True)
class StandardWarning:
    """`standard` is in force on the day, and takes the place of disclosures (`codes`) that issues are mapped to."""

    standard: Disclosure
    codes: tuple[str, ...]


_REPLACED = re.compile(r"(\d+)-\d+ \((\d{4})\)")


def newer_standards(edition: Edition, day: date) -> list[StandardWarning]:
    """Standards that are in force on a day of publication in the place of what active issues are mapped to, in either
    edition of GRI (two queries)."""
    rows = Disclosure.objects.filter(framework__code="GRI", framework__in_force_until=None, withdrawn_from__lte=day)
    replaced = rows.exclude(replaced_by="").exclude(kind=STANDARD).order_by("order")
    old = {row.code: row for row in replaced.only("code", "standard_year", "replaced_by")}
    used = _mappings(edition).filter(disclosure__framework__code="GRI", disclosure__code__in=old)
    years = {(row.code, row.standard_year) for row in old.values()}
    mapped = {code for code, year in _codes_and_years(used) if (code, year) in years}
    codes: dict[tuple[str, int], dict[str, None]] = defaultdict(dict)
    for code, row in old.items():
        for number, year in _REPLACED.findall(row.replaced_by):
            if code in mapped:
                codes[number, int(year)][code] = None
    standards = Disclosure.objects.filter(framework__code="GRI", kind=STANDARD, framework__in_force_until=None)
    return [
        StandardWarning(row, tuple(codes[row.standard_code, row.standard_year]))
        for row in standards.order_by("order")
        if (row.standard_code, row.standard_year) in codes
    ]


def _codes_and_years(mappings: QuerySet[IssueMapping]) -> set[tuple[str, int]]:
    return set(mappings.values_list("disclosure__code", "disclosure__standard_year").distinct())


def _mappings(edition: Edition) -> QuerySet[IssueMapping]:
    return IssueMapping.objects.filter(issue__edition=edition, issue__status=Issue.Status.ACTIVE).order_by()


def _day_for(framework: Framework, day: date) -> date:
    """The day; of an edition that has ended before, its last one."""
    until = framework.in_force_until
    return min(day, until - timedelta(days=1)) if until else day


def _part(row: Disclosure) -> str:
    if row.kind in (SECTOR, SECTOR_TOPIC):
        return SECTORS
    if row.kind == TARGET:
        return TARGETS
    if row.series == "universal":
        return GENERAL
    return REQUIREMENTS if row.kind in _BELOW and not row.series else TOPICS


def _countable(rows: list[Disclosure], day: date) -> Iterable[Disclosure]:
    """Rows in force but for headings and whole standards, which are covered by their disclosures."""
    heads = _headings(rows)
    for row in rows:
        whole = row.kind == SECTOR or (row.kind == STANDARD and row.standard_code)
        if row.pk not in heads and not whole and in_force(row, day):
            yield row


def _headings(rows: list[Disclosure]) -> set[int]:
    parents = {row.parent_id for row in rows}
    return {
        row.pk for row in rows if heads_only(row.kind, row.code_official, row.parent_id is not None, row.pk in parents)
    }


def _reached(rows: list[Disclosure], mapped: set[int]) -> set[int]:
    """What is mapped, what it stands under, and requirements and disclosures of a topic or standard that is mapped as
    a whole, or a matter of which is."""
    parents = {row.pk: row.parent_id for row in rows}
    own = parents.keys() & mapped
    wholes = {row.pk for row in rows if row.pk in own and row.kind not in _BELOW}
    held = wholes | {above for key in wholes for above in _above(key, parents)}
    reached = own | {above for key in own for above in _above(key, parents)}
    for row in rows:
        if row.kind in _BELOW and (row.parent_id in held or wholes & set(_above(row.pk, parents))):
            reached.add(row.pk)
    return reached


def _above(key: int, parents: dict[int, int | None]) -> list[int]:
    found, above = [], parents[key]
    while above is not None:
        found.append(above)
        above = parents.get(above)
    return found


def _depths(rows: list[Disclosure]) -> dict[int, int]:
    parents = {row.pk: row.parent_id for row in rows}
    return {key: len(_above(key, parents)) for key in parents}
