from hypothesis import given
from hypothesis import strategies as st

from surveys.questionnaire.plans import Plan, default_left_out, default_plan, unrated

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
