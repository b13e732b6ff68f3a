"""Undo the last change of a draft."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.draft_changes import told_of
from materiality.draft_rows import put_back, still_as
from materiality.drafts import last_change, last_change_sentence, locked_draft
from materiality.models import Edition, EditionChange, Issue, User
from materiality.refusals import Conflict, NotAllowed


@transaction.atomic
def undo_last_change(*, edition: Edition, by: User | None, change: int | None = None) -> EditionChange:
    """Put all rows back as they were before the last change that is not undone; returns it.

    `change` is the key of the change that the person saw: Conflict where another one came after it. NotAllowed for a
    published edition, where there is nothing to undo, and where an import or an edit of mappings changed the same
    rows since. Versions go on counting.
    """
    draft = locked_draft(edition)
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
