"""Recording a change of a draft, so that it can be undone and stands in the audit trail."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from materiality import audit
from materiality.draft_rows import Rows, differing, rows_of, sources_of
from materiality.issue_texts import FIELDS
from materiality.models import Edition, EditionChange, Issue, User

_TOLD = (*FIELDS, "code", "status", "groups", "order")


class Recorder:
    """Issues that a change touches; those that it adds are named with `add` while it is made.

    `tell` adds to what the audit trail is told, for what stands in other columns than those of issues.
    """

    def __init__(self, issues: Iterable[Issue]) -> None:
        self.keys = {issue.pk for issue in issues}
        self.told: tuple[dict, dict] = ({}, {})

    def add(self, issue: Issue) -> None:
        self.keys.add(issue.pk)

    def tell(self, before: dict | None = None, after: dict | None = None) -> None:
        self.told = (before or {}, after or {})


@contextmanager
def recorded_change(
    action: str,
    edition: Edition,
    about: Issue | None,
    *,
    by: User | None,
    reason: str = "",
    touches: Iterable[Issue] = (),
) -> Iterator[Recorder]:
    """Within, a locked draft may be changed: these issues, their mappings and descent, and issues that are added.

    `about` is what the change is called after: one of the issues, or None if that is added (the first one added is
    taken). Afterwards an EditionChange holds the rows before and after, and one audit event is written with all
    issues that changed. Where nothing changed, neither is. Use it as the last thing in the action's transaction.
    """
    touched = [*touches, *([about] if about else [])]
    recorder = Recorder(touched)
    sources = sources_of(edition, recorder.keys)
    before = rows_of(edition, recorder.keys, sources)
    yield recorder
    old, new = differing(before, rows_of(edition, recorder.keys, sources))
    if not old and not new:
        return
    named = about or Issue.objects.get(pk=min(int(key) for key in new["issue"].keys() - old.get("issue", {}).keys()))
    EditionChange.objects.create(
        edition=edition,
        action=action,
        object_text=f"{named.code} {named.name}"[:200],
        reason=reason,
        before=old,
        after=new,
        by=by,
    )
    changed = [Issue(pk=int(key)) for key in sorted({*old.get("issue", {}), *new.get("issue", {})}, key=int)]
    others = [issue for issue in changed if issue.pk != named.pk]
    before, after = recorder.told
    told = {"before": {**told_of(old), **before}, "after": {"edition": edition.code, **told_of(new), **after}}
    audit.record(action, named, by=by, reason=reason, touched=others, **told)


def told_of(rows: Rows) -> dict[str, dict]:
    """What the audit trail is told of the issues: code → its columns that people know."""
    return {
        row["code"]: {name: row[name] for name in _TOLD if row[name] not in ("", [])}
        for row in rows.get("issue", {}).values()
    }
