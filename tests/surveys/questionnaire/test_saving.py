"""Who wins where an answer is saved by two, and what is never written."""

from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from materiality.scoring.cube import NOT_ASKED
from surveys.questionnaire.saving import PAGES, Change, History, Sent, merged, slots_of, value_in

SLOTS = slots_of(3, ["age", "town"])


@dataclass(frozen=True)
class Answers:
    ratings: bytes = bytes([0, 0, NOT_ASKED])
    comment: str = ""
    profile: dict = field(default_factory=dict)
    attention: int | None = None
    history: History = History()


def after(held: Answers, *changes: Change, at: int = 1000, sent: Sent | None = None) -> Answers:
    return replace(held, **merged(held, changes, SLOTS, at, sent))


def test_answer_that_nobody_else_changed_is_taken_however_old_its_tap():
    held = after(Answers(), Change("r0", 3, 0), at=5000)
    assert after(held, Change("r0", 4, 1, age=49_000), at=5000).ratings[0] == 4


def test_later_tap_wins_whenever_it_arrives():
    laptop = after(Answers(), Change("r0", 5, 0), at=3000)
    # A phone that was offline for an hour comes back: tapped before the laptop, and after it.
    assert after(laptop, Change("r0", 1, 0, age=3_600_000), at=362_000).ratings[0] == 5
    assert after(laptop, Change("r0", 1, 0, age=3_580_000), at=362_000).ratings[0] == 1


def test_save_that_was_taken_before_changes_nothing_and_neither_does_an_earlier_one_that_comes_late():
    one, two = Sent(8, 1), Sent(8, 2)
    held = after(after(Answers(), Change("r0", 3, 0), sent=one), Change("r0", 4, 0), at=1100, sent=two)
    assert held.ratings[0] == 4
    assert after(held, Change("r0", 3, 0), at=9000, sent=one) == held == after(held, Change("r1", 3), sent=two)


def test_page_corrects_itself_though_it_was_never_told_of_its_first_save():
    # The first save took three seconds to arrive, so that its tap seems later than the second's.
    held = after(Answers(), Change("r0", 3, 0), at=1300, sent=Sent(8, 1))
    assert after(held, Change("r0", 4, 0), at=1200, sent=Sent(8, 2)).ratings[0] == 4
    assert after(held, Change("r0", 4, 0), at=1200, sent=Sent(9, 1)).ratings[0] == 3


def test_clearing_is_a_change_like_any_other_and_what_is_not_asked_stays_so():
    held = after(Answers(), Change("r0", 3, 0), Change("r2", 3, 0), Change("attention", 2, 0))
    assert (held.ratings, held.attention) == (bytes([3, 0, NOT_ASKED]), None)
    assert value_in(held, "r2") is None
    assert after(held, Change("r0", 0, 1)).ratings == bytes([0, 0, NOT_ASKED])


def test_texts_answers_about_oneself_and_what_is_named_have_versions_of_their_own():
    told = {"comment": "好", "p_age": "b", "p_town": "杭州", "top": ["A", "B"]}
    held = after(Answers(attention=0), *[Change(name, value, 0) for name, value in told.items()])
    assert {name: value_in(held, name) for name in told} == told
    assert held.profile == {"age": "b", "town": "杭州", "*named": ["A", "B"]}
    stale = after(held, *[Change(name, "", 0, age=5000) for name in told])
    assert {name: value_in(stale, name) for name in told} == told
    cleared = after(held, *[Change(name, "", 1) for name in told])
    assert (cleared.comment, cleared.profile) == ("", {})


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 9)), max_size=40))
def test_last_saves_of_the_pages_that_saved_last_are_remembered(saves):
    held, last = Answers(), {}
    for page, number in saves:
        held = after(held, Change("r0", number % 5 + 1), sent=Sent(page, number))
        if number > last.get(page, 0) or page not in last:
            last.pop(page, None)
            last[page] = number
            last = dict(list(last.items())[-PAGES:])
    assert dict(held.history.pages) == last
    assert History.unpack(held.history.pack()) == held.history
    assert len(held.history.pack()) in (History.size(0), History.size(len(SLOTS)))
