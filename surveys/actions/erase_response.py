"""Erase a respondent's answers at their wish, by the personal link that they were given with."""

from django.db import transaction
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import AuditedRow, AuditEvent
from materiality.refusals import NotAllowed
from surveys.models import Draft, Response, Survey
from surveys.parts_given import give_back


@transaction.atomic
def erase_response(*, survey: Survey, batch_id: int, serial: int) -> bool:
    """Delete what was answered by this link, finished or not; False where there is nothing (any more).

    The link stays used. The audit event says that answers of the survey were erased, not whose or when they were
    given. Runs keep their numbers and say how many responses were erased since. NotAllowed in an anonymous survey:
    nothing that is stored says which response it is; there only unfinished answers can be erased.
    """
    stored = Survey.objects.select_for_update(no_key=True).get(pk=survey.pk)
    drafts = list(Draft.objects.select_for_update().filter(survey=stored, batch_id=batch_id, serial=serial))
    if stored.anonymous and not drafts:
        raise NotAllowed(_("The answers of an anonymous survey cannot be found again, so they cannot be deleted."))
    responses = list(Response.objects.select_for_update().filter(survey=stored, token=f"{batch_id}-{serial}"))
    if not drafts and not responses:
        return False
    give_back(stored, [draft for draft in drafts if draft.counted])
    Draft.objects.filter(pk__in=[draft.pk for draft in drafts]).delete()
    Response.objects.filter(pk__in=[response.pk for response in responses]).delete()
    if responses:
        audit.record("erase_response", stored, by=None, after={"responses": len(responses)}, touched=_named(responses))
    return True


def _named(responses: list[Response]) -> list[Response]:
    """Those that the audit trail names already: it must know that they are gone, and shall name no others."""
    keys = [str(response.pk) for response in responses]
    named = set(AuditEvent.objects.filter(object_type="surveys.response", object_id__in=keys).values_list("object_id"))
    named |= set(AuditedRow.objects.filter(object_type="surveys.response", object_id__in=keys).values_list("object_id"))
    return [response for response in responses if (str(response.pk),) in named]
