"""The funnel and the account, added up from counted kinds, equal those found person by person."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.questionnaire.account import taken_out
from surveys.questionnaire.funnel import build_funnel
from surveys.questionnaire.rules import FLAG_BIT

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
    figures = figures_of(people, ready=[[1, waiting]])
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
