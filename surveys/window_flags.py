"""The flag of responses outside the survey's dates, when the dates move."""

from django.db.models import F, Q

from surveys.models import Response, Survey
from surveys.questionnaire.rules import FLAG_BIT, OFF, Rules
from surveys.questionnaire.window import GRACE, closing_time

OUTSIDE = FLAG_BIT["out_of_window"]


def mark_outside_window(survey: Survey) -> int:
    """Set the out_of_window flag of stored responses anew (scoring.md); returns how many moved.

    Answers given on the survey's own pages have the grace if they were begun before the closing. Anonymous responses
    hold no times: their flags stay as they were when they came.
    """
    if survey.anonymous or Rules.from_json(survey.rules).effects["out_of_window"] == OFF:
        return 0
    responses = Response.objects.filter(survey=survey, submitted_at__isnull=False, unfinished=False)
    responses = responses.annotate(flagged=F("flags").bitand(OUTSIDE))
    outside = _outside(survey)
    added = responses.filter(outside, flagged=0).update(flags=F("flags").bitor(OUTSIDE))
    removed = responses.exclude(outside).exclude(flagged=0).update(flags=F("flags") - OUTSIDE)
    return added + removed


def _outside(survey: Survey) -> Q:
    closes = closing_time(survey)
    found = Q(pk__in=())
    if survey.opens_at:
        found |= Q(submitted_at__lt=survey.opens_at)
    if closes:
        graced = Q(source__isnull=True, submitted_at__lte=closes + GRACE) & (
            Q(started_at__isnull=True) | Q(started_at__lt=closes)
        )
        found |= Q(submitted_at__gt=closes) & ~graced
    return found
