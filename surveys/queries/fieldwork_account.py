"""How the invitations of a survey became valid responses, from its figures."""

from collections import Counter
from datetime import date, datetime
from zoneinfo import ZoneInfo

from surveys.models import Survey
from surveys.questionnaire.account import Account, taken_out
from surveys.questionnaire.funnel import Funnel
from surveys.questionnaire.rules import FLAG_BIT, REJECT
from surveys.questionnaire.window import Standing, closing_time, standing
from surveys.rules_in_force import rules_in_force


def account_of(survey: Survey, figures: dict, funnel: Funnel, counts, by_day: dict[int, int], now: datetime) -> Account:
    """The account of the funnel; `counts` as `build_funnel` takes it, `by_day` submitted responses per ordinal day."""
    total = funnel.total
    rejecting = [flag for flag, bit in FLAG_BIT.items() if bit & int(rules_in_force(survey).bits(REJECT))]
    groups, rejected, excluded = taken_out(figures["kinds"], rejecting, counts)
    first, last = _dates(survey, by_day, now)
    return Account(
        invited=total.invited,
        first=first,
        last=last,
        is_open=standing(survey, now) is Standing.OPEN,
        submitted=total.submitted,
        waiting=total.waiting,
        valid=total.valid,
        unfinished=total.in_progress + total.broken_off + total.unfinished,
        excluded=excluded,
        ways={channel: number for channel, number in submitted_by_channel(funnel).items() if number},
        groups=groups,
        rejected={flag: rejected[flag] for flag in rejecting if rejected[flag]},
    )


def submitted_by_channel(funnel: Funnel) -> Counter:
    """Submitted responses of all groups per channel."""
    found: Counter = Counter()
    for lines in funnel.channels.values():
        for line in lines:
            found[line.channel] += line.submitted
    return found


def opening_time(survey: Survey) -> datetime | None:
    """When answers could come in first."""
    return max(filter(None, (survey.opened_at, survey.opens_at)), default=None)


def _dates(survey: Survey, by_day: dict[int, int], now: datetime) -> tuple[date | None, date | None]:
    """The days of the first and last response; without times those of opening and closing; open surveys: to today.

    Days of an anonymous survey with few answers are joined to others, so that its dates are the better ones.
    """
    zone, end = ZoneInfo(survey.zone), closing_time(survey)
    if standing(survey, now) is Standing.OPEN:
        end = now
    if by_day and not survey.anonymous:
        first, last = date.fromordinal(min(by_day)), date.fromordinal(max(by_day))
        return (first, max(last, now.astimezone(zone).date())) if end is now else (first, last)
    begin = opening_time(survey)
    if begin is None or end is None:
        return None, None
    return begin.astimezone(zone).date(), max(begin, end).astimezone(zone).date()
