"""Issues of a draft: add, change, move, merge, split, retire, reorder, and undo."""

from collections.abc import Mapping, Sequence
from typing import Literal

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.drafts.codes import (
    TEXTS,
    IssueTexts,
    check_code,
    free_code,
    free_primary_code,
    free_secondary_code,
    set_texts,
    texts_of,
)
from materiality.drafts.lineage import descend_added, descend_merged, descend_retired, descend_split, mark_descent
from materiality.drafts.rows import (
    draft_issue,
    last_change,
    last_change_sentence,
    locked_edition_draft,
    need_active,
    need_reason,
    need_room,
    next_order,
    place_in,
    place_under,
    put_back,
    recorded_change,
    save_changed,
    still_as,
    take_secondaries,
    told_of,
)
from materiality.library_file.patterns import stated_pattern
from materiality.library_file.read import shipped_library
from materiality.models import Category, Edition, EditionChange, Issue, IssueMapping, Lineage, User
from materiality.platform import audit
from materiality.platform.bilingual import in_each
from materiality.platform.refusals import Conflict, NotAllowed, Unacknowledged
from materiality.queries.library import objections_to_retiring, origins


@transaction.atomic
def set_code_pattern(*, edition: Edition, pattern: str, by: User | None) -> str:
    """Say of which pattern new codes are (`library_file.patterns`); issues that are there keep theirs.

    NotAllowed for a published edition, and for a text that is no pattern.
    """
    draft, stated = locked_edition_draft(edition), stated_pattern(pattern)
    if stated is None:
        raise NotAllowed(
            _(
                "“%(pattern)s” is not a pattern of codes. Write A for a letter and 9 for a number, one pattern for each"
                " of at most three levels, such as A9; A9-9."
            )
            % {"pattern": pattern}
        )
    with audit.audited("set_code_pattern", draft, by=by, fields=("code_pattern",)):
        audit.write(draft, {"code_pattern": stated})
    return stated


@transaction.atomic
def add_issue(
    *,
    edition: Edition,
    place: Issue | Category,
    texts: IssueTexts,
    by: User | None,
    reason: str,
    code: str = "",
    groups: Sequence[str] = (),
) -> Issue:
    """A new secondary issue under a primary one, or a new primary issue in a category, as the last one there.

    Without `code` the next free one is taken. NotAllowed for a published edition, without a reason or a name, under a
    secondary or retired issue, and for a code that is or was another issue's.
    """
    draft = locked_edition_draft(edition)
    why = need_reason(reason)
    held = texts.cleaned()
    primary, category = _place(draft, place)
    if code:
        check_code(code, draft, primary)
    siblings = draft.issues.filter(parent=primary, category=category)
    now = timezone.now().isoformat()
    with recorded_change("add_issue", draft, None, by=by, reason=why) as change:
        issue = Issue.objects.create(
            edition=draft,
            category=category,
            parent=primary,
            code=code or free_code(primary or category),
            groups=list(groups),
            order=next_order(siblings),
            changed={name: now for text in TEXTS for name in held.of(text)},
            **vars(held),
        )
        change.add(issue)
        descend_added(issue, by=by, reason=why)
    return issue


def _place(draft: Edition, place: Issue | Category) -> tuple[Issue | None, Category]:
    """Where it goes, as stored in the draft."""
    if isinstance(place, Category):
        stored = draft.categories.filter(pk=place.pk).first()
        if stored is None:
            raise NotAllowed(_("Choose a primary issue or a category of this draft."))
        return None, stored
    found = draft.issues.select_related("category", "edition").filter(pk=place.pk).first()
    if found is None:
        raise Conflict(_("%(issue)s is no longer in the draft.") % {"issue": place.code}, None)
    need_room(found)
    need_active([found])
    return found, found.category


Change = Literal["reworded", "renamed", "redefined"]


@transaction.atomic
def change_issue(
    *,
    issue: Issue,
    texts: IssueTexts,
    by: User | None,
    version: int | None = None,
    change: Change = "reworded",
    reason: str = "",
    groups: Sequence[str] | None = None,
) -> Issue:
    """Set the texts, and the groups where given; returns the issue as stored.

    `change` is what people mean by it: `reworded` leaves the issue what it was and needs no reason; `renamed` (another
    name) and `redefined` (another meaning) break its identity and need one, which goes into its lineage. Conflict
    where somebody else changed it after `version`; NotAllowed for a published edition, a retired issue, no name, and
    `renamed` or `redefined` where name or definition stay as they are.
    """
    draft = locked_edition_draft(issue.edition)
    stored = draft_issue(issue, version)
    need_active([stored])
    held = texts.cleaned()
    why = reason.strip() if change == "reworded" else need_reason(reason)
    _need_fit(change, _differing(stored, held))
    wanted = stored.groups if groups is None else list(groups)
    if not _differing(stored, held) and stored.groups == wanted:
        return stored
    with recorded_change("change_issue", draft, stored, by=by, reason=why):
        set_texts(stored, held)
        stored.groups = wanted
        save_changed(stored, *TEXTS, "groups", "changed")
        if why:
            kind = Lineage.Kind.RENAMED if change == "renamed" else Lineage.Kind.KEPT
            mark_descent([stored], kind, by=by, reason=why)
    return stored


