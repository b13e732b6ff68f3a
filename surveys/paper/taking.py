"""Sheets that come back: whether their survey takes them, and their row, locked."""

from django.utils.translation import gettext as _

from materiality.refusals import NotAllowed
from surveys.models import PaperSheet, Survey


def refuse_closed(survey: Survey) -> None:
    """NotAllowed where the survey takes no more sheets: an anonymous one is sealed when it closes."""
    if survey.state == Survey.State.DRAFT or (survey.anonymous and survey.state == Survey.State.CLOSED):
        raise NotAllowed(_("The survey is closed; an anonymous survey takes no more answers then."))


def locked_sheet(sheet: PaperSheet) -> PaperSheet:
    """The stored sheet with its survey and group, locked for the caller's transaction; NotAllowed as `refuse_closed`.

    The survey's row comes first, as in closing and sealing, so that none of these waits for another in a circle.
    """
    surveys = Survey.objects.select_for_update(no_key=True, of=("self",)).select_related("cycle")
    survey = surveys.get(pk=sheet.survey_id)
    refuse_closed(survey)
    stored = PaperSheet.objects.select_for_update(of=("self",)).select_related("group").get(pk=sheet.pk)
    stored.survey = survey
    return stored
