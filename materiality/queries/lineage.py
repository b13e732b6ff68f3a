"""The one place that knows from which issues of an earlier edition an issue descends, and by how much."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Max

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
    weights = same(newer.issues.values_list("code", flat=True))
    for edition in steps:
        weights = compose(weights, _step(edition))
    return weights


def path(newer: Edition, older: Edition) -> list[Edition]:
    """The editions from `newer` back to the one after `older`; NoDescent where `older` is not on the way."""
    editions = {row.pk: row for row in Edition.objects.all()}
    steps, at = [], editions[newer.pk]
    while at.pk != older.pk:
        steps.append(at)
        if at.based_on_id is None:
            raise NoDescent(f"{newer} does not descend from {older}")
        at = editions[at.based_on_id]
    return steps


def descents(edition: Edition) -> list[Descent]:
    """The rows of one step by codes; of an edition that was stored without lineage, by equal codes."""
    rows = edition.lineage.values_list("kind", "source__code", "target__code").order_by("pk")
    return [Descent(*row) for row in rows] or _by_codes(edition)


def _step(edition: Edition) -> Weights:
    return step_weights(descents(edition), ratings_of(edition.based_on_id))


def ratings_of(edition: int) -> dict[str, int]:
    """Number of ratings per issue of an edition: both dimensions, in the last run of each of its cycles.

    Issues that none of them asked about are left out: their number is unknown.
    """
    last = Run.objects.filter(edition=edition).values("cycle").annotate(last=Max("number")).values_list("cycle", "last")
    runs = [Run.objects.only("pk").get(cycle=cycle, number=number).pk for cycle, number in last]
    numbers: Counter[str] = Counter()
    scores = IssueScore.objects.filter(run__in=runs).values_list("issue__code", "society_n", "business_n")
    for code, society, business in scores:
        numbers[code] += society + business
    return dict(numbers)


def _by_codes(edition: Edition) -> list[Descent]:
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
    return rows + [Descent(Lineage.Kind.RETIRED, code, None) for code in old if code not in new]