def _differing(issue: Issue, texts: IssueTexts) -> list[str]:
    return [name for name, text in vars(texts).items() if getattr(issue, name) != text]


def _need_fit(change: str, differing: Sequence[str]) -> None:
    texts = {name.partition("_")[0] for name in differing}
    if change == "renamed" and "name" not in texts:
        raise NotAllowed(_("The name is the same as before. Choose another kind of change."))
    if change == "redefined" and "definition" not in texts:
        raise NotAllowed(_("The definition is the same as before. Choose another kind of change."))


@transaction.atomic
def take_default_definitions(*, edition: Edition, by: User | None) -> list[Issue]:
    """Give the issues of a draft the definitions that the default library has now, where code and Chinese name are
    those of the default library; returns the issues that changed. Each is a change of its own and can be undone.

    An installation has the definitions with which it was set up, and nothing replaces them unasked. NotAllowed for a
    published edition.
    """
    draft = locked_edition_draft(edition)
    default = {record.code: record for record in shipped_library().issues}
    changed = []
    for issue in draft.issues.filter(status=Issue.Status.ACTIVE).order_by("code"):
        record = default.get(issue.code)
        if record is None or record.name.get("zh") != issue.name_zh:
            continue
        texts = IssueTexts(**in_each(Issue, {"definition": record.definition}))
        if _differing(issue, texts):
            changed.append(
                change_issue(issue=issue, texts=IssueTexts(**{**vars(texts_of(issue)), **vars(texts)}), by=by)
            )
    return changed


@transaction.atomic
def merge_issues(
    *,
    into: Issue,
    others: Sequence[Issue],
    by: User | None,
    reason: str,
    texts: IssueTexts | None = None,
    versions: Mapping[str, int] | None = None,
) -> Issue:
    """`into` takes over the mappings, groups and ancestors of the others, and their secondaries; the others go.

    `texts`: the new names and definitions, None leaves those of `into`. `versions`: code → the version that the person
    saw. NotAllowed for a published edition, without a reason, for a merge into itself or of nothing, of primary with
    secondary issues, and of retired ones; Conflict where one was changed after the version seen.
    """
    draft = locked_edition_draft(into.edition)
    seen = versions or {}
    kept = draft_issue(into, seen.get(into.code))
    gone = [draft_issue(issue, seen.get(issue.code)) for issue in others]
    _refuse_merge(kept, gone)
    why = need_reason(reason)
    held = texts.cleaned() if texts else None
    secondaries = [row for issue in gone for row in _below(issue)]
    with recorded_change("merge_issues", draft, kept, by=by, reason=why, touches=[*gone, *secondaries]):
        moved = take_secondaries(gone, kept)
        mark_descent(moved, Lineage.Kind.MOVED, by=by, reason=why)
        descend_merged(kept, gone, by=by, reason=why)
        _take_mappings(kept, gone)
        if held:
            set_texts(kept, held)
        kept.groups = list(dict.fromkeys(code for issue in (kept, *gone) for code in issue.groups))
        save_changed(kept, *TEXTS, "groups", "changed")
        Issue.objects.filter(pk__in=[issue.pk for issue in gone]).delete()
    return kept


def _refuse_merge(kept: Issue, gone: Sequence[Issue]) -> None:
    if not gone:
        raise NotAllowed(_("Choose at least one other issue to merge with."))
    keys = [kept.pk, *(issue.pk for issue in gone)]
    if len(set(keys)) < len(keys):
        raise NotAllowed(_("An issue cannot be merged into itself."))
    if any(issue.edition_id != kept.edition_id for issue in gone):
        raise NotAllowed(_("Only issues of one draft can be merged."))
    if any(issue.level != kept.level for issue in gone):
        raise NotAllowed(_("Issues of different levels cannot be merged. Move one of them first."))
    need_active([kept, *gone])


def _take_mappings(kept: Issue, gone: Sequence[Issue]) -> None:
    held = set(kept.mappings.values_list("disclosure_id", flat=True))
    found = IssueMapping.objects.filter(issue__in=gone).order_by("pk").values_list("disclosure_id", flat=True)
    fresh = [disclosure for disclosure in dict.fromkeys(found) if disclosure not in held]
    IssueMapping.objects.bulk_create(IssueMapping(issue=kept, disclosure_id=disclosure) for disclosure in fresh)


