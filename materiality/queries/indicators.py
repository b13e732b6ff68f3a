"""Targets and indicators of issues, and numbers that frameworks give them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from materiality.models import Edition, FrameworkValue, Indicator, Issue, Lineage
from materiality.queries.library import framework_label


def standing_issues() -> list[Issue]:
    """Active issues of the edition in force, and those that the open draft adds, by code."""
    states = (Edition.State.DRAFT, Edition.State.PUBLISHED)
    rows = Issue.objects.filter(edition__state__in=states, status=Issue.Status.ACTIVE).order_by("code", "-edition")
    return list({row.code: row for row in rows}.values())


def found_indicators(q: str) -> list[Indicator]:
    """Indicators with the text in code, issue or name."""
    folded, rows = q.casefold(), Indicator.objects.all()
    return [row for row in rows if folded in " ".join((row.issue, row.code, *row.name.texts.values())).casefold()]


def indicators_of(issue: Issue) -> list[Indicator]:
    """Those of the issue, and of what it descends from under another code (two queries)."""
    return list(Indicator.objects.filter(issue__in=[issue.code, *_older_codes([issue])]))


def edition_indicators(edition: Edition) -> list[tuple[Issue, Indicator]]:
    """Indicators of the active issues of an edition, in the order of the library (three queries)."""
    issues = edition.issues.filter(status=Issue.Status.ACTIVE).select_related("category", "parent")
    rows = list(issues.order_by("category__order", "code"))
    by_code = {issue.code: issue for issue in rows}
    older = _older_codes(rows)
    found: dict[int, list[Indicator]] = defaultdict(list)
    for indicator in Indicator.objects.all():
        held = by_code.get(indicator.issue) or older.get(indicator.issue)
        if held:
            found[held.pk].append(indicator)
    return [(issue, indicator) for issue in rows for indicator in found[issue.pk]]


def _older_codes(issues: Iterable[Issue]) -> dict[str, Issue]:
    """Codes that issues had in the edition before, where they have another one now."""
    by_pk = {issue.pk: issue for issue in issues}
    rows = Lineage.objects.filter(target__in=by_pk, source__isnull=False).values_list("target", "source__code")
    return {code: by_pk[pk] for pk, code in rows if code != by_pk[pk].code}


@dataclass(frozen=True)
class RaterColumn:
    """A framework that gives issues numbers: what it is called, and code of an issue → its number."""

    label: str
    values: dict[str, float]


def rater_columns(codes: Iterable[str]) -> list[RaterColumn]:
    """The numbers that frameworks give these issues, framework by framework; several of one issue are added up (one
    query)."""
    rows = FrameworkValue.objects.filter(issue__in=list(codes)).order_by("disclosure__framework__order", "disclosure")
    names = ("disclosure__framework__code", "disclosure__framework__edition", "issue", "value", "unit")
    sums: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    units: dict[tuple[str, str], set[str]] = defaultdict(set)
    for framework, edition, issue, value, unit in rows.values_list(*names):
        sums[framework, edition][issue] += value
        units[framework, edition].add(unit)
    columns = []
    for (framework, edition), values in sums.items():
        unit = next(iter(units[framework, edition])) if len(units[framework, edition]) == 1 else ""
        label = framework_label(framework, edition, alone=False)
        rounded = {issue: round(value, 6) for issue, value in values.items()}
        columns.append(RaterColumn(f"{label} ({unit})" if unit else label, rounded))
    return columns


def framework_values_of(issue: Issue) -> list[FrameworkValue]:
    """Numbers that frameworks give the issue."""
    rows = FrameworkValue.objects.filter(Q(issue=issue.code)).select_related("disclosure__framework")
    return list(rows.order_by("disclosure__framework", "disclosure__order"))
