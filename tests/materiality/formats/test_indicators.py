"""Indicators beside issues and numbers of frameworks, by sheet and page."""

import pytest

from materiality.actions.tables import KINDS, confirm, undo
from materiality.formats.indicators import FrameworkValueResource, IndicatorResource
from materiality.models import FrameworkValue, Indicator, Issue
from materiality.queries.indicators import indicators_of, rater_columns
from materiality.tables.imports import sheet_file
from materiality.tables.widgets import Scope
from tests.factories.library import make_disclosure
from tests.factories.people import log_in
from tests.factories.sheets import csv_file, plan_of, problems_in, upload

pytestmark = pytest.mark.django_db
HOURS = {
    "issue": "SOC-01-02", "indicator": "hours", "name_zh": "培训时数", "name_en": "Hours of training", "unit": "h",
    "baseline_year": "2020", "baseline": "12.5", "target_year": "2030", "target": "40", "source": "HR",
    "owner": "", "2024": "20", "2031": "", "2025": "22.25",
}  # fmt: skip


def test_indicators_with_a_column_for_each_year_go_in_and_come_out_the_same(library_rows):
    imported = confirm(upload("indicators", csv_file([HOURS])), by=None)
    row = Indicator.objects.get()
    assert (row.baseline, row.target_year, row.values) == (12.5, 2030, {"2024": 20.0, "2025": 22.25})
    issue = Issue.objects.get(code="SOC-01-02")
    assert indicators_of(issue) == [row]
    lines = sheet_file(IndicatorResource(Scope()), "csv").decode("utf-8-sig").splitlines()
    head = lines[0].split(",")
    assert head[:11] == list(HOURS)[:11] and {"2024", "2025", "2026"} <= set(head) and "2031" not in head
    again = confirm(upload("indicators", csv_file([HOURS | {"2025": "23"}])), by=None)
    assert Indicator.objects.get().values["2025"] == 23
    undo(again, by=None)
    assert Indicator.objects.get().values["2025"] == 22.25
    undo(imported, by=None)
    assert not Indicator.objects.exists()


def test_indicators_all_errors_are_told(library_rows):
    rows = [HOURS | {"issue": "SOC-99"}, HOURS | {"baseline": "much", "name_zh": "", "name_en": ""}]
    assert problems_in(plan_of(IndicatorResource(Scope()), rows)) == [
        (2, "issue", "unknown_issue"), (3, "name_zh", "empty"), (3, "name_en", "empty"),
        (3, "baseline", "not_a_number"),
    ]  # fmt: skip
    reversed_years = HOURS | {"target_year": "2010", "2024": "1"}
    assert problems_in(plan_of(IndicatorResource(Scope()), [reversed_years])) == [(2, "target_year", "invalid")]


def test_indicator_is_kept_on_its_page_and_shown_on_that_of_the_issue(client, library_rows):
    log_in(client)
    told = {"issue": "SOC-01-02", "code": "hours", "name_en": "Hours of training", "unit": "h", "target": "40",
            "target_year": "2030", "year_2026": "31"}  # fmt: skip
    assert client.post("/library/indicators/new/", told).status_code == 302
    row = Indicator.objects.get()
    assert row.values == {"2026": 31.0}
    assert client.post("/library/indicators/new/", told).status_code == 200 and Indicator.objects.count() == 1
    client.post(f"/library/indicators/{row.pk}/", told | {"year_2026": "32"})
    issue = Issue.objects.get(code="SOC-01-02")
    page = client.get(f"/library/{issue.edition.code}/{issue.code}/").content.decode()
    assert "Hours of training" in page and ">32<br>" in page and "Add an indicator" in page
    assert "Hours of training" in client.get("/library/indicators/", {"q": "training"}).content.decode()
    client.post(f"/library/indicators/{row.pk}/remove/")
    assert not Indicator.objects.exists()
    client.logout()
    log_in(client, "viewer")
    assert client.get("/library/indicators/").status_code == 200
    assert client.get("/library/indicators/new/").status_code == 403


def test_numbers_of_a_rater_go_in_by_sheet_and_stand_beside_issues(library_rows):
    for code in ("K1", "K2"):
        make_disclosure(code, "RATER", "2026", title_en=f"Key issue {code}")
    rows = [
        {"issue": "SOC-01-02", "framework": "RATER", "code": "K1", "value": "12.5", "unit": "%"},
        {"issue": "SOC-01-02", "framework": "RATER 2026", "code": "K2", "value": "7", "unit": "%"},
    ]
    confirm(upload("framework_values", csv_file(rows)), by=None)
    assert FrameworkValue.objects.count() == 2
    assert [(each.label, each.values) for each in rater_columns(["SOC-01-02"])] == [
        ("RATER 2026 (%)", {"SOC-01-02": 19.5})
    ]
    wrong = [
        {"issue": "X", "framework": "RATER", "code": "K1", "value": "1", "unit": ""},
        {"issue": "SOC-01-02", "framework": "RATERS", "code": "K1", "value": "1", "unit": ""},
        {"issue": "SOC-01-02", "framework": "RATER", "code": "K9", "value": "", "unit": ""},
    ]
    assert problems_in(plan_of(FrameworkValueResource(Scope()), wrong)) == [
        (2, "issue", "unknown_issue"), (3, "framework", "unknown_framework"), (4, "code", "unknown_code"),
        (4, "value", "empty"),
    ]  # fmt: skip
    assert "framework_values" in KINDS
