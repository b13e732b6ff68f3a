"""Correct the spelling of a published issue."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality import audit
from materiality.issue_texts import FIELDS
from materiality.models import Edition, Erratum, Issue, User
from materiality.refusals import Conflict, NotAllowed
from materiality.vetoes import CORRECT_ERRATUM, vetoes


@transaction.atomic
def correct_erratum(
    *, issue: Issue, field: str, text: str, reason: str, by: User | None, version: int | None = None
) -> Erratum:
    """Put `text` in the place of one text of an issue of the edition in force; the old one is kept with the reason.

    `field` is one of `name_zh`, `name_en`, `definition_zh`, `definition_en`. NotAllowed for a draft or a superseded
    edition, without a reason, for an empty or equal text, and while an app objects (an open survey on the edition);
    Conflict where the text was corrected after `version`. That meaning stays is the person's word: the reason says so.
    """
    edition = Edition.objects.select_for_update().get(pk=issue.edition_id)
    stored = Issue.objects.select_related("edition").get(pk=issue.pk)
    wanted, why = text.strip(), reason.strip()
    _refuse(edition, stored, field, wanted, why)
    if version is not None and stored.version != version:
        raise Conflict(_("%(issue)s was corrected meanwhile. Look at it again.") % {"issue": stored.code}, stored)
    old = getattr(stored, field)
    # First, as the database lets a published text change only where an erratum says so.
    erratum = Erratum.objects.create(issue=stored, field=field, old_text=old, new_text=wanted, reason=why, by=by)
    setattr(stored, field, wanted)
    stored.changed = {**stored.changed, field: timezone.now().isoformat()}
    stored.version += 1
    stored.save(update_fields=[field, "changed", "version"])
    audit.record("correct_erratum", stored, by=by, before={field: old}, after={field: wanted}, reason=why)
    return erratum


def _refuse(edition: Edition, issue: Issue, field: str, text: str, reason: str) -> None:
    if edition.state == Edition.State.DRAFT:
        raise NotAllowed(_("This edition is a draft: change the issue itself."))
    if edition.state == Edition.State.SUPERSEDED:
        raise NotAllowed(_("This edition is superseded; only the edition in force is corrected."))
    if field not in FIELDS:
        raise NotAllowed(_("Only names and definitions can be corrected."))
    if not reason:
        raise NotAllowed(_("Say what was misspelt; the reason is kept with the old text."))
    if not text or text == getattr(issue, field):
        raise NotAllowed(_("The corrected text is empty or the same as before."))
    longest = Issue._meta.get_field(field).max_length
    if longest and len(text) > longest:
        raise NotAllowed(_("A name can have at most %(number)s characters.") % {"number": longest})
    objections = vetoes(CORRECT_ERRATUM, edition)
    if objections:
        raise NotAllowed(" ".join(objections))
