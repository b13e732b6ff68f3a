"""Comparing two editions of the library."""

from dataclasses import dataclass

from materiality.lineage.differences import Ancestors, Comparison, compare
from materiality.models import Edition
from materiality.queries.library_contents import library_contents
from materiality.queries.lineage import NoDescent, edition_weights, path


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
    for old, new in ((one, other), (other, one)):
        try:
            ancestors, steps = edition_weights(new, old).links(), path(new, old)
        except NoDescent:
            continue
        return _compared(old, new, ancestors, steps)
    old, new = sorted((one, other), key=lambda edition: (edition.created_at, edition.pk))
    return _compared(old, new, None, [])


def _compared(old: Edition, new: Edition, ancestors: Ancestors | None, steps: list[Edition]) -> EditionComparison:
    before, after = library_contents(old), library_contents(new)
    if ancestors is None:
        held = {issue.code for issue in before.issues}
        links: Ancestors = {issue.code: {issue.code: 1.0} for issue in after.issues if issue.code in held}
    else:
        links = ancestors
    return EditionComparison(old, new, compare(before, after, links), ancestors is not None, _reasons(steps))


def _reasons(steps: list[Edition]) -> dict[str, str]:
    """Reasons of all steps by the code that the issue has after the step, or had before it was retired."""
    found: dict[str, list[str]] = {}
    for edition in reversed(steps):
        rows = edition.lineage.exclude(reason="").values_list("target__code", "source__code", "reason").order_by("pk")
        for target, source, reason in rows:
            lines = found.setdefault(target or source, [])
            lines += [line for line in reason.split("\n") if line not in lines]
    return {code: "\n".join(lines) for code, lines in found.items()}
