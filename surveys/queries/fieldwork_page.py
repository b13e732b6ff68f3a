"""What the page of a survey's fieldwork shows, put together from its figures."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from materiality.models import Group
from surveys.models import ProfileQuestion, Survey
from surveys.queries.fieldwork_account import account_of, opening_time
from surveys.queries.issue_pages import issue_pages
from surveys.questionnaire.account import Account
from surveys.questionnaire.break_off import PageLine, pages_left
from surveys.questionnaire.day_bars import Chart, day_chart
from surveys.questionnaire.funnel import ONLINE, Funnel, FunnelLine, build_funnel
from surveys.questionnaire.projection import Projection, project
from surveys.questionnaire.rules import FLAG_BIT
from surveys.questionnaire.screening import valid
from surveys.questionnaire.window import Standing, closing_time, standing
from surveys.rules_in_force import flags_of_survey, rules_in_force, shown_bits

NO_MEDIAN = [None, 0]


@dataclass(frozen=True)
class GroupLine:
    """One group in the tables: its numbers, its channels, how it stands to its target, its median (and of how many)."""

    group: Group | None
    line: FunnelLine
    channels: list[FunnelLine]
    projection: Projection | None
    median: list

    @property
    def reached(self) -> float | None:
        """Part of the target, None without one."""
        return self.line.valid / self.group.target if self.group and self.group.target else None


@dataclass(frozen=True)
class FieldworkPage:
    """The figures of a survey's fieldwork in the order of the page."""

    funnel: Funnel
    lines: list[GroupLine]
    flags: list[tuple[str, int]]
    chart: Chart | None
    undated: int
    median: list
    pages: list[PageLine]
    account: Account


def fieldwork_page(survey: Survey, groups: Sequence[Group], figures: dict, now: datetime) -> FieldworkPage:
    """Everything but the cells; `figures` as `count_fieldwork` gives them. No query if all is read."""
    by_code = {group.pk: group.code for group in groups}
    flags = [(flag, FLAG_BIT[flag]) for flag in flags_of_survey(survey) if FLAG_BIT[flag] & shown_bits(survey)]
    counts = _Counting(survey)
    bits = [bit for _flag, bit in flags]
    funnel = build_funnel(figures, by_code, counts, bits=bits, anonymous=survey.anonymous)
    days = _days(survey, figures, by_code, funnel)
    medians = figures["per_item" if survey.anonymous else "seconds"]
    by_day: Counter = Counter()
    for own in days.values():
        by_day.update({day: submitted for day, (submitted, _valid) in own.items()})
    return FieldworkPage(
        funnel=funnel,
        lines=_lines(survey, groups, funnel, days, medians, now),
        flags=flags,
        chart=day_chart(by_day),
        undated=max(0, funnel.total.submitted - sum(by_day.values())),
        median=medians.get("all", NO_MEDIAN),
        pages=_pages(survey, groups, figures, funnel),
        account=account_of(survey, figures, funnel, counts, by_day, now),
    )


class _Counting:
    """Whether a response of some flags, overruling and unfinished is valid; each kind is looked at once."""

    def __init__(self, survey: Survey) -> None:
        self.rules, self.known = rules_in_force(survey), {}

    def __call__(self, flags: int, overruled: int, unfinished: bool) -> bool:
        key = (flags, overruled, unfinished)
        if key not in self.known:
            given = (np.array([flags], np.uint16), self.rules, np.array([overruled]), np.array([not unfinished]))
            self.known[key] = bool(valid(*given)[0])
        return self.known[key]


def _days(survey: Survey, figures: dict, by_code: dict[int, str], funnel: Funnel) -> dict[int, dict[int, tuple]]:
    """{group: {day: (submitted, valid)}}; of an anonymous survey by the share of mixed responses that is valid."""
    days: dict[int, dict[int, tuple]] = {}
    if not survey.anonymous:
        for group, day, *numbers in figures["days"]:
            days.setdefault(group, {})[day] = tuple(numbers)
        return days
    keys = {code: key for key, code in by_code.items()}
    mixed = {line.group: line.submitted - line.waiting for line in funnel.groups}
    share = {line.group: line.valid / mixed[line.group] for line in funnel.groups if mixed[line.group]}
    for measure, code, _channel, day, number in figures["tally"]:
        if measure == "day" and code in keys:
            days.setdefault(keys[code], {})[day] = (number, number * share.get(keys[code], 1))
    return days


def _lines(survey, groups: Sequence[Group], funnel: Funnel, days, medians: dict, moment: datetime) -> list[GroupLine]:
    known = {group.pk: group for group in groups}
    lines = []
    for line in funnel.groups:
        group = known.get(line.group)
        outlook = _projection(survey, group, line, days.get(line.group, {}), moment) if group else None
        channels = funnel.channels[line.group]
        lines.append(GroupLine(group, line, channels, outlook, medians.get(str(line.group), NO_MEDIAN)))
    return lines


def _projection(survey: Survey, group: Group, line: FunnelLine, days: dict[int, tuple], moment: datetime) -> Projection:
    zone, closes, began = ZoneInfo(survey.zone), closing_time(survey), opening_time(survey)
    return project(
        target=group.target,
        valid=line.valid,
        by_day={date.fromordinal(day): number for day, (_submitted, number) in days.items()},
        today=moment.astimezone(zone).date(),
        opened=began.astimezone(zone).date() if began else None,
        closes=closes.astimezone(zone).date() if closes else None,
        is_open=standing(survey, moment) is Standing.OPEN,
    )


def _pages(survey: Survey, groups: Sequence[Group], figures: dict, funnel: Funnel) -> list[PageLine]:
    codes = {group.pk: group.code for group in groups}
    drafts = [(codes.get(group, ""), page, idle, number) for group, _way, page, idle, number in figures["drafts"]]
    broken = [(code, page, number) for measure, code, _way, page, number in figures["tally"] if measure == "broken_off"]
    if not drafts and not broken:
        return []
    submitted = {
        codes.get(group, ""): sum(line.submitted for line in lines if line.channel in ONLINE)
        for group, lines in funnel.channels.items()
    }
    lengths, about = issue_pages(survey, groups), getattr(survey, "has_profile", None)
    if about is None:
        about = ProfileQuestion.objects.filter(survey=survey).exists()
    return pages_left(drafts, broken, submitted, lengths=lengths, about=about)
