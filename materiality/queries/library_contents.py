"""What an edition holds, as a value that can be compared with a file."""

from collections import defaultdict

from materiality.library_file.records import CategoryRecord, IssueRecord, Key, Library
from materiality.models import Edition, IssueMapping

_COLUMNS = ("code", "name_zh", "name_en", "definition_zh", "definition_en", "status")


def library_contents(edition: Edition) -> Library:
    """Categories, issues and mappings of an edition (three queries); equal to the file's when nothing differs."""
    categories = edition.categories.order_by("order", "code")
    columns = ("pk", "groups", "category__code", "parent__code", *_COLUMNS)
    issues = edition.issues.order_by("code").values_list(*columns)
    mappings = _mappings(edition)
    return Library(
        tuple(CategoryRecord(row.code, row.name_zh, row.name_en, row.order) for row in categories),
        tuple(
            IssueRecord(
                category=category,
                parent_code=parent or "",
                groups=tuple(groups),
                mappings=tuple(sorted(mappings[pk])),
                **dict(zip(_COLUMNS, values, strict=True)),
            )
            for pk, groups, category, parent, *values in issues
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
