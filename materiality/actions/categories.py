"""Categories of a draft: add, name, order, merge, retire."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from materiality.drafts.lineage import mark_descent
from materiality.drafts.rows import locked_edition_draft, need_reason, recorded_change, save_changed
from materiality.models import Category, Edition, Issue, Lineage, User
from materiality.platform import audit
from materiality.platform.refusals import Conflict, NotAllowed

TOLD = ("code", "name", "order", "status")


@transaction.atomic
def add_category(*, edition: Edition, code: str, name: Mapping[str, str], by: User | None) -> Category:
    """A new category as the last one. NotAllowed for a published edition, a code that is taken or none, or no name."""
    draft = locked_edition_draft(edition)
    if draft.categories.filter(code=code).exists():
        raise NotAllowed(_("There is already a category with the code %(code)s.") % {"code": code})
    row = Category(edition=draft, order=_last(draft) + 1)
    with audit.audited("add_category", row, by=by, fields=TOLD):
        audit.write(row, {"code": code, "name": name})
        if not row.name:
            raise NotAllowed(_("A category needs a name."))
    return row


@transaction.atomic
def name_category(*, category: Category, name: Mapping[str, str], by: User | None) -> Category:
    """Set its names; the code, by which editions know it, stays. NotAllowed without any, and in a published edition."""
    row = _stored(category)
    if not any(name.values()):
        raise NotAllowed(_("A category needs a name."))
    with audit.audited("name_category", row, by=by, fields=TOLD):
        audit.write(row, {"name": {**row.name.texts, **name}})
    return row


@transaction.atomic
def order_category(*, category: Category, up: bool, by: User | None) -> None:
    """Change places with the one before or after it; marks and colours follow the order."""
    row = _stored(category)
    rows = list(row.edition.categories.all())
    before = [each.code for each in rows]
    place = before.index(row.code)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for number, each in enumerate(rows, start=1):
        each.order = number
    Category.objects.bulk_update(rows, ["order"])
    after = {"order": [each.code for each in rows]}
    audit.record("order_categories", row, by=by, before={"order": before}, after=after, touched=rows)


@transaction.atomic
def merge_category(*, category: Category, into: Category, by: User | None, reason: str) -> Category:
    """All its issues go into another one, under their codes, and it is retired; the lineage says that they moved.

    NotAllowed for a published edition, without a reason, and for a merge into itself.
    """
    row, other = _stored(category), _stored(into)
    why = need_reason(reason)
    if row.pk == other.pk or row.edition_id != other.edition_id:
        raise NotAllowed(_("Choose another category of this draft."))
    issues = list(row.issues.order_by("code"))
    if issues:
        with recorded_change("merge_category", row.edition, issues[0], by=by, reason=why, touches=issues[1:]):
            for issue in sorted(issues, key=lambda issue: issue.parent_id is not None):
                issue.category = other
                save_changed(issue, "category")
            active = [issue for issue in issues if issue.status == Issue.Status.ACTIVE]
            mark_descent(active, Lineage.Kind.MOVED, by=by, reason=why)
    return _retired(row, by, why)


@transaction.atomic
def retire_category(*, category: Category, by: User | None) -> Category:
    """Retire a category without active issues. NotAllowed for a published edition, or while it has some."""
    row = _stored(category)
    codes = list(row.issues.filter(status=Issue.Status.ACTIVE).order_by("code").values_list("code", flat=True))
    if codes:
        named = ", ".join(codes[:5]) + (" …" if len(codes) > 5 else "")
        raise NotAllowed(_("It has active issues: %(codes)s. Move, merge or retire them first.") % {"codes": named})
    return _retired(row, by, "")


def _retired(row: Category, by: User | None, reason: str) -> Category:
    with audit.audited("retire_category", row, by=by, fields=TOLD, reason=reason):
        audit.write(row, {"status": Category.Status.RETIRED})
    return row


def _stored(category: Category) -> Category:
    draft = locked_edition_draft(category.edition)
    row = draft.categories.select_related("edition").filter(pk=category.pk).first()
    if row is None:
        raise Conflict(_("%(category)s is no longer in the draft.") % {"category": category.code}, None)
    return row


def _last(draft: Edition) -> int:
    return max((row.order for row in draft.categories.all()), default=0)
