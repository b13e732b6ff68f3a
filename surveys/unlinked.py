"""Responses of a file for an anonymous survey: only what may be kept of them, in an order that tells nothing."""

from collections import Counter
from dataclasses import replace
from random import SystemRandom
from zoneinfo import ZoneInfo

import numpy as np

from materiality.models import Group
from surveys.arrays import ResponseColumns
from surveys.erasing import rewrite_in_key_order, rewrite_shuffled
from surveys.models import AnonymousAnswer, AnonymousComment, Response, Survey, Tally
from surveys.profile_answers import single_answers
from surveys.questionnaire.screening import capped_seconds_per_item
from surveys.tallies import add_to_tally


def unlinked(columns: ResponseColumns, flags: np.ndarray) -> tuple[ResponseColumns, np.ndarray]:
    """The rows and their flags shuffled, without token, times, channel, language, profile, comment and answer to the
    attention question; what the rules need stays as flags and as seconds per answered item.
    """
    order = list(range(len(columns)))
    SystemRandom().shuffle(order)
    place = np.array(order, dtype=np.intp)
    columns, size = columns.pick(place), len(order)
    empty, unknown = [""] * size, [None] * size
    return (
        replace(
            columns,
            seconds_per_item=_seconds_per_item(columns),
            **dict.fromkeys(("token", "channel", "language", "comment"), empty),
            **dict.fromkeys(("started_at", "submitted_at", "attention", "notice_version"), unknown),
            profile=[{} for _row in order],
        ),
        flags[place],
    )


def store_apart(survey: Survey, columns: ResponseColumns) -> None:
    """Store comments and profile answers, shuffled and without group, and count the submitted rows by channel and by
    day as far as the file says when; `columns` as the file has them.
    """
    comments = [AnonymousComment(survey=survey, text=text) for text in columns.comment if text]
    answers = [
        AnonymousAnswer(survey=survey, question=question, answer=answer)
        for profile in columns.profile
        for question, answer in single_answers(profile)
    ]
    for model, rows in ((AnonymousComment, comments), (AnonymousAnswer, answers)):
        SystemRandom().shuffle(rows)
        model.objects.bulk_create(rows, batch_size=500)
    _count(survey, columns)


def hide_among_others(survey: Survey) -> None:
    """Write all of the survey's rows anew, so that those of the file cannot be told from others by their place."""
    rewrite = rewrite_in_key_order if survey.sealed_at else rewrite_shuffled
    for model in (Response, AnonymousComment, AnonymousAnswer):
        rewrite(model, survey.pk)


def _count(survey: Survey, columns: ResponseColumns) -> None:
    codes, zone = dict(Group.objects.filter(cycle=survey.cycle_id).values_list("id", "code")), ZoneInfo(survey.zone)
    channels, days = Counter(), Counter()
    for row in np.flatnonzero(~columns.unfinished).tolist():
        code, time = codes[columns.group[row]], columns.submitted_at[row]
        channels[code, columns.channel[row]] += 1
        if time is not None:
            days[code, time.astimezone(zone).date().toordinal()] += 1
    for (code, channel), number in channels.items():
        add_to_tally(survey.pk, Tally.Measure.SUBMITTED, group=code, channel=channel, number=number)
    for (code, day), number in days.items():
        add_to_tally(survey.pk, Tally.Measure.DAY, group=code, place=day, number=number)


def _seconds_per_item(columns: ResponseColumns) -> list[float | None]:
    answers = columns.answers()
    answered = ((columns.ratings > 0) & (columns.ratings < 255)).sum(axis=1)
    return [
        given if np.isnan(time) else capped_seconds_per_item(float(time), int(number))
        for given, time, number in zip(
            columns.seconds_per_item, answers.submitted_at - answers.started_at, answered, strict=True
        )
    ]
