"""The GRI catalogues and the crosswalk between them, kept in memory per process."""

from functools import lru_cache

from django.db.models import Count, Max

from materiality.models import Crosswalk, Cycle, Disclosure, Framework, Issue
from reports.gri.catalogue import Catalogue
from reports.gri.catalogue import Disclosure as GriDisclosure
from reports.gri.crosswalk import CrosswalkRow
from reports.outline.cells import Books

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
