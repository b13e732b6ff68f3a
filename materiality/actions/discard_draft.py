"""Throw a draft away."""

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from materiality import audit
from materiality.drafts import locked_draft
from materiality.models import Category, Edition, Issue, User
from materiality.refusals import NotAllowed


@transaction.atomic
def discard_draft(*, edition: Edition, by: User | None, reason: str = "") -> None:
    """Delete the draft with its issues and changes; open proposals stay for the next one.

    NotAllowed for a published edition, and where something else hangs on the draft.
    """
    draft = locked_draft(edition)
    issues, categories = list(draft.issues.all()), list(draft.categories.all())
    after = {"edition": draft.code, "issues": len(issues), "changes": draft.changes.filter(undone=False).count()}
    try:
        with transaction.atomic():
            draft.lineage.all().delete()
            Issue.objects.filter(edition=draft, parent__isnull=False).delete()
            Issue.objects.filter(edition=draft).delete()
            Category.objects.filter(edition=draft).delete()
            Edition.objects.filter(pk=draft.pk).delete()
    except ProtectedError as error:
        raise NotAllowed(_("Something else depends on this draft, so it cannot be discarded.")) from error
    audit.record("discard_draft", draft, by=by, before=after, reason=reason.strip(), touched=[*issues, *categories])
