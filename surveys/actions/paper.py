"""Paper rounds: print sheets, enter them twice, store them as responses."""

import numpy as np
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from materiality.models import Group, Job, User
from materiality.platform import audit
from materiality.platform.jobs import request_job
from materiality.platform.refusals import NotAllowed
from surveys.models import PaperSheet, Response, SealedDraft, Survey, Tally
from surveys.models.jobs import JobKind
from surveys.paper.entry import entry_differences, locked_sheet
from surveys.paper.sheets import empty_sheet, entry_of, seal_sheet
from surveys.queries.questionnaire import draw_parts, questionnaire_of
from surveys.questionnaire.asking import blank_ratings
from surveys.questionnaire.contents import Contents
from surveys.questionnaire.ratings import arrival_id
from surveys.questionnaire.responses import ResponseColumns
from surveys.respond.keys import key_of, lookup_of
from surveys.respond.sealed import seal_finished
from surveys.responses.columns import insert_responses
from surveys.responses.holdings import hold
from surveys.responses.screening import flags_of_new
from surveys.responses.tallies import add_to_tally

CHANNEL = "paper"


@transaction.atomic
def store_sheet(*, sheet: PaperSheet, entry: Contents, by: User | None) -> PaperSheet:
    """Store what the two entries of a sheet agree on, screened like a response without times.

    In an anonymous survey the answers wait to be released, and the sheet forgets both entries and what it asked.
    NotAllowed where it is stored already, or the survey takes no more.
    """
    sheet = locked_sheet(sheet)
    survey = sheet.survey
    if sheet.state == PaperSheet.State.STORED:
        raise NotAllowed(_("This sheet is stored already."))
    if survey.anonymous:
        _finish(survey, sheet, entry)
        empty_sheet(sheet)
    else:
        _store(survey, sheet, entry)
    sheet.state = PaperSheet.State.STORED
    sheet.save()
    audit.record("store_sheet", sheet, by=by, after={"state": sheet.state})
    return sheet


def _store(survey: Survey, sheet: PaperSheet, entry: Contents) -> None:
    columns = ResponseColumns(
        group=[sheet.group_id],
        channel=[CHANNEL],
        language=["" if sheet.language == "both" else sheet.language],
        token=[_token(sheet)],
        comment=[entry.comment],
        ratings=np.frombuffer(entry.ratings, dtype=np.uint8).reshape(1, -1),
        profile=[entry.profile],
        notice_version=[sheet.notice_version],
    )
    response = arrival_id()
    insert_responses(survey, columns, ids=[response], flags=flags_of_new(survey, columns))
    hold(survey.pk, Response.objects.filter(pk=response))
    add_to_tally(survey.pk, Tally.Measure.MODE, group=sheet.group.code, channel=CHANNEL)


def _finish(survey: Survey, sheet: PaperSheet, entry: Contents) -> None:
    """The answers wait for their release, without a day: that of typing is not that of answering."""
    contents = entry._replace(profile=dict(entry.profile), mode="paper", notice_version=sheet.notice_version)
    key, now = key_of(survey), timezone.now()
    lookup = lookup_of(key, f"sheet {sheet.number}")
    size = questionnaire_of(survey.pk, survey.opened_at).sealed_size
    SealedDraft.objects.create(
        survey=survey,
        group_id=sheet.group_id,
        channel=CHANNEL,
        state=SealedDraft.State.FINISHED,
        lookup=lookup,
        sealed=seal_finished(key, contents, size, lookup),
        begun_on=now.date(),
        saved_at=now,
    )


def _token(sheet: PaperSheet) -> str:
    return f"paper-{sheet.number}"


STATE = PaperSheet.State


@transaction.atomic
def enter_sheet(*, sheet: PaperSheet, entry: Contents, time: int, by: User | None) -> PaperSheet:
    """Keep one of the two entries (`time` 1 or 2); two that are the same are stored at once, others wait to be
    compared.

    NotAllowed where somebody else was faster (the sheet is beyond that time) or the survey takes no more answers.
    """
    sheet = locked_sheet(sheet)
    expected = {STATE.PRINTED: 1, STATE.ENTERED: 2}.get(sheet.state)
    if expected != time:
        raise NotAllowed(_("Somebody else has entered this sheet in the meantime."))
    name = "first" if time == 1 else "second"
    setattr(sheet, name, entry.ratings)
    setattr(sheet, f"{name}_profile", dict(entry.profile))
    setattr(sheet, f"{name}_comment", entry.comment)
    setattr(sheet, f"{name}_by", by)
    same = time == 2 and not entry_differences(entry_of(sheet, "first"), entry)
    sheet.state = STATE.DIFFERS if time == 2 and not same else STATE.ENTERED
    seal_sheet(sheet).save()
    if same:
        return store_sheet(sheet=sheet, entry=entry, by=by)
    audit.record("enter_sheet", sheet, by=by, after={"time": time, "state": sheet.state})
    return sheet


MOST_SHEETS = 500
# Ratings on all sheets together: more make a file that no printer takes in one go.
MOST_RATINGS = 60_000


@transaction.atomic
def print_sheets(
    *,
    survey: Survey,
    group: Group,
    number: int,
    language: str,
    definitions: bool = True,
    by: User | None,
    send: bool = True,
) -> Job:
    """Number so many new sheets for a group, say what each asks, and request their PDF; returns the job.

    In a split survey each sheet gets a part of its own, drawn and counted as online. `language` is one, or `both`.
    NotAllowed where the survey is not open, the group is asked nothing, or the sheets are too many.
    """
    survey = Survey.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=survey.pk)
    if survey.state != Survey.State.OPEN:
        raise NotAllowed(_("Sheets can be printed while the survey is open."))
    first = (survey.paper_sheets.aggregate(last=Max("number"))["last"] or 0) + 1
    sheets = (
        PaperSheet(
            survey=survey, group=group, number=first + place, language=language, asked=vector,
            notice_version=survey.notice_version,
        )
        for place, vector in enumerate(_vectors(survey, group, number))
    )  # fmt: skip
    PaperSheet.objects.bulk_create(seal_sheet(sheet) for sheet in sheets)
    last = first + number - 1
    inputs = {"survey": survey.pk, "group": group.code, "first": first, "last": last, "language": language}
    job = request_job(
        JobKind.PRINT_SHEETS, inputs={**inputs, "definitions": definitions}, by=by, cycle=survey.cycle, send=send
    )
    audit.record("print_sheets", survey, by=by, after={"group": group.code, "from": first, "to": last})
    return job


def _vectors(survey: Survey, group: Group, number: int) -> list[bytes]:
    """What each of so many sheets asks. NotAllowed where the group is asked nothing, or the sheets are too many."""
    questionnaire = questionnaire_of(survey.pk, survey.opened_at)
    asked = questionnaire.asked_of(group.pk)
    if not asked.issues:
        raise NotAllowed(_("This group is not asked anything in this survey."))
    most = min(MOST_SHEETS, MOST_RATINGS // max(1, asked.each * len(asked.dimensions)))
    if not 1 <= number <= most:
        raise NotAllowed(_("At most %(most)s sheets at a time can be printed for this group.") % {"most": most})
    if not survey.split:
        return [blank_ratings(questionnaire.positions_of, asked.issues, asked.dimensions)] * number
    parts = draw_parts(questionnaire, group.pk, asked, number)
    return [blank_ratings(questionnaire.positions_of, part, asked.dimensions) for part in parts]
