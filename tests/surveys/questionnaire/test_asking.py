"""How many ratings an interval takes, and the variance that it is computed from."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from math import ceil, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from materiality.scoring.estimates import t_quantile
from surveys.questionnaire.asking import (
    Plan,
    Standing,
    ThinGroup,
    closing_time,
    combinations,
    default_left_out,
    default_plan,
    draw_part,
    half_width,
    needed_ratings,
    page_count,
    page_sizes,
    ratings_needed,
    ratings_of_each,
    responses_needed,
    sheets_of,
    standing,
    thin_groups,
    unrated,
    variances,
)
from surveys.questionnaire.instrument import INSTRUMENTS


@given(
    variance=st.lists(st.floats(0, 25), min_size=1, max_size=5), width=st.floats(0.5, 40), k=st.integers(2, 10)
)  # fmt: skip
def test_needed_ratings_are_the_fewest_that_are_enough(variance, width, k):
    unit = np.array(variance) * (100 / (k - 1)) ** 2
    found = needed_ratings(np.array(variance), width, k)

    def half(number):
        return t_quantile(number - 1) * np.sqrt(unit / number)

    assert (half(found) <= width * (1 + 1e-9)).all()
    assert ((found == 2) | (half(np.maximum(found - 1, 2)) > width * (1 - 1e-9))).all()


@pytest.mark.parametrize("width", [3, 5, 8])
def test_needed_ratings_agree_with_planning(width):
    assert needed_ratings(np.array([1.0]), width, 5).tolist() == [ratings_needed(width, 25)]


def test_needed_ratings_refuse_a_width_of_nothing():
    with pytest.raises(ValueError, match="positive"):
        needed_ratings(np.array([1.0]), 0, 5)


def test_variance_of_few_ratings_is_that_within_all_cells():
    columns = [[1, 2, 3, 4], [5, 5], [], [3]]
    number, total, squares = (np.array([[sum(v**p for v in each) for each in columns]]) for p in (0, 1, 2))
    pooled = (5.0 + 0.0) / (3 + 1)
    found = variances(number, total, squares, least=3, k=5)
    assert found == pytest.approx(np.array([[5 / 3, pooled, pooled, pooled]]))


def test_variance_without_any_rating_is_that_of_an_even_spread():
    nothing = np.zeros((1, 2), np.int64)
    assert variances(nothing, nothing, nothing, least=5, k=5).tolist() == [[2.0, 2.0]]


LIBRARY = [("environment", 16), ("society", 34), ("economy", 24), ("technology", 19)]


@pytest.mark.parametrize(
    ("number", "sizes"), [(0, []), (1, [1]), (12, [12]), (13, [7, 6]), (16, [8, 8]), (34, [12, 11, 11]), (24, [12, 12])]
)
def test_page_sizes_are_even(number, sizes):
    assert page_sizes(number, 12) == sizes


@pytest.mark.parametrize(("version", "split", "pages"), [(1, False, 9), (1, True, 16), (2, False, 16), (2, True, 16)])
def test_pages_of_the_default_library(version, split, pages):
    numbers = [number for _code, number in LIBRARY]
    assert page_count(numbers, instrument=INSTRUMENTS[version], split=split) == pages
    sheets = sheets_of(b"a" * 16, CATEGORIES, range(93), instrument=INSTRUMENTS[version], split=split)
    assert len(sheets) == pages


CATEGORIES = [place for place, (_code, number) in enumerate(LIBRARY) for _ in range(number)]
KEYS = st.binary(min_size=16, max_size=16)
VERSIONS = st.sampled_from(list(INSTRUMENTS.values()))


@given(KEYS, st.sets(st.integers(0, 92), min_size=1), VERSIONS, st.booleans(), st.booleans(), st.booleans())
def test_sheets_show_every_asked_issue_in_the_same_order(key, asked, instrument, split, single, attention):
    looks = {"instrument": instrument, "split": split, "single": single, "attention": attention}
    sheets = sheets_of(key, CATEGORIES, asked, **looks)
    shown = [(issue, dimension) for sheet in sheets for issue in sheet.issues for dimension in sheet.dimensions]
    order = [issue for issue, _dimension in shown][::2]
    assert shown == [(issue, dimension) for issue in order for dimension in instrument.dimensions(key)]
    assert sorted(order) == sorted(asked)
    assert order == [issue for sheet in sheets_of(key, CATEGORIES, asked) for issue in sheet.issues]
    most = instrument.per_split_page if split else instrument.per_page
    assert max(len(sheet.issues) for sheet in sheets) <= (1 if single else most)
    in_order = [CATEGORIES[issue] for issue in order]
    assert sum(a != b for a, b in pairwise(in_order)) == len(set(in_order)) - 1


@given(KEYS, st.sets(st.integers(0, 92), min_size=1), st.booleans(), st.booleans())
def test_attention_question_is_asked_once_on_a_middle_page(key, asked, split, single):
    sheets = sheets_of(key, CATEGORIES, asked, split=split, single=single, attention=True)
    found = [(number, sheet) for number, sheet in enumerate(sheets) if sheet.attention is not None]
    middle = len(asked) // 2 * 2 if single else len(sheets) // 2
    assert [number for number, _sheet in found] == [middle]
    sheet = found[0][1]
    assert sheet.issues == () if single else 1 <= sheet.attention <= max(1, len(sheet.issues) - 1)


def test_first_instrument_keeps_a_full_questionnaire_to_one_category_a_page():
    sheets = sheets_of(b"a" * 16, CATEGORIES, range(93), instrument=INSTRUMENTS[1])
    assert all(len({CATEGORIES[issue] for issue in sheet.issues}) == 1 for sheet in sheets)


def test_twelve_issues_have_two_pages_of_six_in_full_and_split_alike():
    for split in (True, False):
        sheets = sheets_of(b"a" * 16, CATEGORIES, range(0, 93, 8), split=split)
        assert [len(sheet.issues) for sheet in sheets] == [6, 6]


def test_half_of_the_respondents_begin_with_the_business_on_every_page():
    first = [sheets_of(number.to_bytes(16), CATEGORIES, range(93)) for number in range(400)]
    orders = [{sheet.dimensions for sheet in sheets} for sheets in first]
    assert all(len(order) == 1 for order in orders)
    assert 160 < orders.count({("business", "society")}) < 240
    old = INSTRUMENTS[1]
    assert {old.dimensions(number.to_bytes(16)) for number in range(400)} == {("society", "business")}


def test_sheets_put_every_issue_first_about_as_often():
    first = [sheets_of(number.to_bytes(16), CATEGORIES, [0, 1, 2, 3])[0].issues[0] for number in range(2000)]
    assert all(440 < first.count(issue) < 560 for issue in range(4))


def test_order_follows_from_the_key_alone():
    assert sheets_of(b"a" * 16, CATEGORIES, range(93)) == sheets_of(b"a" * 16, CATEGORIES, range(93))
    assert sheets_of(b"a" * 16, CATEGORIES, range(93)) != sheets_of(b"b" * 16, CATEGORIES, range(93))


# 97.5 % points of Student's t from printed tables: degrees of freedom → t.
TABLE = {4: 2.776, 9: 2.262, 29: 2.045, 99: 1.984}


@pytest.mark.parametrize(("freedom", "t"), TABLE.items())
def test_half_width_is_that_of_students_interval(freedom, t):
    assert half_width(freedom + 1, 25.0) == pytest.approx(t * 25 / sqrt(freedom + 1), abs=0.15)


def test_half_width_of_fewer_than_two_ratings_is_unknown():
    assert [half_width(number, 25.0) for number in (0, 1)] == [None, None]


@pytest.mark.parametrize(("width", "normal", "number"), [(3, 267, 270), (5, 97, 99), (8, 38, 40)])
def test_ratings_needed_lie_just_above_the_normal_number(width, normal, number):
    assert ceil((1.959964 * 25 / width) ** 2) == normal
    assert ratings_needed(width, 25.0) == number


@given(st.floats(2, 30), st.floats(1, 45))
@settings(max_examples=60, deadline=None)
def test_ratings_needed_are_the_fewest_whose_interval_is_narrow_enough(width, spread):
    smallest = next(n for n in range(2, 10_000) if half_width(n, spread) <= width)
    assert ratings_needed(width, spread) == smallest


def test_responses_needed_of_a_full_questionnaire_are_the_ratings():
    assert responses_needed(5, 25.0, issues=93, each=93) == ratings_needed(5, 25.0)


def test_responses_needed_with_a_part_of_nothing_but_the_core_are_never_enough():
    assert responses_needed(5, 25.0, issues=10, each=3, core=3) is None
    assert responses_needed(5, 25.0, issues=3, each=3, core=3) == ratings_needed(5, 25.0)
    assert ratings_of_each(100, issues=10, each=3, core=3) == 0


shapes = st.integers(1, 40).flatmap(
    lambda issues: st.tuples(st.just(issues), st.integers(1, issues)).flatmap(
        lambda shape: st.tuples(st.just(shape[0]), st.just(shape[1]), st.integers(0, shape[1] - 1))
    )
)


@given(shapes, st.floats(4, 20))
@settings(max_examples=60, deadline=None)
def test_responses_needed_are_the_fewest_that_give_every_issue_its_ratings(shape, width):
    issues, each, core = shape
    found = responses_needed(width, 25.0, issues=issues, each=each, core=core)
    wanted = ratings_needed(width, 25.0)
    assert ratings_of_each(found, issues=issues, each=each, core=core) >= wanted
    assert ratings_of_each(found - 1, issues=issues, each=each, core=core) < wanted


@given(shapes, st.integers(0, 60), st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_ratings_of_each_are_those_of_the_parts_that_are_drawn(shape, responses, rng):
    issues, each, core = shape
    counts = [0] * issues
    for _respondent in range(responses):
        for issue in draw_part(
            counts, each, primaries=list(range(issues)), core=range(core), allowed=range(issues), rng=rng
        ):
            counts[issue] += 1
    assert min(counts) == ratings_of_each(responses, issues=issues, each=each, core=core)


RATERS = {"A": ["users", "employees"], "B": ["employees"], "C": []}


def test_default_plan_follows_the_side_of_the_group_and_the_library():
    assert default_plan("employees", "internal", RATERS) == Plan(True, True, ())
    assert default_plan("users", "external", RATERS) == Plan(True, False, ("B",))
    assert default_plan("creators_partners", "external", RATERS) == Plan(True, True, ())
    assert default_plan("Partner-firms", "external", {"A": ["Partner-firms"], "B": ["users"]}) == Plan(
        True, True, ("B",)
    )


def test_default_left_out_of_a_group_unknown_to_the_library_is_empty():
    assert default_left_out("investors", RATERS) == []


def test_plan_without_dimensions_rates_no_issue():
    assert Plan(society=False, business=False).issues(["A", "B"]) == []
    assert Plan(left_out=("A",)).issues(["A", "B"]) == ["B"]


def test_unrated_names_issues_per_dimension():
    plans = [Plan(business=False, left_out=("A",)), Plan(society=False, left_out=("B", "C"))]
    assert unrated(["A", "B", "C"], plans) == {"society": ["A"], "business": ["B", "C"]}
    assert unrated(["A"], []) == {"society": ["A"], "business": ["A"]}


codes = st.lists(st.sampled_from("ABCDEFGH"), unique=True)
plans = st.builds(Plan, st.booleans(), st.booleans(), codes.map(tuple))


@given(codes, st.lists(plans, max_size=5))
def test_unrated_is_what_no_plan_rates(asked, groups):
    expected = {
        dimension: [
            code for code in asked if not any(getattr(plan, dimension) and code not in plan.left_out for plan in groups)
        ]
        for dimension in ("society", "business")
    }
    assert unrated(asked, groups) == expected


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


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Window:
    state: str = "open"
    opens_at: datetime | None = NOON
    closes_at: datetime | None = NOON + timedelta(hours=1)
    closed_at: datetime | None = None


def minutes(number: float) -> datetime:
    return NOON + timedelta(minutes=number)


@pytest.mark.parametrize(
    ("window", "now", "begun", "expected"),
    [
        (Window(state="draft"), 10, None, Standing.NOT_YET),
        (Window(), -1, None, Standing.NOT_YET),
        (Window(), 0, None, Standing.OPEN),
        (Window(), 60, None, Standing.OPEN),
        (Window(), 60.1, None, Standing.CLOSED),
        (Window(), 75, 59, Standing.GRACE),
        (Window(), 75.1, 59, Standing.CLOSED),
        (Window(), 61, 60, Standing.CLOSED),
        (Window(state="closed", closed_at=minutes(30)), 31, None, Standing.CLOSED),
        (Window(state="closed", closed_at=minutes(30)), 44, 29, Standing.GRACE),
        (Window(opens_at=None, closes_at=None), 9_999, None, Standing.OPEN),
        (Window(state="closed", closes_at=None, closed_at=minutes(5)), 21, 1, Standing.CLOSED),
    ],
)
def test_standing_at_the_edges_of_the_window(window, now, begun, expected):
    assert standing(window, minutes(now), None if begun is None else minutes(begun)) is expected


def test_closing_time_is_the_earlier_of_plan_and_hand():
    assert closing_time(Window(closed_at=minutes(30))) == minutes(30)
    assert closing_time(Window(closed_at=minutes(90))) == minutes(60)
    assert closing_time(Window(closes_at=None)) is None
