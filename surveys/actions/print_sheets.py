"""Print numbered questionnaires on paper."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from materiality import audit
from materiality.jobs import request_job
from materiality.models import Group, Job, User
from materiality.refusals import NotAllowed
from surveys.job_kinds import PRINT_SHEETS
from surveys.models import PaperSheet, Survey
from surveys.parts_given import draw_parts
from surveys.queries.questionnaire import Asked, Questionnaire, questionnaire_of
from surveys.questionnaire.asking import blank_ratings

MOST_SHEETS = 500
# Ratings on all sheets together: more make a file that no printer takes in one go.
MOST_RATINGS = 60_000
LANGUAGES = ("both", "zh-hans", "en")


@transaction.atomic
def print_sheets(
    *, survey: Survey, group: Group, number: int, language: str, definitions: bool, by: User | None, send: bool = True
) -> Job:
    """Number so many new sheets for a group, say what each asks, and request their PDF; returns the job.

    In a split survey each sheet gets a part of its own, drawn and counted as online. `language` is one of LANGUAGES.
    NotAllowed where the survey is not open, the group is asked nothing, or the sheets are too many.
    """
    survey = Survey.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=survey.pk)
    if survey.state != Survey.State.OPEN:
        raise NotAllowed(_("Sheets can be printed while the survey is open."))
    questionnaire = questionnaire_of(survey.pk, survey.opened_at)
    asked = questionnaire.asked_of(group.pk)
    if not asked.issues:
        raise NotAllowed(_("This group is not asked anything in this survey."))
    most = min(MOST_SHEETS, MOST_RATINGS // max(1, asked.each * len(asked.dimensions)))
    if not 1 <= number <= most:
        raise NotAllowed(_("At most %(most)s sheets at a time can be printed for this group.") % {"most": most})
    first = (survey.paper_sheets.aggregate(last=Max("number"))["last"] or 0) + 1
    vectors = _parts(survey, group, questionnaire, asked, number)
    PaperSheet.objects.bulk_create(
        PaperSheet(
            survey=survey, group=group, number=first + place, language=language, asked=vector,
            notice_version=survey.notice_version,
        )
        for place, vector in enumerate(vectors)
    )  # fmt: skip
    last = first + number - 1
    inputs = {"survey": survey.pk, "group": group.code, "first": first, "last": last, "language": language}
    job = request_job(PRINT_SHEETS, inputs={**inputs, "definitions": definitions}, by=by, cycle=survey.cycle, send=send)
    audit.record("print_sheets", survey, by=by, after={"group": group.code, "from": first, "to": last})
    return job


def _parts(survey: Survey, group: Group, questionnaire: Questionnaire, asked: Asked, number: int) -> list[bytes]:
    """The vectors of the sheets."""
    if not survey.split:
        return [blank_ratings(questionnaire.positions_of, asked.issues, asked.dimensions)] * number
    parts = draw_parts(questionnaire, group.pk, asked, number)
    return [blank_ratings(questionnaire.positions_of, part, asked.dimensions) for part in parts]