@transaction.atomic
def move_issue(
    *,
    issue: Issue,
    by: User | None,
    reason: str,
    primary: Issue | None = None,
    category: Category | None = None,
    version: int | None = None,
) -> Issue:
    """Move a secondary issue under `primary`, or a primary issue with its secondaries to `category`.

    What moves takes the next free codes of the new place, as a code says where its issue stands and an import refuses
    one that changed its category. NotAllowed for a published edition, without a reason, for a retired issue, a primary
    under a primary, anything under itself or under a secondary, and a move to where the issue is.
    """
    draft = locked_edition_draft(issue.edition)
    stored = draft_issue(issue, version)
    need_active([stored])
    why = need_reason(reason)
    if stored.is_primary:
        target = _category(draft, stored, primary, category)
        touches = _below(stored)
    else:
        target, touches = _primary(draft, stored, primary), _below(stored)
    with recorded_change("move_issue", draft, stored, by=by, reason=why, touches=touches):
        along = place_in(stored, target) if stored.is_primary else place_under(stored, target)
        mark_descent([stored, *along], Lineage.Kind.MOVED, by=by, reason=why)
    return stored


def _below(issue: Issue) -> list[Issue]:
    return [each for row in issue.secondaries.all() for each in (row, *_below(row))]


def _category(draft: Edition, issue: Issue, primary: Issue | None, category: Category | None) -> Category:
    if primary is not None and primary.pk == issue.pk:
        raise NotAllowed(_("An issue cannot stand under itself."))
    if primary is not None:
        raise NotAllowed(_("%(code)s is a primary issue; it cannot stand under another one.") % {"code": issue.code})
    stored = draft.categories.filter(pk=category.pk).first() if category else None
    if stored is None:
        raise NotAllowed(_("Choose a category of this draft."))
    if stored.pk == issue.category_id:
        raise NotAllowed(_("The issue is in this category already."))
    return stored


def _primary(draft: Edition, issue: Issue, primary: Issue | None) -> Issue:
    stored = draft.issues.select_related("category", "edition").filter(pk=primary.pk).first() if primary else None
    if stored is None:
        raise NotAllowed(_("Choose a primary issue of this draft."))
    if stored.pk in {row.pk for row in (issue, *_below(issue))}:
        raise NotAllowed(_("An issue cannot stand under itself."))
    need_room(stored, issue)
    need_active([stored])
    if stored.pk == issue.parent_id:
        raise NotAllowed(_("The issue is under this primary issue already."))
    return stored


@transaction.atomic
def reorder_issues(
    *,
    edition: Edition,
    codes: Sequence[str],
    by: User | None,
    primary: Issue | None = None,
    category: Category | None = None,
) -> None:
    """Give the secondaries of `primary`, or the primaries of `category`, the order of `codes`.

    Versions stay: an order is no text that two people could overwrite. Conflict where `codes` are not those that
    stand there, as somebody added, moved or removed one meanwhile; NotAllowed for a published edition.
    """
    draft = locked_edition_draft(edition)
    if (primary is None) == (category is None):
        raise NotAllowed(_("Choose a primary issue or a category of this draft."))
    there = draft.issues.filter(parent=primary) if primary else draft.issues.filter(category=category, parent=None)
    issues = {issue.code: issue for issue in there.order_by("order", "code")}
    if sorted(codes) != sorted(issues):
        raise Conflict(_("Issues were added or removed here meanwhile. Look at the list again."), primary)
    if list(codes) == list(issues):
        return
    first = next(issues[code] for code, old in zip(codes, issues, strict=True) if code != old)
    with recorded_change("reorder_issues", draft, first, by=by, touches=issues.values()):
        for place, code in enumerate(codes, start=1):
            issues[code].order = place
        Issue.objects.bulk_update(issues.values(), ["order"])


@transaction.atomic
def retire_issue(
    *, issue: Issue, by: User | None, reason: str, version: int | None = None, acknowledged: bool = False
) -> Issue | None:
    """Mark the issue as retired; one that was only added in this draft is removed (None).

    NotAllowed for a published edition, without a reason, for a retired issue and a primary one with active
    secondaries. A live survey that asks about it in the edition in force goes on: Unacknowledged says so unless
    `acknowledged`. Conflict where somebody changed it after `version`.
    """
    draft = locked_edition_draft(issue.edition)
    stored = draft_issue(issue, version)
    need_active([stored])
    why = need_reason(reason)
    _need_no_secondaries(stored)
    sources = origins(stored)
    warnings = objections_to_retiring(draft, [stored])[stored.pk]
    if warnings and not acknowledged:
        raise Unacknowledged(warnings)
    with recorded_change("retire_issue", draft, stored, by=by, reason=why):
        if not sources:
            Issue.objects.filter(pk=stored.pk).delete()
            return None
        stored.status = Issue.Status.RETIRED
        save_changed(stored, "status")
        descend_retired([stored], by=by, reason=why)
    return stored


