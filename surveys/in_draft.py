"""The survey as it is stored, locked for a change that only a draft allows."""

from django.utils.translation import gettext as _

from materiality.refusals import NotAllowed
from surveys.models import Survey


def locked_draft(survey: Survey) -> Survey:
    """The stored row, locked; NotAllowed once the survey was opened. Call it in the action's transaction."""
    stored = Survey.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=survey.pk)
    if stored.state != Survey.State.DRAFT:
        raise NotAllowed(_("The survey was opened, and is frozen since then."))
    return stored
