"""Make a response of a paper sheet."""

from zoneinfo import ZoneInfo

import numpy as np
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality import audit
from materiality.models import User
from materiality.refusals import NotAllowed
from surveys.arrays import ResponseColumns
from surveys.erasing import empty_log_soon
from surveys.models import PaperSheet, Response, Survey, Tally
from surveys.paper.entry import Entry
from surveys.paper.taking import locked_sheet
from surveys.questionnaire.arrival import arrival_id
from surveys.screening import flags_of_new
from surveys.tallies import add_to_tally
from surveys.waiting import Waiting, add_waiting, profile_text

CHANNEL = "paper"


@transaction.atomic
def store_sheet(*, sheet: PaperSheet, entry: Entry, by: User | None) -> PaperSheet:
    """Store what the two entries of a sheet agree on, screened like a response without times.

    In an anonymous survey the answers wait to be mixed, and the sheet forgets both entries and what it asked, by which
    a split questionnaire could be found again. NotAllowed where it is stored already, or the survey takes no more.
    """
    sheet = locked_sheet(sheet)
    survey = sheet.survey
    if sheet.state == PaperSheet.State.STORED:
        raise NotAllowed(_("This sheet is stored already."))
    flags = int(flags_of_new(survey, _columns(sheet, entry))[0])
    if survey.anonymous:
        _finish(survey, sheet, entry, flags)
        sheet.asked = sheet.first = sheet.second = b""
        sheet.first_profile, sheet.second_profile = {}, {}
        sheet.first_comment = sheet.second_comment = ""
    else:
        _store(survey, sheet, entry, flags)
    sheet.state = PaperSheet.State.STORED
    sheet.save()
    audit.record("store_sheet", sheet, by=by, after={"state": sheet.state})
    return sheet


def _columns(sheet: PaperSheet, entry: Entry) -> ResponseColumns:
    return ResponseColumns(
        group=[sheet.group_id],
        channel=[CHANNEL],
        language=[""],
        token=[_token(sheet)],
        started_at=[None],
        submitted_at=[None],
        unfinished=np.zeros(1, dtype=bool),
        consent=np.ones(1, dtype=bool),
        comment=[entry.comment],
        ratings=np.frombuffer(entry.ratings, dtype=np.uint8).reshape(1, -1).copy(),
        profile=[dict(entry.profile)],
    )


def _store(survey: Survey, sheet: PaperSheet, entry: Entry, flags: int) -> None:
    Response.objects.create(
        id=arrival_id(),
        survey=survey,
        group=sheet.group,
        channel=CHANNEL,
        language="" if sheet.language == "both" else sheet.language,
        token=_token(sheet),
        comment=entry.comment,
        ratings=entry.ratings,
        profile=dict(entry.profile),
        notice_version=sheet.notice_version,
        flags=flags,
    )


def _finish(survey: Survey, sheet: PaperSheet, entry: Entry, flags: int) -> None:
    answers = (survey.pk, sheet.group_id, entry.ratings, entry.comment, profile_text(dict(entry.profile)))
    add_waiting(Waiting(*answers, flags, None))
    today = timezone.now().astimezone(ZoneInfo(survey.zone)).date().toordinal()
    add_to_tally(survey.pk, Tally.Measure.SUBMITTED, group=sheet.group.code, channel=CHANNEL)
    add_to_tally(survey.pk, Tally.Measure.DAY, group=sheet.group.code, place=today)
    # SQLite's log would show this transaction, with the sheet in it.
    transaction.on_commit(empty_log_soon, robust=True)


def _token(sheet: PaperSheet) -> str:
    return f"paper-{sheet.number}"
