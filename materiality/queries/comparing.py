"""Comparing two editions of the library."""

from dataclasses import dataclass

from materiality.lineage.differences import Ancestors, Comparison, compare
from materiality.models import Edition
from materiality.queries.library_contents import library_contents
from materiality.queries.lineage import NoDescent, StepRow, path, product, step_rows


@dataclass(frozen=True)
class EditionComparison:
    """What differs from `old` to `new`; `reasons`: issue → why it changed, as its lineage keeps it.

    `by_lineage` is false where neither descends from the other: then issues are matched by their codes.
    """

    old: Edition
    new: Edition
    differences: Comparison
    by_lineage: bool
    reasons: dict[str, str]


def compare_editions(one: Edition, other: Edition) -> EditionComparison:
    """The two editions compared from the older to the newer, whichever is named first."""
    editions = Edition.objects.in_bulk()
    for old, new in ((one, other), (other, one)):
        try:
            steps = path(new, old, editions)
        except NoDescent:
            continue
        rows = step_rows(steps)
        links = product(steps, rows).links() if steps else None
        reasons = _reasons([rows[step.pk] for step in steps])
        return EditionComparison(old, new, _differences(old, new, links), True, reasons)
    old, new = sorted((one, other), key=lambda edition: (edition.created_at, edition.pk))
    return EditionComparison(old, new, _differences(old, new, None), False, {})


def _differences(old: Edition, new: Edition, links: Ancestors | None) -> Comparison:
    """By these ancestors, by equal codes where they are None."""
    before, after = library_contents(old), library_contents(new)
    if links is None:
        held = {issue.code for issue in before.issues}
        links = {issue.code: {issue.code: 1.0} for issue in after.issues if issue.code in held}
    return compare(before, after, links)


def _reasons(steps: list[list[StepRow]]) -> dict[str, str]:
    """Reasons of all steps by the code that the issue has after the step, or had before it was retired."""
    found: dict[str, list[str]] = {}
    for rows in reversed(steps):
        for row in rows:
            lines = found.setdefault(row.descent.target or row.descent.source, [])
            lines += [line for line in row.reason.split("\n") if line and line not in lines]
    return {code: "\n".join(lines) for code, lines in found.items()}
