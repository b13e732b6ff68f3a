"""Writing the descent of a draft's issues from those of the edition that it started from."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q

from materiality.drafts.rows import put_back, sources_of
from materiality.models import Edition, Issue, Lineage, SheetImport, User

Kind = Lineage.Kind
# What a later change of the same issue does not take back: a moved issue that is renamed stays moved.
_STRONGER = {Kind.KEPT: 0, Kind.RENAMED: 1, Kind.MOVED: 2, Kind.SPLIT: 3, Kind.MERGED: 4}

PLACE = ("category", "parent_code")  # columns of a sheet that say where an issue stands


def is_name(column: str) -> bool:
    """Whether a column of a sheet holds a name in some language."""
    return column.startswith("name_")


def breaks_identity(columns: Iterable[str]) -> bool:
    """Whether a change of these columns makes another issue of one."""
    return any(is_name(column) or column in ("status", *PLACE) for column in columns)


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


def descend_retired(issues: Collection[Issue], *, by: User | None, reason: str) -> None:
    """The ancestors of the issues, which are of one edition, end here, but those that live on in other issues."""
    held = Lineage.objects.filter(target__in=issues)
    rows = list(held.filter(source__isnull=False).order_by("pk"))
    edition = rows[0].edition_id if rows else None
    held.delete()
    living = Lineage.objects.filter(edition=edition, source__in=[row.source_id for row in rows])
    others = set(living.values_list("source_id", flat=True))
    ended = {row.source_id: _both(row.reason, reason) for row in rows if row.source_id not in others}
    Lineage.objects.bulk_create(
        Lineage(edition_id=edition, kind=Kind.RETIRED, source_id=source, by=by, reason=why)
        for source, why in ended.items()
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


def record_descent(
    edition: Edition, issues: Sequence[Issue], descents: Mapping[str, str], *, by: User | None, reason: str
) -> dict[str, Any]:
    """Record what was added, renamed, moved and retired; returns what `put_back_descent` needs.

    `issue.sheet_changes` are the cells that changed, `issue.sheet_is_new` says that it was added; `descents`: code of
    an added one → that of the issue which it goes on. An edition that is based on none has no descent.
    """
    if edition.based_on_id is None:
        return {}
    added = [issue for issue in issues if issue.sheet_is_new]
    known = [issue for issue in issues if not issue.sheet_is_new and breaks_identity(issue.sheet_changes)]
    gone_on = list(edition.issues.filter(code__in=descents.values()))
    keys = {issue.pk for issue in (*known, *gone_on)}
    back = _without_descent(edition, known)
    ended = edition.lineage.filter(kind=Kind.RETIRED, source__code__in={*back, *descents.values()})
    sources = sources_of(edition, keys) | set(ended.values_list("source_id", flat=True))
    before = _descent(edition, keys, sources)
    _mark(known, by=by, reason=reason)
    _take_up(edition, back, by=by, reason=reason)
    _go_on(edition, added, descents, by=by, reason=reason)
    descend_retired([row for row in (*known, *gone_on) if row.status == Issue.Status.RETIRED], by=by, reason=reason)
    living = edition.lineage.filter(source__in=sources, target__isnull=False).values_list("source_id", flat=True)
    edition.lineage.filter(kind=Kind.RETIRED, source__in=set(living)).delete()
    return {"before": before, "after": _descent(edition, keys, sources)}


def _without_descent(edition: Edition, issues: Sequence[Issue]) -> dict[str, Issue]:
    """Code → an issue that this draft had retired and that is active again; by the codes that it had before, and those
    of what it went on, too.
    """
    held = set(edition.lineage.filter(target__isnull=False).values_list("target_id", flat=True))
    back = {str(row.pk): row for row in issues if row.status == Issue.Status.ACTIVE and row.pk not in held}
    changes = edition.changes.values_list("before", flat=True) if back else ()
    rows = [(row["code"], key) for before in changes for key, row in before.get("issue", {}).items()]
    rows += _gone_on(edition, back)
    return {code: back[key] for code, key in rows if key in back} | {row.code: row for row in back.values()}


def _gone_on(edition: Edition, issues: Mapping[str, Issue]) -> list[tuple[str, str]]:
    """Code of what an issue (its key) went on by an import."""
    if not issues:
        return []
    kept = edition.sheet_imports.filter(state=SheetImport.State.STORED).values_list("undo", flat=True)
    descents = [undone.get("further", {}).get("descent", {}) for undone in kept]
    lines = [line for each in descents for line in each.get("after", {}).values()]
    went = {line["source_id"]: str(line["target_id"]) for line in lines if str(line["target_id"]) in issues}
    codes = Issue.objects.filter(pk__in=filter(None, went)).values_list("pk", "code")
    return [(code, went[source]) for source, code in codes]


def _take_up(edition: Edition, back: Mapping[str, Issue], *, by: User | None, reason: str) -> None:
    """Issues that are active again descend from what ended with them."""
    fresh = {issue.pk: issue for issue in back.values()}
    ended = edition.lineage.filter(kind=Kind.RETIRED, source__code__in=back)
    for row in ended.select_related("source__category", "source__parent"):
        issue = back[row.source.code]
        fresh.pop(issue.pk, None)
        row.kind, row.target = descent_kind(row.source, issue), issue
        row.reason, row.by = _both(row.reason, reason), by
        row.save(update_fields=["kind", "target", "reason", "by"])
    for issue in fresh.values():
        descend_added(issue, by=by, reason=reason)


def _go_on(
    edition: Edition, added: Sequence[Issue], descents: Mapping[str, str], *, by: User | None, reason: str
) -> None:
    """New issues descend from what those descend from, or ended with those, which they go on."""
    old = set(descents.values())
    above = edition.lineage.filter(Q(target__code__in=old) | Q(target=None, source__code__in=old), source__isnull=False)
    lines: dict[str, list[int]] = defaultdict(list)
    for code, was, source in above.values_list("target__code", "source__code", "source"):
        lines[code or was].append(source)
    told, rows = {"edition": edition, "by": by, "reason": reason}, []
    for issue in added:
        from_old = lines[descents.get(issue.code, "")]
        fresh = [Lineage(kind=Kind.RENAMED, source_id=old, target=issue, **told) for old in from_old]
        rows += fresh or [Lineage(kind=Kind.ADDED, target=issue, **told)]
    Lineage.objects.bulk_create(rows)


def put_back_descent(held: dict[str, Any]) -> None:
    """Undo `record_descent` for the issues that were known; that of added ones goes with them."""
    if held:  # those of added issues went with them
        put_back({"lineage": held["before"]}, {"lineage": held["after"]})


def _mark(issues: Sequence[Issue], *, by: User | None, reason: str) -> None:
    """As `mark_descent` does, but for thousands of issues at once."""
    moved = {issue.pk for issue in issues if any(name in issue.sheet_changes for name in PLACE)}
    renamed = moved | {issue.pk for issue in issues if any(map(is_name, issue.sheet_changes))}
    rows = list(Lineage.objects.filter(target__in=renamed, source__isnull=False))
    fresh: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        kind = Kind.MOVED if row.target_id in moved else Kind.RENAMED
        fresh[kind if _STRONGER[row.kind] < _STRONGER[kind] else row.kind, _both(row.reason, reason)].append(row.pk)
    for (kind, why), keys in fresh.items():
        Lineage.objects.filter(pk__in=keys).update(kind=kind, reason=why, by=by)


def _descent(edition: Edition, keys: set[int], sources: set[int]) -> dict[str, dict[str, Any]]:
    """The rows of descent of some issues, as `draft_rows.put_back` takes them."""
    rows = Lineage.objects.filter(Q(target__in=keys) | Q(source__in=sources), edition=edition) if keys else ()
    columns = [field.attname for field in Lineage._meta.concrete_fields]
    return {str(row.pk): {**{name: getattr(row, name) for name in columns}, "at": row.at.isoformat()} for row in rows}
