"""The rows of a draft that hang on some of its issues, as values that can be kept and put back."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from materiality.drafts.codes import TEXTS, free_primary_code, free_secondary_code
from materiality.lineage.records import LEVELS
from materiality.models import Category, Edition, EditionChange, Issue, IssueMapping, Lineage, MappingProposal, User
from materiality.platform import audit
from materiality.platform.bilingual import in_each
from materiality.platform.refusals import Conflict, NotAllowed

TABLES: dict[str, type[models.Model]] = {
    "issue": Issue,
    "mapping": IssueMapping,
    "proposal": MappingProposal,
    "lineage": Lineage,
}
# A version only grows, so that nobody who saw the undone state takes it for another one.
_NOT_COMPARED = {"version"}

Rows = dict[str, dict[str, dict[str, Any]]]  # table → key → column → plain value


def rows_of(edition: Edition, issues: Collection[int], sources: Collection[int]) -> Rows:
    """Rows of these issues of the draft, and of the descent from these issues of the edition before."""
    descent = Q(target__in=issues) | Q(source__in=sources)
    found = {
        "issue": Issue.objects.filter(pk__in=issues),
        "mapping": IssueMapping.objects.filter(issue__in=issues),
        "proposal": MappingProposal.objects.filter(issue__in=issues),
        "lineage": Lineage.objects.filter(descent, edition=edition),
    }
    return {name: {str(row.pk): _plain(row) for row in rows.order_by("pk").distinct()} for name, rows in found.items()}


def sources_of(edition: Edition, issues: Collection[int]) -> set[int]:
    """The issues of the edition before from which these descend."""
    rows = Lineage.objects.filter(edition=edition, target__in=issues, source__isnull=False)
    return set(rows.values_list("source_id", flat=True))


def differing(one: Rows, other: Rows) -> tuple[Rows, Rows]:
    """Of both only the rows that are not the same in the other."""
    return _left_of(one, other), _left_of(other, one)


def still_as(before: Rows, after: Rows) -> bool:
    """Whether a change from `before` to `after` stands: its rows are stored as it left them."""
    now = {}
    for name, model in TABLES.items():
        keys = [*before.get(name, {}), *after.get(name, {})]
        now[name] = {str(row.pk): _plain(row) for row in model.objects.filter(pk__in=keys)}
    return _compared(now) == _compared(after)


def put_back(before: Rows, after: Rows) -> None:
    """Make the rows of `after` those of `before` again: delete, change and add with their old keys.

    Issues that go are deleted only when those that stood under them have their old place again.
    """
    gone = {name: after.get(name, {}).keys() - before.get(name, {}).keys() for name in TABLES}
    for name in ("lineage", "proposal", "mapping"):
        TABLES[name].objects.filter(pk__in=list(gone[name])).delete()
    _restore("issue", before)
    for level in reversed(levels_of(list(Issue.objects.filter(pk__in=list(gone["issue"]))))):
        Issue.objects.filter(pk__in=[row.pk for row in level]).delete()
    for name in ("mapping", "proposal", "lineage"):
        _restore(name, before)


def _restore(name: str, before: Rows) -> None:
    model, held = TABLES[name], before.get(name, {})
    there = set(model.objects.filter(pk__in=list(held)).values_list("pk", flat=True))
    for row in _parents_first(held.values()):
        _write(model, row, is_there=row["id"] in there)


def _write(model: type[models.Model], values: dict[str, Any], is_there: bool) -> None:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    row = model(**{name: fields[name].to_python(value) for name, value in values.items()})
    if "version" in fields:
        now = model.objects.filter(pk=row.pk).aggregate(now=Max("version"))["now"] or row.version
        row.version = max(now, row.version) + 1
    # Raw, so that times which are set on adding stay those of the row.
    row.save_base(raw=True, force_insert=not is_there, force_update=is_there)


def _parents_first(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    above = {row["id"]: row.get("parent_id") for row in rows}

    def depth(pk: int | None) -> int:
        return 0 if pk is None else 1 + depth(above.get(pk))

    return sorted(rows, key=lambda row: depth(row["id"]))


def levels_of(issues: Sequence[Issue]) -> list[list[Issue]]:
    """The issues level by level from the top, by what stands among them."""
    keys, levels = {row.pk for row in issues}, []
    level = [row for row in issues if row.parent_id not in keys]
    while level:
        levels.append(level)
        above = {row.pk for row in level}
        level = [row for row in issues if row.parent_id in above]
    return levels


def _plain(row: models.Model) -> dict[str, Any]:
    values = {field.attname: field.value_from_object(row) for field in row._meta.concrete_fields}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _left_of(one: Rows, other: Rows) -> Rows:
    left = {
        name: {key: row for key, row in rows.items() if other.get(name, {}).get(key) != row}
        for name, rows in one.items()
    }
    return {name: rows for name, rows in left.items() if rows}


def _compared(rows: Rows) -> Rows:
    plain = {
        name: {key: {column: row[column] for column in row if column not in _NOT_COMPARED} for key, row in held.items()}
        for name, held in rows.items()
    }
    return {name: held for name, held in plain.items() if held}


_TOLD = (*TEXTS, "code", "status", "groups", "order")


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
        row["code"]: in_each(Issue, {name: row[name] for name in _TOLD if row[name] not in ("", [])})
        for row in rows.get("issue", {}).values()
    }


def place_under(issue: Issue, primary: Issue) -> list[Issue]:
    """Make an issue the last one of `primary`, with the next free code below it; returns what comes along under it."""
    issue.parent, issue.category, issue.code = primary, primary.category, free_secondary_code(primary)
    issue.order = next_order(primary.edition.issues.filter(parent=primary))
    save_changed(issue, "parent", "category", "code", "order")
    return _bring_along(issue)


def _bring_along(issue: Issue) -> list[Issue]:
    """Give what stands under an issue that got another place its category, and codes below the new one."""
    moved = []
    for place, row in enumerate(issue.secondaries.order_by("order", "code"), start=1):
        row.parent, row.category, row.code, row.order = issue, issue.category, free_secondary_code(issue), place
        save_changed(row, "category", "code", "order")
        moved += [row, *_bring_along(row)]
    return moved


def place_in(primary: Issue, category: Category) -> list[Issue]:
    """Make a primary issue the last one of a category, with a new code; returns its secondaries, which come along."""
    primary.code = free_primary_code(category)
    primary.order = next_order(primary.edition.issues.filter(category=category, parent=None))
    primary.category = category
    save_changed(primary, "category", "code", "order")
    return _bring_along(primary)


def take_secondaries(issues: Iterable[Issue], primary: Issue) -> list[Issue]:
    """Put all secondaries of some primary issues under another one; returns them."""
    moved = list(Issue.objects.filter(parent__in=list(issues)).order_by("parent__code", "order", "code"))
    return [each for issue in moved for each in (issue, *place_under(issue, primary))]


def next_order(siblings) -> int:
    """The place after the last of them."""
    last = siblings.order_by("-order").values_list("order", flat=True).first()
    return (last or 0) + 1


def need_room(above: Issue, issue: Issue | None = None) -> None:
    """NotAllowed for an issue under which this one, or a new one, cannot stand: there are three levels."""
    if above.level + (height_of(issue) if issue else 1) > LEVELS:
        raise NotAllowed(
            _("Nothing more can stand under %(code)s: a library has at most three levels.") % {"code": above.code}
        )


def height_of(issue: Issue) -> int:
    """How many levels it takes with what stands under it."""
    return 1 + max((height_of(row) for row in issue.secondaries.all()), default=0)


def save_changed(issue: Issue, *columns: str) -> None:
    """Store some columns and count the version on."""
    issue.version += 1
    issue.save(update_fields=[*columns, "version"])


def locked_edition_draft(edition: Edition) -> Edition:
    """The draft as it is stored, locked to the end of the transaction; NotAllowed for an edition that is none."""
    stored = Edition.objects.select_for_update(of=("self",)).filter(pk=edition.pk).first()
    if stored is None:
        raise NotAllowed(_("The draft was discarded."))
    if stored.state != Edition.State.DRAFT:
        raise NotAllowed(
            _("Edition %(edition)s is published and can no longer be changed. Start a draft to change the library.")
            % {"edition": stored}
        )
    return stored


def draft_issue(issue: Issue, version: int | None) -> Issue:
    """The issue as it is stored in a draft that is locked.

    Conflict where it is gone or is not the `version` that the person saw (None: whichever it is).
    """
    stored = Issue.objects.select_related("edition", "category", "parent").filter(pk=issue.pk).first()
    if stored is None:
        reason = _("%(issue)s is no longer in the draft. %(change)s")
        raise Conflict(reason % {"issue": issue.code, "change": last_change_sentence(issue.edition)}, None)
    if version is not None and stored.version != version:
        reason = _("%(issue)s was changed meanwhile. %(change)s")
        raise Conflict(reason % {"issue": stored.code, "change": last_change_sentence(stored.edition)}, stored)
    return stored


def need_active(issues: Iterable[Issue]) -> None:
    """NotAllowed where one of them is retired."""
    retired = [issue.code for issue in issues if issue.status == Issue.Status.RETIRED]
    if retired:
        raise NotAllowed(_("Retired issues do not change: %(codes)s.") % {"codes": ", ".join(retired)})


def need_reason(reason: str) -> str:
    """The reason without space around it; NotAllowed where there is none."""
    if not reason.strip():
        raise NotAllowed(
            _("Give a reason: this change breaks the identity of an issue, and the reason is kept with it.")
        )
    return reason.strip()


def last_change(edition: Edition) -> EditionChange | None:
    """The newest change that was not undone."""
    return edition.changes.filter(undone=False).select_related("by").order_by("-pk").first()


def last_change_sentence(edition: Edition) -> str:
    """Who changed the draft last, for somebody who comes second; empty where nobody did."""
    change = last_change(edition)
    if change is None:
        return ""
    person = change.by or _("A command")
    return _("%(person)s was the last to change the draft: %(object)s.") % {
        "person": person,
        "object": change.object_text,
    }
