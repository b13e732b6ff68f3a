"""The mappings of one issue, and what else of the catalogues it could be mapped to."""

from dataclasses import dataclass, field

from django.db.models import Q

from materiality.bilingual import is_chinese
from materiality.disclosure_codes import bare_code, full_code
from materiality.models import Disclosure, Framework, Issue
from materiality.queries.library_codes import framework_label, framework_place

OFFERED = 20


@dataclass(frozen=True)
class CodedDisclosure:
    """A disclosure with its code, and its code with catalogue and edition."""

    row: Disclosure
    code: str
    full: str


@dataclass(frozen=True)
class MappedFramework:
    """The issue's disclosures of one framework edition."""

    framework: Framework
    label: str
    disclosures: list[CodedDisclosure] = field(default_factory=list)


@dataclass(frozen=True)
class Offer:
    """What a search found and the issue does not have; `total` of it, of which at most OFFERED are listed."""

    found: list[CodedDisclosure]
    total: int


def mapped_frameworks(issue: Issue) -> list[MappedFramework]:
    """Every framework edition, with what the issue is mapped to, also where that is nothing (two queries)."""
    tables = {row.pk: MappedFramework(row, label_of(row)) for row in all_frameworks()}
    rows = Disclosure.objects.filter(mappings__issue=issue).select_related("framework", "parent").order_by("order")
    for row in rows:
        tables[row.framework_id].disclosures.append(coded(row))
    return list(tables.values())


def all_frameworks() -> list[Framework]:
    """All framework editions in the order of the library's columns."""
    return sorted(Framework.objects.all(), key=lambda row: framework_place(row.code, row.edition))


def label_of(framework: Framework) -> str:
    """What a framework edition is called in short: `GRI 2016`."""
    return framework_label(framework.code, framework.edition, alone=False)


def offer(issue: Issue, q: str, framework: str = "") -> Offer:
    """Disclosures with all terms of `q` in code, titles or standard; `framework` like `GRI-2016` narrows (one query).

    Those whose code is the search or begins with it come first. A search for nothing finds nothing, but in one
    framework everything.
    """
    if not q.strip() and not framework:
        return Offer([], 0)
    rows = _mappable().exclude(mappings__issue=issue)
    if framework:
        code, _dash, edition = framework.partition("-")
        rows = rows.filter(framework__code=code, framework__edition=edition)
    for term in q.split():
        rows = rows.filter(_holds(term))
    found = sorted(rows, key=lambda row: _place(row, q))
    return Offer([coded(row) for row in found[:OFFERED]], len(found))


def coded(row: Disclosure) -> CodedDisclosure:
    """The disclosure with its written codes."""
    return CodedDisclosure(row, bare_code(row), full_code(row))


def _mappable():
    rows = Disclosure.objects.select_related("framework", "parent")
    return rows.filter(Q(parent__isnull=False) | Q(children__isnull=True)).distinct()


def _holds(term: str) -> Q:
    columns = ("code", "title_zh", "title_en", "standard_title_zh", "standard_title_en", "framework__code")
    found = Q(framework__edition=term) | Q(standard_code=term)
    for column in columns:
        found |= Q(**{f"{column}__icontains": term})
    return found


def _place(row: Disclosure, q: str) -> tuple:
    """Exact codes, then beginnings of codes, then titles that begin so, then the rest, in the catalogues' order."""
    code, wanted = row.code.casefold(), q.split()[-1].casefold() if q.split() else ""
    title = (row.title_zh if is_chinese() else row.title_en).casefold()
    rank = 0 if code == wanted else 1 if code.startswith(f"{wanted}-") else 2 if title.startswith(wanted) else 3
    return (rank, framework_place(row.framework.code, row.framework.edition), row.order)
