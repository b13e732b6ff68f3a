"""Whether a survey takes sheets that come back."""

from django.utils.translation import gettext as _

from materiality.refusals import NotAllowed
from surveys.models import Survey


def refuse_closed(survey: Survey) -> None:
    """NotAllowed where the survey takes no more sheets: an anonymous one is sealed when it closes."""
    if survey.state == Survey.State.DRAFT or (survey.anonymous and survey.state == Survey.State.CLOSED):
        raise NotAllowed(_("The survey is closed; an anonymous survey takes no more answers then."))
