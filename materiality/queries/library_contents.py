"""What an edition holds, as a value that can be compared with a file."""

from collections import defaultdict

from materiality.library_file.records import CategoryRecord, IssueRecord, Key, Library
from materiality.models import Edition, IssueMapping


def library_contents(edition: Edition) -> Library:
    """Categories, issues and mappings of an edition (three queries); equal to the file's when nothing differs."""
    categories = edition.categories.order_by("order", "code")
    issues = edition.issues.select_related("category", "parent").order_by("code")
    mappings = _mappings(edition)
    return Library(
        tuple(CategoryRecord(row.code, row.name_zh, row.name_en, row.order) for row in categories),
        tuple(
            IssueRecord(
                code=issue.code,
                category=issue.category.code,
                parent_code=issue.parent.code if issue.parent else "",
                name_zh=issue.name_zh,
                name_en=issue.name_en,
                definition_zh=issue.definition_zh,
                definition_en=issue.definition_en,
                groups=tuple(issue.groups),
                status=issue.status,
                mappings=tuple(sorted(mappings[issue.pk])),
            )
            for issue in issues
        ),
    )


def _mappings(edition: Edition) -> dict[int, list[Key]]:
    found: dict[int, list[Key]] = defaultdict(list)
    rows = IssueMapping.objects.filter(issue__edition=edition).values_list(
        "issue", "disclosure__framework__code", "disclosure__framework__edition", "disclosure__code"
    )
    for issue, *key in rows.order_by():
        found[issue].append(tuple(key))
    return found
