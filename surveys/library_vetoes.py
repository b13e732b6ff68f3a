"""What open surveys have to say on changes of the library that they ask about."""

from django.utils.translation import gettext as _

from materiality.models import Edition, Issue
from materiality.vetoes import CORRECT_ERRATUM, RETIRE_ISSUE, add_veto
from surveys.models import Survey


def open_surveys_on(edition: Edition) -> list[str]:
    """While people answer, the texts they are asked stay as they are."""
    surveys = Survey.objects.filter(cycle__edition=edition, state=Survey.State.OPEN).order_by("pk")
    sentence = _("The survey %(survey)s is open on this edition; correct it when the survey is closed.")
    return [sentence % {"survey": survey.title} for survey in surveys]


def open_surveys_about(issue: Issue) -> list[str]:
    """A survey that asks about the issue goes on, as its edition keeps it."""
    surveys = Survey.objects.filter(items__issue=issue, state=Survey.State.OPEN).distinct().order_by("pk")
    sentence = _("The open survey %(survey)s asks about %(issue)s; it goes on, but its result ends with this edition.")
    return [sentence % {"survey": survey.title, "issue": issue.code} for survey in surveys]


add_veto(CORRECT_ERRATUM, open_surveys_on)
add_veto(RETIRE_ISSUE, open_surveys_about)
