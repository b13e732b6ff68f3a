"""Library files into a draft: what is new, changed, unchanged and wrong."""

import pytest

from materiality.formats.issues import IssueResource
from materiality.models import Disclosure, Edition, Issue
from materiality.tables.widgets import Scope
from tests.factories.cycles import make_cycle
from tests.factories.library import map_issue
from tests.factories.sheets import draft_of_small_library, plan_of, problems_in
from tests.factories.surveys import make_open_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Edition:
    return draft_of_small_library()


def plan(draft: Edition, *rows: dict):
    return plan_of(IssueResource(Scope(draft)), rows)


def new_row(code: str = "SOC-01-05", **cells) -> dict:
    row = {"category": "society", "parent_code": code.rpartition("-")[0], "name_zh": "新议题", "name_en": "New issue"}
    return {"code": code, **row, **cells}


def test_issues_plan_tells_new_changed_and_unchanged_rows_apart(draft):
    found = plan(
        draft,
        {"code": "SOC-01-01", "name_en": "Issue SOC-01-01"},
        {"code": "SOC-01-02", "name_en": "Renamed"},
        {"code": "SOC-01-05", "category": "society", "parent_code": "SOC-01", "name_en": "New"},
    )
    assert [(row.state, row.cells) for row in found.rows] == [
        ("unchanged", {}),
        ("changed", {"name_en": ["Issue SOC-01-02", "Renamed"]}),
        (
            "new",
            {
                "code": ["", "SOC-01-05"],
                "category": ["", "society"],
                "parent_code": ["", "SOC-01"],
                "name_en": ["", "New"],
            },
        ),
    ]
    assert found.others == 8


def test_issues_plan_stores_nothing(draft):
    plan(draft, new_row(), {"code": "SOC-01-02", "name_en": "Renamed"})
    assert draft.issues.count() == 10
    assert draft.issues.get(code="SOC-01-02").name_en == "Issue SOC-01-02"


def test_issues_all_errors_of_all_rows_are_found(draft):
    found = plan(
        draft,
        new_row("SOC-01-05", groups="medias;users", status="gone"),
        new_row("SOC-01-06", category="sociaty", gri_2021="305-99;305-1"),
    )
    assert problems_in(found) == [
        (2, "groups", "unknown_group"),
        (2, "status", "unknown_status"),
        (3, "category", "other_category"),
        (3, "category", "unknown_category"),
        (3, "gri_2021", "unknown_code"),
    ]


def test_issues_two_with_one_code_are_told(draft):
    found = plan(draft, new_row("SOC-01-05"), new_row("SOC-01-06"), new_row("SOC-01-05"))
    assert problems_in(found) == [(4, "code", "double_code")]
    assert found.rows[2].problems[0].params == {"first": "2"}


def test_issues_primary_under_a_primary_is_told(draft):
    found = plan(draft, new_row("SOC-02", parent_code="SOC-01"))
    assert problems_in(found) == [(2, "parent_code", "primary_under")]


def test_issues_cycle_of_parents_is_told_on_every_row_of_it(draft):
    found = plan(draft, new_row("SOC-02", parent_code="SOC-03"), new_row("SOC-03", parent_code="SOC-02"))
    assert problems_in(found) == [(2, "parent_code", "cycle"), (3, "parent_code", "cycle")]
    assert found.rows[0].problems[0].params["way"] == "SOC-02 → SOC-03 → SOC-02"


def test_issues_code_that_moved_category_is_told_with_its_old_one(draft):
    found = plan(draft, {"code": "SOC-01-01", "category": "environment", "parent_code": "SOC-01"})
    assert problems_in(found) == [(2, "category", "moved_category")]
    assert found.rows[0].problems[0].nearest == ("society",)


def test_issues_code_that_moved_under_another_primary_is_told(draft):
    found = plan(draft, {"code": "SOC-01-01", "category": "environment", "parent_code": "ENV-01"})
    assert problems_in(found) == [(2, "category", "moved_category"), (2, "parent_code", "moved_parent")]


def test_issues_mapping_of_the_wrong_edition_names_both_meanings(draft):
    found = plan(draft, {"code": "SOC-01-01", "gri_2021": "102-1"})
    assert problems_in(found) == [(2, "gri_2021", "year_needed")]
    assert "102-1 (2025)" in found.rows[0].problems[0].nearest


def test_issues_mapping_with_its_year_is_taken_and_written_back_with_it(draft):
    found = plan(draft, {"code": "SOC-01-01", "gri_2021": "GRI 102-1 (2025); 305-1"})
    assert found.rows[0].cells == {"gri_2021": ["", "305-1;102-1 (2025)"]}


def test_issues_mapping_of_2025_in_the_column_of_2016_is_told(draft):
    found = plan(draft, {"code": "SOC-01-01", "gri_2016": "102-1 (2025)"})
    assert problems_in(found) == [(2, "gri_2016", "unknown_code")]


def test_issues_codes_in_another_order_change_nothing(draft):
    issue = draft.issues.get(code="SOC-01-01")
    map_issue(issue, *Disclosure.objects.filter(framework__edition="2021", code__in=["305-1", "305-7"]))
    assert plan(draft, {"code": "SOC-01-01", "gri_2021": "305-7；GRI 305-1"}).rows[0].state == "unchanged"


def test_issues_primary_with_active_secondaries_cannot_be_retired(draft):
    found = plan(draft, {"code": "SOC-01", "status": "retired"})
    assert problems_in(found) == [(2, "status", "retired_primary")]


def test_issues_retired_one_does_not_change(draft):
    draft.issues.filter(code="SOC-01-01").update(status="retired")
    assert problems_in(plan(draft, {"code": "SOC-01-01", "name_en": "Back"})) == [(2, "name_en", "retired_changed")]


def test_issues_code_of_an_issue_of_an_earlier_edition_is_not_given_again(draft):
    Issue.objects.filter(edition=draft, code="SOC-01-04").delete()
    assert problems_in(plan(draft, new_row("SOC-01-04"))) == [(2, "code", "code_used")]


def test_issues_without_any_name_are_told(draft):
    assert problems_in(plan(draft, new_row(name_zh="", name_en=""))) == [(2, "name_zh", "no_name")]


def test_issues_name_that_is_too_long_is_told(draft):
    assert problems_in(plan(draft, new_row(name_en="x" * 201))) == [(2, "name_en", "too_long")]


def test_issues_retired_one_that_a_live_survey_asks_about_is_warned_of(draft):
    survey = make_open_survey(make_cycle())
    (row,) = plan(draft, {"code": "SOC-01-01", "status": "retired"}).rows
    assert (row.state, [warning.kind for warning in row.warnings]) == ("changed", ["noted"])
    told = row.warnings[0].params
    assert survey.title_zh in told["title_zh"] and survey.title_en in told["title_en"]
    assert plan(draft, {"code": "SOC-01-01", "name_en": "Renamed"}).rows[0].warnings == []
