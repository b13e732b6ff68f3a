"""The page of fieldwork: figures per group and rule, by day, thin cells, break-offs."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Count, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import ngettext

from materiality.models import Group
from materiality.platform.hooks import WaitingWork
from materiality.queries.scores import SMALL_CELL
from surveys.models import GroupPlan, ProfileQuestion, Response, SealedDraft, Survey, Tally
from surveys.queries.plans import plan_of
from surveys.queries.questionnaire import IssueParts, asked_by
from surveys.questionnaire.asking import (
    COURSE,
    THIRDS,
    Standing,
    closing_time,
    needed_ratings,
    page_count,
    standing,
    variances,
)
from surveys.questionnaire.contents import MODES
from surveys.questionnaire.fieldwork import (
    ONLINE,
    Account,
    Chart,
    Funnel,
    FunnelLine,
    PageLine,
    Projection,
    build_funnel,
    day_chart,
    pages_left,
    project,
    taken_out,
)
from surveys.questionnaire.screening import EXCLUDE, FLAG_BIT, INCLUDE, REJECT, valid
from surveys.respond.drafts import number_begun, number_finished
from surveys.responses.fieldwork import kept_kinds, without_channels
from surveys.responses.screening import flags_of_survey, rules_in_force, shown_bits


@dataclass(frozen=True)
class CountedKind:
    """Responses that are alike in all that decides whether they count."""

    survey: int
    group: int
    flags: int
    overruled: int
    unfinished: bool
    number: int


@dataclass
class ResponseNumbers:
    """Numbers of responses: all, submitted, valid."""

    total: int = 0
    submitted: int = 0
    valid: int = 0


@dataclass(frozen=True)
class RuleLine:
    """What one rule does: submitted responses it flags, those that no other rejecting rule takes out as well
    (`alone`), and how many are left after it and the rules before it.
    """

    flag: str
    effect: str
    parameters: Mapping[str, object]
    flagged: int
    alone: int
    left: int


@dataclass
class SurveyCounts:
    """The counts of one survey. `drafts`: answers in progress; `ready`: finished ones of an anonymous survey that
    wait to be released; `included` and `excluded`: submitted responses that a person decided about.
    """

    counts: ResponseNumbers = field(default_factory=ResponseNumbers)
    groups: dict[int, ResponseNumbers] = field(default_factory=dict)
    rules: list[RuleLine] = field(default_factory=list)
    included: int = 0
    excluded: int = 0
    drafts: int = 0
    ready: int = 0

    @property
    def unfinished(self) -> int:
        """Responses of files that were never submitted."""
        return self.counts.total - self.counts.submitted


def kinds_of(surveys: Iterable[Survey]) -> list[CountedKind]:
    """All responses of these surveys by what decides whether they count, a few hundred rows.

    Small surveys are counted now, large ones as they were counted last, which may stand on the rows as `kept_kinds`.
    """
    asked = [survey.pk for survey in surveys if not hasattr(survey, "kept_kinds")]
    kept = kept_kinds(asked) | {
        survey.pk: without_channels(survey.kept_kinds) for survey in surveys if getattr(survey, "kept_kinds", None)
    }
    names = ("survey_id", "group_id", "flags", "overruled", "unfinished")
    counted = [survey.pk for survey in surveys if survey.pk not in kept]
    rows = Response.objects.filter(survey__in=counted).order_by().values_list(*names)
    now = [CountedKind(*row) for row in rows.annotate(number=Count("*"))] if counted else []
    return now + [CountedKind(pk, *row) for pk, rows in kept.items() for row in rows]


def valid_number(surveys: Iterable[Survey], kinds: Iterable[CountedKind]) -> int:
    """Valid responses of all these surveys together."""
    by_survey = {survey.pk: [kind for kind in kinds if kind.survey == survey.pk] for survey in surveys}
    return sum(
        int((_numbers(by_survey[survey.pk]) * _counting(survey, by_survey[survey.pk])).sum()) for survey in surveys
    )


def survey_counts(survey: Survey, kinds: Iterable[CountedKind]) -> SurveyCounts:
    """Everything that is counted of one survey; `kinds` may hold those of other surveys too. Two queries."""
    kinds = [kind for kind in kinds if kind.survey == survey.pk]
    ready = number_finished(survey)
    found = SurveyCounts(rules=rule_lines(survey, kinds), drafts=number_begun(survey), ready=ready)
    for kind, counts in zip(kinds, _counting(survey, kinds).tolist(), strict=True):
        for tally in (found.counts, found.groups.setdefault(kind.group, ResponseNumbers())):
            tally.total += kind.number
            tally.submitted += 0 if kind.unfinished else kind.number
            tally.valid += kind.number if counts else 0
        if not kind.unfinished:
            found.included += kind.number if kind.overruled == INCLUDE else 0
            found.excluded += kind.number if kind.overruled == EXCLUDE else 0
    return found


def rule_lines(survey: Survey, kinds: Iterable[CountedKind]) -> list[RuleLine]:
    """Each rule that the survey's responses can meet, in the order of FLAGS, over submitted responses."""
    rules = rules_in_force(survey)
    submitted = [kind for kind in kinds if not kind.unfinished]
    rejecting = int(rules.bits(REJECT))
    lines, taken = [], 0
    for flag in flags_of_survey(survey):
        # Anonymous responses keep some bits of rules that are off: nobody asks for them now.
        bit = FLAG_BIT[flag] & shown_bits(survey)
        taken |= bit & rejecting
        lines.append(
            RuleLine(
                flag=flag,
                effect=rules.effects[flag],
                parameters=rules.parameters(flag),
                flagged=sum(kind.number for kind in submitted if kind.flags & bit),
                alone=sum(kind.number for kind in submitted if kind.flags & rejecting == bit & rejecting != 0),
                left=sum(kind.number for kind in submitted if not kind.flags & taken),
            )
        )
    return lines


