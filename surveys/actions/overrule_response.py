"""Decide by hand whether a response counts."""

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.models import Response, Survey


@transaction.atomic
def overrule_response(*, response: Response, overruled: int, reason: str, by: User) -> Response:
    """Include or exclude a response, or (NO) leave it to the rules again; its flags stay as they are.

    NotAllowed without a reason, for an unfinished response, or where the decision stands already. Runs made before
    keep their numbers; the next one counts the decision.
    """
    # Mixing writes the responses of an anonymous survey anew: its lock comes first, or the change could be lost.
    Survey.objects.select_for_update(no_key=True).get(pk=response.survey_id)
    stored = Response.objects.select_for_update().get(pk=response.pk)
    if stored.unfinished:
        raise NotAllowed(_("This response was never submitted; unfinished responses do not count."))
    if not reason.strip():
        raise NotAllowed(_("Say why: the reason stands in the audit trail."))
    if stored.overruled == overruled:
        raise NotAllowed(_("That is decided already."))
    before = {"overruled": stored.overruled, "reason": stored.overruled_reason}
    decided = overruled != Response.Overruled.NO
    stored.overruled = overruled
    stored.overruled_by = by if decided else None
    stored.overruled_reason = reason.strip() if decided else ""
    stored.save(update_fields=["overruled", "overruled_by", "overruled_reason"])
    audit.record(
        "overrule_response", stored, by=by, before=before, after={"overruled": overruled}, reason=reason.strip()
    )
    return stored
