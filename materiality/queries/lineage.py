"""The one place that knows from which issues of an earlier edition an issue descends, and by how much."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from materiality.draft_lineage import kind_of
from materiality.lineage.weights import Descent, Weights, compose, same, step_weights
from materiality.models import Edition, Issue, IssueScore, Lineage, Run


class NoDescent(LookupError):
    """One edition does not descend from the other."""


@dataclass(frozen=True)
class Ancestor:
    """An issue of the earlier edition; `weight` 0–1, over all ancestors of an issue they sum to 1."""

    issue: Issue
    weight: float


def ancestors(issue: Issue, edition: Edition) -> list[Ancestor]:
    """Ancestors of the issue in an earlier edition, the weightiest first; none for an issue that was added since.

    NoDescent where the issue's edition does not descend from `edition`.
    """
    weights = edition_weights(issue.edition, edition).of(issue.code)
    rows = edition.issues.filter(code__in=weights)
    return sorted((Ancestor(row, weights[row.code]) for row in rows), key=lambda row: (-row.weight, row.issue.code))


def edition_weights(newer: Edition, older: Edition) -> Weights:
    """Weights of all issues of an edition over those of an earlier one: the product of the steps between them.

    NoDescent where `newer` does not descend from `older`.
    """
    steps = path(newer, older)
    if not steps:
        return same(newer.issues.values_list("code", flat=True))
    return product(steps, step_rows(steps))


def path(newer: Edition, older: Edition, editions: Mapping[int, Edition] | None = None) -> list[Edition]:
    """The editions from `newer` back to the one after `older`; NoDescent where `older` is not on the way.

    `editions`: all editions by key, where they are known already.
    """
    known = Edition.objects.in_bulk() if editions is None else editions
    steps, at = [], known[newer.pk]
    while at.pk != older.pk:
        steps.append(at)
        if at.based_on_id is None:
            raise NoDescent(f"{newer} does not descend from {older}")
        at = known[at.based_on_id]
    return steps


@dataclass(frozen=True)
class StepRow:
    """A line of descent by codes, and its reason."""

    descent: Descent
    reason: str


def step_rows(steps: Sequence[Edition]) -> dict[int, list[StepRow]]:
    """Rows of each step, by the key of its edition (one query); of one that was stored without lineage, by codes."""
    found: dict[int, list[StepRow]] = {edition.pk: [] for edition in steps}
    rows = Lineage.objects.filter(edition__in=found).order_by("pk")
    for edition, *ends, reason in rows.values_list("edition", "kind", "source__code", "target__code", "reason"):
        found[edition].append(StepRow(Descent(*ends), reason))
    return {edition.pk: found[edition.pk] or _by_codes(edition) for edition in steps}


def product(steps: Sequence[Edition], rows: Mapping[int, list[StepRow]]) -> Weights:
    """The steps, from the newest back, as one."""
    ratings = ratings_of([edition.based_on_id for edition in steps])
    each = [step_weights([row.descent for row in rows[step.pk]], ratings[step.based_on_id]) for step in steps]
    return reduce(compose, each)


def ratings_of(editions: Sequence[int]) -> dict[int, dict[str, int]]:
    """Edition → issue → number of ratings: both dimensions, in the last run of each of its cycles (two queries).

    Issues that none of them asked about are left out: their number is unknown.
    """
    last = {}
    runs = Run.objects.filter(edition__in=editions).order_by("number").values_list("cycle", "edition", "pk")
    for cycle, edition, pk in runs:
        last[cycle, edition] = pk
    numbers: dict[int, Counter[str]] = {edition: Counter() for edition in editions}
    scores = IssueScore.objects.filter(run__in=last.values()) if last else IssueScore.objects.none()
    for edition, code, *counts in scores.values_list("run__edition", "issue__code", "society_n", "business_n"):
        numbers[edition][code] += sum(counts)
    return {edition: dict(found) for edition, found in numbers.items()}


def _by_codes(edition: Edition) -> list[StepRow]:
    if edition.based_on_id is None:
        return []
    old, new = (
        {row.code: row for row in Issue.objects.filter(edition=pk).select_related("category", "parent")}
        for pk in (edition.based_on_id, edition.pk)
    )
    rows = [
        Descent(kind_of(old[code], row), code, code) if code in old else Descent(Lineage.Kind.ADDED, None, code)
        for code, row in new.items()
    ]
    gone = [Descent(Lineage.Kind.RETIRED, code, None) for code in old if code not in new]
    return [StepRow(row, "") for row in rows + gone]
