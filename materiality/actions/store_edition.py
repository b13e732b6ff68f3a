"""Storing the contents of a new edition and putting it in force; part of `load_library`, which records it."""

from django.db import transaction
from django.utils import timezone

from materiality.draft_lineage import complete_lineage
from materiality.library_file.records import IssueRecord, Library
from materiality.models import Category, Disclosure, Edition, Issue, IssueMapping


@transaction.atomic
def store_edition(*, code: str, title_zh: str, title_en: str, library: Library, based_on: Edition | None) -> Edition:
    """Create and publish an edition with these contents; `based_on`, if it was in force, is superseded.

    Its lineage is told from the codes. The catalogues must be stored before.
    """
    if based_on is not None and based_on.state == Edition.State.PUBLISHED:
        based_on.state = Edition.State.SUPERSEDED
        based_on.save(update_fields=["state"])
    # A draft until it is whole: the database takes no row into a published edition.
    edition = Edition.objects.create(code=code, title_zh=title_zh, title_en=title_en, based_on=based_on)
    categories = Category.objects.bulk_create(Category(edition=edition, **vars(row)) for row in library.categories)
    by_code = {category.code: category for category in categories}
    primaries = _issues(edition, [row for row in library.issues if not row.parent_code], by_code, {})
    secondaries = _issues(edition, [row for row in library.issues if row.parent_code], by_code, primaries)
    _mappings(library, primaries | secondaries)
    complete_lineage(edition, by=None)
    edition.state, edition.published_at = Edition.State.PUBLISHED, timezone.now()
    edition.save(update_fields=["state", "published_at"])
    return edition


def _issues(
    edition: Edition, records: list[IssueRecord], categories: dict[str, Category], parents: dict[str, Issue]
) -> dict[str, Issue]:
    rows = Issue.objects.bulk_create(
        Issue(
            edition=edition,
            category=categories[record.category],
            parent=parents.get(record.parent_code),
            code=record.code,
            name_zh=record.name_zh,
            name_en=record.name_en,
            definition_zh=record.definition_zh,
            definition_en=record.definition_en,
            groups=list(record.groups),
            status=record.status,
        )
        for record in records
    )
    return {row.code: row for row in rows}


def _mappings(library: Library, issues: dict[str, Issue]) -> None:
    keys = Disclosure.objects.values_list("framework__code", "framework__edition", "code", "pk").order_by()
    disclosures = {tuple(key): pk for *key, pk in keys}
    IssueMapping.objects.bulk_create(
        IssueMapping(issue=issues[record.code], disclosure_id=disclosures[key])
        for record in library.issues
        for key in record.mappings
    )
