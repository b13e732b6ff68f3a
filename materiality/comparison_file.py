"""A comparison of two editions as JSON and as a table."""

from collections.abc import Iterator

from materiality.library_file.records import IssueRecord, Key
from materiality.lineage.differences import TEXTS, IssueDifference
from materiality.queries.comparing import EditionComparison
from materiality.table_file import Cell

COLUMNS = (
    *("code", "differences", "ancestors", "category", "parent_code"),
    *(f"{name}_{which}" for name in TEXTS for which in ("old", "new")),
    *("mappings_added", "mappings_removed", "reason"),
)


def comparison_json(comparison: EditionComparison) -> dict:
    """Everything that differs; segments are [equal/removed/added, text] and give both texts when joined."""
    differences = comparison.differences
    return {
        "old": comparison.old.code,
        "new": comparison.new.code,
        "matched_by": "lineage" if comparison.by_lineage else "code",
        "unchanged": differences.unchanged,
        "counts": differences.counts,
        "categories": [
            {"new": vars(row.new) if row.new else None, "old": vars(row.old) if row.old else None}
            for row in differences.categories
        ],
        "issues": [_issue(row, comparison.reasons) for row in differences.issues],
    }


def comparison_rows(comparison: EditionComparison) -> Iterator[list[Cell]]:
    """One row per issue that differs, in the order of COLUMNS; old texts are those of the first ancestor."""
    for row in comparison.differences.issues:
        shown, old = row.shown, row.old[0] if row.old else None
        ancestors = "; ".join(f"{code} {weight:.4g}" for code, weight in _ancestors(row))
        yield [
            *(shown.code, "; ".join(row.kinds), ancestors, shown.category, shown.parent_code),
            *(text for name in TEXTS for text in (_text(old, name), _text(row.new, name))),
            *("; ".join(_mapping(key) for key in keys) for keys in (row.mappings_added, row.mappings_removed)),
            comparison.reasons.get(shown.code, ""),
        ]


def _issue(row: IssueDifference, reasons: dict[str, str]) -> dict:
    shown = row.shown
    return {
        "code": shown.code,
        "differences": list(row.kinds),
        "category": shown.category,
        "parent_code": shown.parent_code,
        "name_zh": shown.name_zh,
        "name_en": shown.name_en,
        "ancestors": [{"code": code, "weight": weight} for code, weight in _ancestors(row)],
        "texts": {text.field: [[segment.kind, segment.text] for segment in text.segments] for text in row.texts},
        "mappings_added": [list(key) for key in row.mappings_added],
        "mappings_removed": [list(key) for key in row.mappings_removed],
        "reason": reasons.get(shown.code, ""),
    }


def _ancestors(row: IssueDifference) -> list[tuple[str, float]]:
    return [(issue.code, weight) for issue, weight in zip(row.old, row.weights, strict=True)]


def _text(issue: IssueRecord | None, name: str) -> str:
    return getattr(issue, name) if issue else ""


def _mapping(key: Key) -> str:
    return " ".join(key)