def _counting(survey: Survey, kinds: list[CountedKind]) -> np.ndarray:
    """bool[kinds]: whether responses of the kind are valid."""
    flags = np.array([kind.flags for kind in kinds], np.uint16)
    overruled = np.array([kind.overruled for kind in kinds], np.int8)
    submitted = ~np.array([kind.unfinished for kind in kinds], bool)
    return valid(flags, rules_in_force(survey), overruled, submitted)


def _numbers(kinds: list[CountedKind]) -> np.ndarray:
    return np.array([kind.number for kind in kinds], np.int64)


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


def issue_pages(survey: Survey, groups: Sequence[Group]) -> dict[str, int]:
    """{group code: pages of issues}, with several issues on a page; no query where plans and items are there."""
    issues = _issues(survey)
    plans = {row.group_id: row for row in survey.plans.all()}
    return {group.code: _pages_of_issues(survey, plans.get(group.pk), issues) for group in groups}


def _pages_of_issues(survey: Survey, plan: GroupPlan | None, issues: Sequence[IssueParts]) -> int:
    asked = asked_by(survey, plan, issues)
    numbers = [asked.each] if survey.split else Counter(issues[place].category for place in asked.issues).values()
    return page_count(numbers, instrument=survey.instrument, split=survey.split)


def _issues(survey: Survey) -> list[IssueParts]:
    """The survey's issues without their HTML; a category is named by its key."""
    found: dict[str, IssueParts] = {}
    for item in sorted(survey.items.all(), key=lambda item: item.position):
        code = item.issue.code
        issue = found.setdefault(code, IssueParts(code, 0, item.issue.category_id, {}, {}))
        issue.positions[item.dimension] = item.position
    return [*found.values()]


NO_MEDIAN = [None, 0]


@dataclass(frozen=True)
class GroupProgress:
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
class CourseLine:
    """A third of the issues as respondents came to them: of the items there what was left out or not known, 0–1."""

    third: int
    items: int
    skipped: float
    unknown: float


@dataclass(frozen=True)
class FieldworkPage:
    """The figures of a survey's fieldwork in the order of the page."""

    funnel: Funnel
    lines: list[GroupProgress]
    flags: list[tuple[str, int]]
    chart: Chart | None
    undated: int
    median: list
    pages: list[PageLine]
    account: Account
    modes: list[tuple[Group, list[int]]]
    course: list[CourseLine]


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
    modes = _modes(groups, figures["tally"])
    return FieldworkPage(
        modes=modes,
        course=_course({group.code for group, _numbers in modes}, figures["tally"]),
        funnel=funnel,
        lines=_lines(survey, groups, funnel, days, medians, now),
        flags=flags,
        chart=day_chart(by_day),
        undated=max(0, funnel.total.submitted - sum(by_day.values())),
        median=medians.get("all", NO_MEDIAN),
        pages=_pages(survey, groups, figures, funnel),
        account=account_of(survey, figures, funnel, counts, by_day, now),
    )


def _modes(groups: Sequence[Group], tally: Sequence[Sequence]) -> list[tuple[Group, list[int]]]:
    """How many of a group answered in normal and large text and on paper, where at least 5 did in all."""
    counts: Counter = Counter()
    for measure, code, mode, _place, number in tally:
        if measure == Tally.Measure.MODE:
            counts[code, mode] += number
    numbers = [(group, [counts[group.code, mode] for mode in MODES]) for group in groups]
    return [(group, own) for group, own in numbers if sum(own) >= SMALL_CELL]


