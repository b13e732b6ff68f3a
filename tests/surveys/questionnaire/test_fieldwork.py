"""On which page respondents stop."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.questionnaire.fieldwork import (
    HEIGHT,
    MOST_DAYS,
    Outlook,
    PageLine,
    Projection,
    build_funnel,
    day_chart,
    pages_left,
    project,
    taken_out,
)
from surveys.questionnaire.screening import FLAG_BIT

LENGTHS = {"a": 4, "b": 2}


def test_pages_tell_who_came_and_who_stopped():
    drafts = [("a", 0, True, 3), ("a", 0, False, 2), ("a", 2, True, 1)]
    found = pages_left(drafts, [("a", 0, 4), ("a", 1, 6)], {"a": 10}, lengths={"a": 4}, about=False)
    assert found == [PageLine(1, 26, 7), PageLine(2, 17, 6), PageLine(3, 11, 1)]
    assert [line.share for line in pages_left([("a", 0, True, 1)], [], {"a": 3}, lengths={"a": 1}, about=False)] == [
        0.25
    ]


def test_pages_without_anybody_on_the_way():
    assert pages_left([], [], {"a": 10}, lengths=LENGTHS, about=True) == []


def test_page_that_a_group_does_not_have_counts_none_of_it():
    drafts = [("a", 2, True, 1), ("b", 2, True, 5), ("a", 5, True, 2)]
    assert pages_left(drafts, [], {"a": 10, "b": 100}, lengths=LENGTHS, about=True) == [
        PageLine(1, 118, 0),
        PageLine(2, 118, 0),
        PageLine(3, 13, 1),
        PageLine(4, 12, 0),
        PageLine(5, 117, 5, "about"),
        PageLine(6, 112, 2, "end"),
    ]


def test_end_that_was_saved_is_still_the_end():
    found = pages_left([("b", 3, True, 1), ("b", 2, True, 1)], [], {}, lengths={"b": 2}, about=False)
    assert found[-1] == PageLine(3, 2, 2, "end")


groups = st.sampled_from("abc")


@given(
    drafts=st.lists(st.tuples(groups, st.integers(0, 9), st.booleans(), st.integers(1, 3)), max_size=8),
    broken=st.lists(st.tuples(groups, st.integers(0, 9), st.integers(1, 3)), max_size=8),
    submitted=st.dictionaries(groups, st.integers(0, 9)),
    lengths=st.fixed_dictionaries({group: st.integers(0, 6) for group in "abc"}),
    about=st.booleans(),
)
def test_pages_agree_with_following_everybody(drafts, broken, submitted, lengths, about):
    ways = {group: [*range(1, own + 1), *(["about"] if about else []), "end"] for group, own in lengths.items()}
    people = [(group, page, idle) for group, page, idle, number in drafts for _ in range(number)]
    people += [(group, page, True) for group, page, number in broken for _ in range(number)]
    seen, stops = [page for group, number in submitted.items() for page in ways[group] * number], []
    for group, page, idle in people:
        walked = ways[group][: page + 1]
        seen += walked
        stops += walked[-1:] if idle else []
    lines = pages_left(drafts, broken, submitted, lengths=lengths, about=about)
    for line in lines:
        assert line.reached == seen.count(line.kind or line.page)
        assert line.left == stops.count(line.kind or line.page)
    assert sum(line.left for line in lines) == len(stops)


DAY = date(2026, 1, 7).toordinal()


def test_days_without_responses_are_shown():
    chart = day_chart({DAY: 2, DAY + 2: 4})
    assert [(bar.first, bar.number, bar.height) for bar in chart.bars] == [
        (date(2026, 1, 7), 2, 50.0),
        (date(2026, 1, 8), 0, 0),
        (date(2026, 1, 9), 4, 100.0),
    ]
    assert (chart.weekly, chart.most, chart.width) == (False, 4, 30)
    assert day_chart({}) is None


def test_many_days_are_put_together_to_weeks_from_monday():
    chart = day_chart({DAY: 1, DAY + MOST_DAYS: 3})
    assert (chart.weekly, chart.bars[0].first, chart.bars[0].last) == (True, date(2026, 1, 5), date(2026, 1, 11))


@given(st.dictionaries(st.integers(DAY, DAY + 400), st.integers(1, 50), min_size=1, max_size=30))
def test_bars_hold_every_response_and_stay_inside(by_day):
    chart = day_chart(by_day)
    assert sum(bar.number for bar in chart.bars) == sum(by_day.values())
    assert all(bar.y >= 0 and abs(bar.y + bar.height - HEIGHT) < 0.02 for bar in chart.bars)
    assert all(one.last.toordinal() + 1 == two.first.toordinal() for one, two in pairwise(chart.bars))


GROUPS = {1: "users", 2: "employees"}
REJECTING = ["incomplete", "speeding"]
BITS = [FLAG_BIT[flag] for flag in ("incomplete", "speeding", "attention")]

people = st.lists(
    st.tuples(
        st.sampled_from(list(GROUPS)),
        st.sampled_from(["link", "batch", "sheet", ""]),
        st.sampled_from([0, 0, 1, 4, 5, 64, 2]),
        st.integers(0, 2),
        st.booleans(),
    ),
    max_size=25,
)
tallies = st.lists(
    st.tuples(
        st.sampled_from(["opened", "started", "broken_off"]),
        st.sampled_from(["", "users", "employees"]),
        st.sampled_from(["link", "batch"]),
        st.integers(0, 3),
        st.integers(1, 9),
    ),
    max_size=8,
)
drafts = st.lists(
    st.tuples(
        st.sampled_from(list(GROUPS)),
        st.sampled_from(["link", "mail"]),
        st.integers(0, 3),
        st.booleans(),
        st.integers(1, 4),
    ),
    max_size=5,
)
invited = st.lists(
    st.tuples(st.sampled_from(list(GROUPS)), st.sampled_from(["batch", "mail"]), st.integers(1, 99)), max_size=4
)


def counts(flags: int, overruled: int, unfinished: bool) -> bool:
    accepted = not flags & (FLAG_BIT["incomplete"] | FLAG_BIT["speeding"]) or overruled == 1
    return not unfinished and accepted and overruled != 2


def figures_of(people, tallies=(), drafts=(), invited=(), ready=()) -> dict:
    kinds = [[*kind, number] for kind, number in Counter(people).items()]
    return {"kinds": kinds, "tally": tallies, "drafts": drafts, "invited": invited, "ready": ready}


@settings(max_examples=80)
@given(people=people, tallies=tallies, drafts=drafts, invited=invited)
def test_funnel_equals_a_look_at_everybody(people, tallies, drafts, invited):
    figures = figures_of(people, tallies, drafts, invited)
    funnel = build_funnel(figures, GROUPS, counts, bits=BITS, anonymous=False)
    for line in funnel.groups:
        own = [each for each in people if each[0] == line.group and not each[4]]
        assert line.submitted == len(own)
        assert line.valid == sum(counts(*each[2:]) for each in own)
        assert line.flagged == sum(any(each[2] & bit for bit in BITS) for each in own)
        assert [line.flags[bit] for bit in BITS] == [sum(each[2] & bit > 0 for each in own) for bit in BITS]
        assert line.in_progress == sum(row[4] for row in drafts if row[0] == line.group)
        code = GROUPS.get(line.group, "")
        assert (line.opened or 0) == sum(row[4] for row in tallies if row[:2] == ("opened", code))
        told = [number for group, _channel, number in invited if group == line.group]
        assert line.invited == (sum(told) if told else None)
        for part in funnel.channels[line.group]:
            at = [each for each in people if each[:2] == (line.group, part.channel)]
            on_the_way = sum(row[4] for row in drafts if row[:2] == (line.group, part.channel))
            gone = sum(row[4] for row in tallies if row[:3] == ("broken_off", code, part.channel))
            begun = sum(row[4] for row in tallies if row[:3] == ("started", code, part.channel))
            assert part.started == max(begun, len(at) + on_the_way + gone)
    assert (funnel.total.opened or 0) == sum(line.opened or 0 for line in funnel.groups)
    for name in ("started", "in_progress", "submitted", "valid", "flagged", "unfinished"):
        assert getattr(funnel.total, name) == sum(getattr(line, name) for line in funnel.groups)


@settings(max_examples=80)
@given(people=people, waiting=st.integers(0, 4))
def test_account_of_submitted_responses_adds_up(people, waiting):
    figures = figures_of(people, ready=[[1, "link", waiting]])
    total = build_funnel(figures, GROUPS, counts, bits=BITS, anonymous=True).total
    groups, rejected, excluded = taken_out(figures["kinds"], REJECTING, counts)
    assert total.submitted == waiting + sum(groups.values()) + sum(rejected.values()) + excluded
    assert total.valid == sum(groups.values())


@given(people=people, told=st.lists(st.tuples(st.sampled_from(["link", "batch"]), st.integers(1, 9)), max_size=3))
def test_anonymous_responses_of_no_counted_channel_came_by_an_unknown_one(people, told):
    people = [(1, "", *rest) for _group, _channel, *rest in people]
    tallies = [("submitted", "users", channel, 0, number) for channel, number in told]
    funnel = build_funnel(figures_of(people, tallies), GROUPS, counts, bits=BITS, anonymous=True)
    submitted = sum(not each[4] for each in people)
    by_channel = {line.channel: line.submitted for line in funnel.channels[1]}
    assert by_channel.pop("", 0) == max(0, submitted - sum(number for _channel, number in told))
    assert by_channel == {channel: sum(n for name, n in told if name == channel) for channel, _number in told}
    assert {line.valid for line in funnel.channels[1]} <= {None}


TODAY = date(2026, 2, 20)
OPENED = date(2026, 1, 5)


def outlook(**values) -> Projection:
    by_day = {TODAY - timedelta(days=back): 10 for back in range(1, 8)}
    given = {"target": 200, "valid": 100, "by_day": by_day, "today": TODAY, "opened": OPENED, "is_open": True}
    return project(**{**given, "closes": date(2026, 3, 20), **values})


def test_target_is_reached_in_time():
    assert outlook() == Projection(Outlook.IN_TIME, 70, 7, date(2026, 3, 2), 380)
    assert outlook(closes=None) == Projection(Outlook.IN_TIME, 70, 7, date(2026, 3, 2), None)
    assert outlook(closes=date(2026, 3, 2)).outlook is Outlook.IN_TIME


def test_target_is_not_reached_by_the_closing():
    assert outlook(closes=date(2026, 3, 1)) == Projection(Outlook.TOO_LATE, 70, 7, date(2026, 3, 2), 190)
    assert outlook(closes=TODAY).at_closing == 100


def test_target_that_nothing_comes_nearer_to():
    assert outlook(by_day={TODAY: 50, TODAY - timedelta(days=8): 50}).outlook is Outlook.STANDS_STILL


def test_target_without_anything_to_project():
    assert outlook(target=0).outlook is Outlook.NO_TARGET
    assert outlook(valid=200).outlook is Outlook.REACHED
    assert outlook(is_open=False).outlook is Outlook.OVER
    assert outlook(opened=TODAY).outlook is Outlook.TOO_EARLY


def test_pace_of_a_young_survey_is_that_of_its_whole_days():
    found = outlook(opened=TODAY - timedelta(days=2))
    assert (found.number, found.days, found.pace) == (20, 2, 10)


def test_target_that_takes_longer_than_there_are_dates():
    found = outlook(target=2_000_000_000, by_day={TODAY - timedelta(days=1): 1}, closes=None)
    assert (found.outlook, found.on) == (Outlook.TOO_LATE, None)


@given(
    target=st.integers(1, 500),
    valid=st.integers(0, 500),
    daily=st.lists(st.integers(0, 9), min_size=7, max_size=7),
    left=st.integers(0, 90),
)
def test_projection_agrees_with_waiting_day_by_day(target, valid, daily, left):
    by_day = {TODAY - timedelta(days=back): number for back, number in enumerate(daily, start=1)}
    found = outlook(target=target, valid=valid, by_day=by_day, closes=TODAY + timedelta(days=left))
    if found.outlook in (Outlook.IN_TIME, Outlook.TOO_LATE):
        days, reached = 0, valid * 7
        while reached < target * 7:
            days, reached = days + 1, reached + sum(daily)
        assert found.on == TODAY + timedelta(days=days)
        assert (found.outlook is Outlook.IN_TIME) == (days <= left)
    else:
        assert found.outlook is (Outlook.REACHED if valid >= target else Outlook.STANDS_STILL)
        assert valid >= target or sum(daily) == 0
