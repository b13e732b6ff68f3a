from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from surveys.questionnaire.profiles import ThinGroup, combinations, thin_groups


def test_combinations_multiply_and_leave_texts_out():
    assert combinations([("single", 3), ("multiple", 2), ("text", 0)]) == 12
    assert combinations([]) == 1


@given(st.lists(st.tuples(st.sampled_from(["single", "multiple"]), st.integers(1, 4)), max_size=3))
def test_combinations_are_the_number_of_ways_to_answer(questions):
    ways = [
        range(options) if kind == "single" else list(product([False, True], repeat=options))
        for kind, options in questions
    ]
    assert combinations(questions) == len(list(product(*ways)))


def test_thin_groups_have_fewer_than_five_people_per_combination():
    expected = {"users": 9_000, "media": 59, "government": 60, "unknown": 0}
    assert thin_groups(12, expected) == [ThinGroup("media", 59, 59 / 12)]
    assert thin_groups(1, expected) == []