def _course(codes: set[str], tally: Sequence[Sequence]) -> list[CourseLine]:
    """How respondents of these groups went on; nothing where nothing was counted."""
    counts: Counter = Counter()
    for measure, code, kind, third, number in tally:
        if measure == Tally.Measure.COURSE and code in codes:
            counts[third, kind] += number
    items = {third: sum(counts[third, kind] for kind in COURSE) for third in range(1, THIRDS + 1)}
    return [
        CourseLine(third, whole, counts[third, "skipped"] / whole, counts[third, "unknown"] / whole)
        for third, whole in items.items()
        if whole
    ]


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
    """{group: {day: (submitted, valid)}}; of an anonymous survey by the share of released responses that is valid."""
    days: dict[int, dict[int, tuple]] = {}
    if not survey.anonymous:
        for group, day, *numbers in figures["days"]:
            days.setdefault(group, {})[day] = tuple(numbers)
        return days
    keys = {code: key for key, code in by_code.items()}
    released = {line.group: line.submitted - line.waiting for line in funnel.groups}
    share = {line.group: line.valid / released[line.group] for line in funnel.groups if released[line.group]}
    for measure, code, _channel, day, number in figures["tally"]:
        if measure == "day" and code in keys:
            days.setdefault(keys[code], {})[day] = (number, number * share.get(keys[code], 1))
    return days


def _lines(
    survey, groups: Sequence[Group], funnel: Funnel, days, medians: dict, moment: datetime
) -> list[GroupProgress]:
    known = {group.pk: group for group in groups}
    lines = []
    for line in funnel.groups:
        group = known.get(line.group)
        outlook = _projection(survey, group, line, days.get(line.group, {}), moment) if group else None
        channels = funnel.channels[line.group]
        lines.append(GroupProgress(group, line, channels, outlook, medians.get(str(line.group), NO_MEDIAN)))
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
    return pages_left(drafts, broken, submitted, lengths=lengths, about=about, ranking=survey.ranking)


@dataclass(frozen=True)
class ItemNamed:
    dimension: str
    code: str
    name: str


@dataclass(frozen=True)
class ThinCell:
    """Too few of `needed` ratings for the chosen width, or of the method's smallest number."""

    group: Group
    item: ItemNamed
    number: int
    needed: int


@dataclass(frozen=True)
class ThinCells:
    """`cells` are the thin ones, the fewest ratings first; `asked` all cells, `unscored` those below `min_n`."""

    cells: Sequence[ThinCell]
    asked: int
    unscored: int
    min_n: int


def thin_cells(survey: Survey, groups: Sequence[Group], sums: Mapping[str, list], half_width: float) -> ThinCells:
    """Cells asked that have too few ratings for ± `half_width` points; `sums`: see `count_fieldwork`."""
    rows = sorted(survey.items.all(), key=lambda row: row.position)
    items = [ItemNamed(row.dimension, row.issue.code, row.issue.name) for row in rows]
    min_n = survey.cycle.method.get("min_n", 5)
    if not items or not groups:
        return ThinCells([], 0, 0, min_n)
    none = [[0] * len(items)] * 3
    number, total, squares = np.array([sums.get(str(group.pk)) or none for group in groups]).swapaxes(0, 1)
    needed = needed_ratings(variances(number, total, squares, least=min_n, k=survey.k), half_width, survey.k)
    needed, asked = np.maximum(needed, min_n), _asked(survey, groups, items)
    thin = np.argwhere(asked & (number < needed))
    order = np.argsort(number[thin[:, 0], thin[:, 1]], kind="stable")
    cells = [
        ThinCell(groups[group], items[item], int(number[group, item]), int(needed[group, item]))
        for group, item in thin[order].tolist()
    ]
    return ThinCells(cells, int(asked.sum()), int((asked & (number < min_n)).sum()), min_n)


def _asked(survey: Survey, groups: Sequence[Group], items: Sequence[ItemNamed]) -> np.ndarray:
    """bool[G, items]: what the plans ask each group."""
    plans = {row.group_id: plan_of(row) for row in survey.plans.all()}
    rows = []
    for group in groups:
        plan = plans.get(group.pk) or plan_of(None)
        left_out = set(plan.left_out)
        rows.append([item.dimension in plan.dimensions and item.code not in left_out for item in items])
    return np.array(rows, bool)


def number_of(rows: QuerySet) -> Coalesce:
    """How many of these rows a survey has, to be read with its own; they name it by an OuterRef."""
    return Coalesce(Subquery(rows.order_by().values("survey").annotate(number=Count("*")).values("number")), 0)


def damaged_answers() -> list[WaitingWork]:
    """Surveys with finished answers that their key does not open; one query."""
    damaged = SealedDraft.objects.filter(state=SealedDraft.State.UNREADABLE).order_by("survey")
    rows = damaged.values_list("survey__code", "survey__cycle__code", "survey__opened_at")
    return [
        WaitingWork(
            survey,
            ngettext(
                "%(number)s finished response cannot be opened: the row is damaged, or not of this installation",
                "%(number)s finished responses cannot be opened: the rows are damaged, or not of this installation",
                number,
            )
            % {"number": number},
            reverse("fieldwork", args=[cycle, survey]) + "#damaged",
            opened,
        )
        for survey, cycle, opened, number in rows.annotate(number=Count("pk"))
    ]
