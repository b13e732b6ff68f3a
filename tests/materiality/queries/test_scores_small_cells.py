"""Which group figures may be shown."""

from hypothesis import given, settings
from hypothesis import strategies as st

from materiality.queries.scores import SMALL_CELL, GroupCell, hidden_keys, shown_cells

numbers = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 12))


@given(numbers)
@settings(max_examples=200, deadline=None)
def test_hidden_keys_hold_every_small_cell_and_never_a_single_one_that_can_be_subtracted(found):
    hidden = hidden_keys(found)
    filled = [key for key, n in found.items() if n]
    small = {key for key in filled if found[key] < SMALL_CELL}
    assert small <= hidden <= set(filled)
    assert len(hidden) != 1 or len(filled) == 1
    assert len(hidden - small) <= 1


def test_hidden_keys_take_the_next_smallest_beside_a_single_small_cell():
    assert hidden_keys({"a": 900, "b": 3, "c": 40, "d": 12}) == {"b", "d"}
    assert hidden_keys({"a": 900, "b": 3, "c": 4, "d": 12}) == {"b", "c"}
    assert hidden_keys({"a": 900, "b": 0, "c": 5}) == set()


def test_shown_cells_hide_mean_and_score_by_dimension_and_keep_n():
    def cell(n: int) -> dict:
        return {"n": n, "mean": 4.0, "score": 75.0}

    groups = {
        "users": {"society": cell(50), "business": cell(50)},
        "media": {"society": cell(4), "business": cell(5)},
        "staff": {"society": cell(9), "business": cell(9)},
    }
    shown = shown_cells(groups)
    assert shown["users"]["society"] == GroupCell(50, 4.0, 75.0)
    assert shown["media"] == {"society": GroupCell(4, None, None, True), "business": GroupCell(5, 4.0, 75.0)}
    assert shown["staff"]["society"] == GroupCell(9, None, None, True)
