"""What is covered of a catalogue, part by part, on the day of publication."""

from datetime import date

import pytest

from materiality.models import Disclosure, Edition, Framework, Issue, IssueMapping
from materiality.queries.frameworks import CoverageFilters, coverage, framework_counts, newer_standards
from tests.factories.library import map_issue
from tests.factories.thaw import thawed

pytestmark = pytest.mark.django_db
BEFORE, AFTER = date(2026, 12, 31), date(2027, 1, 1)


def parts(label: str, day: date) -> dict[str, int]:
    counts = {entry.label: entry for entry in framework_counts(Edition.objects.get(), day)}
    return {name: part.total for name, part in counts[label].parts.items()}


def test_topic_disclosures_count_apart_from_general_ones_and_by_the_day(library_rows):
    assert parts("GRI 2021", BEFORE) == {"general": 33, "topics": 122 - 33, "sectors": 94}
    assert parts("GRI 2021", AFTER) == {"general": 33, "topics": 126 - 33, "sectors": 94}
    assert parts("GRI 2016", AFTER)["general"] == 59  # as it was at its end
    assert parts("HKEX 2025", AFTER) == {"topics": 12, "requirements": 60}


def test_whole_standard_covers_its_disclosures_and_an_aspect_its_indicators(library_rows):
    edition, gri = Edition.objects.get(), Framework.objects.get(code="GRI", edition="2021")
    issue = Issue.objects.get(code="ENV-01-01")
    lines = {line.coded.row.code: line for line in coverage(edition, gri, BEFORE)}
    assert lines["410-1"].is_gap and not lines["GRI 410"].is_gap and not lines["11.9"].is_gap
    map_issue(issue, Disclosure.objects.get(framework=gri, code="GRI 410"))
    lines = {line.coded.row.code: line for line in coverage(edition, gri, BEFORE)}
    assert (lines["410-1"].whole, lines["410-1"].is_gap) == (True, False)
    assert not lines["304-1"].in_force and not lines["304-1"].is_gap
    hkex = Framework.objects.get(code="HKEX")
    assert not [line for line in coverage(edition, hkex, BEFORE) if line.is_gap and line.coded.row.kind == "kpi"]


def test_target_covers_its_goal_and_is_no_gap_of_its_own(library_rows):
    edition, goals = Edition.objects.get(), Framework.objects.get(code="SDG")
    with thawed("published_issuemapping%"):
        IssueMapping.objects.filter(disclosure__framework=goals).delete()
    map_issue(Issue.objects.get(code="ENV-01-01"), Disclosure.objects.get(framework=goals, code="8.5"))
    counts = next(each for each in framework_counts(edition, BEFORE) if each.row == goals)
    assert (counts.covered, counts.total) == (1, 17)
    assert (counts.parts["targets"].covered, counts.parts["targets"].total) == (1, 169)
    lines = {line.coded.row.code: line for line in coverage(edition, goals, BEFORE)}
    assert (lines["8"].is_covered, lines["8"].below, lines["8.6"].is_gap, lines["7"].is_gap) == (True, 1, False, True)
    shown = [code for code, line in lines.items() if CoverageFilters().lets_through(line)]
    assert shown == [*map(str, range(1, 9)), "8.5", *map(str, range(9, 18))]


def test_newer_standards_name_what_issues_are_mapped_to(library_rows):
    edition = Edition.objects.get()
    assert newer_standards(edition, date(2025, 12, 31)) == []
    found = {row.standard.standard_code: row.codes for row in newer_standards(edition, AFTER)}
    assert found["101"] == ("304-2", "304-3")
    assert found["102"] == ("201-2", "305-1", "305-2", "305-3", "305-4", "305-5")
    assert [row.standard.standard_code for row in newer_standards(edition, BEFORE)] == ["101"]
