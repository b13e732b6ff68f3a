"""The days on which anonymous answers came, per group: none with fewer than 5 (architecture.md)."""

from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.db import transaction

from surveys.models import Survey, Tally
from surveys.tallies import add_to_tally

FEWEST_A_DAY = 5


@transaction.atomic
def join_thin_days(survey: Survey, moment: datetime, *, over: bool) -> int:
    """Join the days that are past and have fewer than 5 answers of a group to the next one; returns how many went.

    What has no next day yet moves to today. When the survey is `over`, what is left with fewer than 5 is joined to the
    day before it.
    """
    today = moment.astimezone(ZoneInfo(survey.zone)).date().toordinal()
    counted = Tally.objects.select_for_update().filter(survey=survey, measure=Tally.Measure.DAY)
    rows = list(counted.order_by("group", "place"))
    went = 0
    for _group, own in groupby(rows, key=lambda row: row.group):
        went += _join(list(own), today=today, over=over)
    return went


def _join(own: list[Tally], *, today: int, over: bool) -> int:
    """Join the days of one group, whose rows are locked; returns how many went."""
    days = {row.place: row.number for row in own}
    joined = joined_days(days, today=today, over=over)
    if joined == days:
        return 0
    # By key: a day whose first answer comes in at this very moment stays.
    Tally.objects.filter(pk__in=[row.pk for row in own]).delete()
    for day, number in joined.items():
        add_to_tally(own[0].survey_id, Tally.Measure.DAY, group=own[0].group, place=day, number=number)
    return len(days.keys() - joined.keys())


def joined_days(days: dict[int, int], *, today: int, over: bool) -> dict[int, int]:
    """{day as ordinal: number} with days before today of fewer than 5 joined to the next, see `join_thin_days`."""
    joined: dict[int, int] = {}
    carried = 0
    for day in sorted(days):
        number = days[day] + carried
        carried = 0
        if number < FEWEST_A_DAY and (day < today or over):
            carried = number
        else:
            joined[day] = number
    if carried:
        last = max(joined, default=None)
        place = last if over and last is not None else max(today, *days)
        joined[place] = joined.get(place, 0) + carried
    return joined
