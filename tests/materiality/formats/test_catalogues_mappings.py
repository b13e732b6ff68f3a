"""Single mappings of issues to disclosures."""

import pytest

from materiality.actions.tables import confirm, undo
from materiality.formats.catalogues import MappingResource
from materiality.models import IssueMapping
from materiality.tables.widgets import Scope
from tests.factories.library import make_disclosure
from tests.factories.sheets import csv_file, draft_of_small_library, plan_of, problems_in, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return draft_of_small_library()


def row(disclosure: str, framework: str = "GRI", edition: str = "2021", issue: str = "SOC-01-01") -> dict:
    return {"issue": issue, "framework": framework, "edition": edition, "disclosure": disclosure}


def plan(draft, *rows: dict):
    return plan_of(MappingResource(Scope(draft)), rows)


def test_mappings_are_added_and_none_is_taken_away(draft):
    first = confirm(upload("mappings", csv_file([row("305-1")])), by=None)
    confirm(upload("mappings", csv_file([row("GRI 2-7")])), by=None)
    codes = IssueMapping.objects.filter(issue__edition=draft).values_list("disclosure__code", flat=True)
    assert sorted(codes) == ["2-7", "305-1"]
    undo(first, by=None)
    assert list(codes.all()) == ["2-7"]


def test_mapping_that_is_there_under_another_spelling_is_unchanged(draft):
    confirm(upload("mappings", csv_file([row("305-1")])), by=None)
    assert [found.state for found in plan(draft, row("GRI 305-1")).rows] == ["unchanged"]


def test_mapping_of_the_wrong_edition_is_told(draft):
    found = plan(draft, row("102-1"), row("102-1", edition="2025"), row("102-1 (2025)", edition="2016"))
    assert problems_in(found) == [
        (2, "disclosure", "year_needed"),
        (3, "edition", "unknown_framework"),
        (4, "disclosure", "unknown_code"),
    ]


def test_mapping_to_a_catalogue_of_ones_own_is_taken(draft):
    make_disclosure("A.1", framework="ACME", edition="2026")
    found = plan(draft, row("A.1", "ACME", "2026"), row("A.2", "ACME", "2026"))
    assert problems_in(found) == [(3, "disclosure", "unknown_code")]
    assert found.rows[1].problems[0].nearest == ("A.1",)


def test_mapping_twice_or_of_an_unknown_issue_is_told(draft):
    found = plan(draft, row("305-1"), row("GRI 305-1"), row("305-1", issue="SOC-09-09"), row(""))
    assert problems_in(found) == [
        (3, "disclosure", "double_code"),
        (4, "issue", "unknown_issue"),
        (5, "disclosure", "empty"),
    ]