def _need_no_secondaries(issue: Issue) -> None:
    active = issue.secondaries.filter(status=Issue.Status.ACTIVE).order_by("order", "code")
    codes = list(active.values_list("code", flat=True))
    if codes:
        raise NotAllowed(
            _("%(issue)s has secondary issues: %(codes)s. Move or retire them first.")
            % {"issue": issue.code, "codes": ", ".join(codes)}
        )
    if issue.secondaries.exists() and not origins(issue):
        raise NotAllowed(_("Retired issues stand under %(issue)s, so it stays.") % {"issue": issue.code})


@transaction.atomic
def split_issue(
    *, issue: Issue, parts: Sequence[IssueTexts], by: User | None, reason: str, version: int | None = None
) -> list[Issue]:
    """Put the parts in the place of the issue: new issues with new codes, each with its mappings and groups.

    Secondaries of a primary issue come under the first part. NotAllowed for a published edition, without a reason, for
    fewer than two parts, two of one name, or a retired issue; Conflict where somebody changed it after `version`.
    """
    draft = locked_edition_draft(issue.edition)
    stored = draft_issue(issue, version)
    need_active([stored])
    why = need_reason(reason)
    texts = [part.cleaned() for part in parts]
    _refuse_split(texts)
    secondaries = _below(stored)
    followers = draft.issues.filter(parent=stored.parent, category=stored.category, order__gt=stored.order)
    touches = [*secondaries, *followers]
    with recorded_change("split_issue", draft, stored, by=by, reason=why, touches=touches) as change:
        followers.update(order=F("order") + len(texts) - 1)
        made = [_made(stored, part, stored.order + place) for place, part in enumerate(texts)]
        for part in made:
            change.add(part)
        mark_descent(take_secondaries([stored], made[0]), Lineage.Kind.MOVED, by=by, reason=why)
        descend_split(stored, made, by=by, reason=why)
        Issue.objects.filter(pk=stored.pk).delete()
    return made


def _refuse_split(texts: Sequence[IssueTexts]) -> None:
    if len(texts) < 2:
        raise NotAllowed(_("An issue is split into at least two."))
    names = [tuple(sorted(part.of("name").items())) for part in texts]
    if len(set(names)) < len(names):
        raise NotAllowed(_("Two parts have the same name."))


def _made(issue: Issue, part: IssueTexts, order: int) -> Issue:
    """One part, with all that hangs on the issue."""
    now = timezone.now().isoformat()
    made = Issue.objects.create(
        edition=issue.edition,
        category=issue.category,
        parent=issue.parent,
        code=free_primary_code(issue.category) if issue.is_primary else free_secondary_code(issue.parent),
        groups=issue.groups,
        order=order,
        changed={name: now for text in TEXTS for name in part.of(text)},
        **vars(part),
    )
    disclosures = issue.mappings.order_by("pk").values_list("disclosure_id", flat=True)
    IssueMapping.objects.bulk_create(IssueMapping(issue=made, disclosure_id=disclosure) for disclosure in disclosures)
    return made


@transaction.atomic
def undo_last_change(*, edition: Edition, by: User | None, change: int | None = None) -> EditionChange:
    """Put all rows back as they were before the last change that is not undone; returns it.

    `change` is the key of the change that the person saw: Conflict where another one came after it. NotAllowed for a
    published edition, where there is nothing to undo, and where an import or an edit of mappings changed the same
    rows since. Versions go on counting.
    """
    draft = locked_edition_draft(edition)
    last = last_change(draft)
    if last is None:
        raise NotAllowed(_("There is no change to undo."))
    if change is not None and change != last.pk:
        raise Conflict(
            _("Another change was made meanwhile. %(change)s") % {"change": last_change_sentence(draft)}, last
        )
    _put_back(last)
    last.undone = True
    last.save(update_fields=["undone"])
    keys = sorted({int(key) for rows in (last.before, last.after) for key in rows.get("issue", {})})
    told = {"undone": last.action, "object": last.object_text}
    audit.record(
        "undo_last_change",
        draft,
        by=by,
        before=told_of(last.after),
        after={**told, **told_of(last.before)},
        touched=[Issue(pk=key) for key in keys],
    )
    return last


def _put_back(change: EditionChange) -> None:
    """NotAllowed where the rows are not as the change left them, or something else was built on them."""
    try:
        with transaction.atomic():
            if not still_as(change.before, change.after):
                raise IntegrityError("rows were changed since")
            put_back(change.before, change.after)
    except IntegrityError as error:  # a protected row is one, too
        raise NotAllowed(
            _("“%(object)s” was changed again since in another way, such as by an import, so this cannot be undone.")
            % {"object": change.object_text}
        ) from error
