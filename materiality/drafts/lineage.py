"""Writing the descent of a draft's issues from those of the edition that it started from."""

from collections.abc import Iterable, Sequence

from materiality.models import Edition, Issue, Lineage, User

Kind = Lineage.Kind
# What a later change of the same issue does not take back: a moved issue that is renamed stays moved.
_STRONGER = {Kind.KEPT: 0, Kind.RENAMED: 1, Kind.MOVED: 2, Kind.SPLIT: 3, Kind.MERGED: 4}


def descend_added(issue: Issue, *, by: User | None, reason: str) -> None:
    """The issue has no ancestor."""
    Lineage.objects.create(edition=issue.edition, kind=Kind.ADDED, target=issue, by=by, reason=reason)


def mark_descent(issues: Iterable[Issue], kind: str, *, by: User | None, reason: str) -> None:
    """Say of issues that have ancestors that they were renamed or moved (kept: only why they changed)."""
    for row in Lineage.objects.filter(target__in=list(issues), source__isnull=False):
        if _STRONGER[row.kind] < _STRONGER[kind]:
            row.kind = kind
        row.reason, row.by = _both(row.reason, reason), by
        row.save(update_fields=["kind", "reason", "by"])


def descend_merged(into: Issue, others: Sequence[Issue], *, by: User | None, reason: str) -> None:
    """All ancestors of the issues become ancestors of `into`."""
    rows = list(Lineage.objects.filter(target__in=[into, *others], source__isnull=False).order_by("pk"))
    Lineage.objects.filter(target__in=[into, *others]).delete()
    reasons = {row.source_id: "" for row in rows}
    for row in rows:
        reasons[row.source_id] = _both(reasons[row.source_id], row.reason)
    for source, before in reasons.items():
        _create(into, Kind.MERGED, source, by=by, reason=_both(before, reason))
    if not rows:
        descend_added(into, by=by, reason=reason)


def descend_split(issue: Issue, parts: Sequence[Issue], *, by: User | None, reason: str) -> None:
    """Every part descends from all ancestors of the issue; the issue itself has no descent any more."""
    rows = list(Lineage.objects.filter(target=issue, source__isnull=False).order_by("pk"))
    Lineage.objects.filter(target=issue).delete()
    for part in parts:
        for row in rows:
            _create(part, Kind.SPLIT, row.source_id, by=by, reason=_both(row.reason, reason))
        if not rows:
            descend_added(part, by=by, reason=reason)


def descend_retired(issue: Issue, *, by: User | None, reason: str) -> None:
    """The issue's ancestors end here, but those that live on in other issues."""
    rows = list(Lineage.objects.filter(target=issue, source__isnull=False))
    Lineage.objects.filter(target=issue).delete()
    living = Lineage.objects.filter(edition=issue.edition, source__in=[row.source_id for row in rows])
    others = set(living.values_list("source_id", flat=True))
    for row in rows:
        if row.source_id not in others:
            reasons = _both(row.reason, reason)
            Lineage.objects.create(
                edition=issue.edition, kind=Kind.RETIRED, source_id=row.source_id, by=by, reason=reasons
            )


def complete_lineage(edition: Edition, *, by: User | None) -> None:
    """Give a descent to every issue that has none, by its code, and mend kinds that no longer fit.

    An import writes issues without saying where they come from. Afterwards every active issue of the edition is the
    target of a row and every issue of the edition before the source of one. An edition based on none has no lineage.
    """
    if edition.based_on_id is None:
        return
    targets = list(edition.issues.select_related("category", "parent"))
    sources = list(Issue.objects.filter(edition=edition.based_on_id).select_related("category", "parent"))
    _mend(edition, {row.pk: row for row in targets}, {row.pk: row for row in sources}, by)
    held = list(edition.lineage.all())
    done, begun = {row.target_id for row in held}, {row.source_id for row in held}
    free = {row.code: row for row in sources if row.pk not in begun}
    fresh = [_by_code(issue, free.pop(issue.code, None), by) for issue in targets if issue.pk not in done]
    fresh += [Lineage(edition=edition, kind=Kind.RETIRED, source=row, by=by) for row in free.values()]
    Lineage.objects.bulk_create(row for row in fresh if row is not None)


def _by_code(target: Issue, source: Issue | None, by: User | None) -> Lineage | None:
    if source is None:
        known = target.status == Issue.Status.RETIRED
        return None if known else Lineage(edition=target.edition, kind=Kind.ADDED, target=target, by=by)
    if _retires(source, target):
        return Lineage(edition=target.edition, kind=Kind.RETIRED, source=source, by=by)
    return Lineage(edition=target.edition, kind=descent_kind(source, target), source=source, target=target, by=by)


def descent_kind(source: Issue, target: Issue) -> str:
    """What became of an issue that has one descendant."""
    if (source.category.code, _parent_code(source)) != (target.category.code, _parent_code(target)):
        return Kind.MOVED
    same = source.name.texts == target.name.texts
    return Kind.KEPT if same else Kind.RENAMED


def _mend(edition: Edition, targets: dict[int, Issue], sources: dict[int, Issue], by: User | None) -> None:
    """Rows that say kept or renamed of what an import has moved or retired."""
    weak = edition.lineage.filter(kind__in=(Kind.KEPT, Kind.RENAMED), source__isnull=False, target__isnull=False)
    stale = []
    for row in weak:
        source, target = sources[row.source_id], targets[row.target_id]
        if _retires(source, target):
            row.kind, row.target = Kind.RETIRED, None
        elif descent_kind(source, target) == Kind.MOVED:
            row.kind = Kind.MOVED
        else:
            continue
        row.by = row.by or by
        stale.append(row)
    Lineage.objects.bulk_update(stale, ["kind", "target", "by"])


def _retires(source: Issue, target: Issue) -> bool:
    return source.status == Issue.Status.ACTIVE and target.status == Issue.Status.RETIRED


def _parent_code(issue: Issue) -> str:
    return issue.parent.code if issue.parent else ""


def _create(target: Issue, kind: str, source: int, *, by: User | None, reason: str) -> None:
    Lineage.objects.create(edition=target.edition, kind=kind, source_id=source, target=target, by=by, reason=reason)


def _both(old: str, new: str) -> str:
    """Reasons one below the other, each once."""
    return "\n".join(dict.fromkeys(line for line in (*old.split("\n"), new) if line))
