"""The catalogues as the database holds them, for resolving the codes of files."""

from pathlib import Path

from django.conf import settings

from materiality.library_file.catalogue_files import read_framework_records
from materiality.library_file.records import Catalogues, CrosswalkRecord, DisclosureRecord
from materiality.models import Crosswalk, Disclosure


def built_in_frameworks() -> tuple[tuple[str, str], ...]:
    """(code, edition) of the catalogues that come with the product."""
    folder = Path(settings.BASE_DIR) / "fixtures"
    return tuple((record.code, record.edition) for record in read_framework_records(folder))


def stored_catalogues() -> Catalogues:
    """Frameworks that come with the product, all disclosures of the database, and the crosswalk (two queries).

    Frameworks of one's own are left out of `frameworks`, so that a column of the `issues` format keeps its edition.
    """
    frameworks = read_framework_records(Path(settings.BASE_DIR) / "fixtures")
    rows = Disclosure.objects.select_related("framework", "parent").order_by("framework", "order")
    return Catalogues(frameworks, tuple(map(_record, rows)), (), tuple(_crosswalk()))


def _record(row: Disclosure) -> DisclosureRecord:
    return DisclosureRecord(
        framework=(row.framework.code, row.framework.edition),
        code=row.code,
        title_zh=row.title_zh,
        title_en=row.title_en,
        order=row.order,
        parent_code=row.parent.code if row.parent else "",
        standard_year=row.standard_year,
    )


def _crosswalk() -> list[CrosswalkRecord]:
    ends = [
        f"{end}__{name}" for end in ("source", "target") for name in ("framework__code", "framework__edition", "code")
    ]
    rows = Crosswalk.objects.order_by("pk").values_list(*ends, "relation")
    return [CrosswalkRecord(tuple(row[:3]), tuple(row[3:6]) if row[5] else None, row[6], "") for row in rows]
