"""The scores workbook: format, hidden cells, native chart."""

import io
import re
import zipfile
from datetime import date

import pytest
from openpyxl import load_workbook

from materiality.models import FrameworkValue, Run
from reports.documents.scores import SCORE_COLUMNS
from reports.documents.sheets import lines_needed
from reports.outputs import build_output, output_inputs
from surveys.questionnaire.screening import Rules
from tests.factories.cycles import make_cycle, small_library
from tests.factories.library import make_disclosure
from tests.factories.scores import make_run

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made():
    """What was built from the cycle as it lies beneath every test."""
    return {}


@pytest.fixture
def contents(cycle, made):
    if "contents" not in made:
        made["contents"] = build_output(output_inputs(cycle, kind="workbook", format="xlsx", language="en"))
    return made["contents"]


@pytest.fixture
def book(contents, made):
    """To be read only."""
    if "book" not in made:
        made["book"] = load_workbook(io.BytesIO(contents))
    return made["book"]


def table(sheet) -> list[dict]:
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_workbook_has_the_sheets_and_columns_of_the_format(book):
    people = ["Overview", "Issues", "Primary issues", "Chart"]
    assert book.sheetnames == [*people, "scores", "primary", "by_group", "groups", "method", "screening", "matrix"]
    assert tuple(cell.value for cell in book["scores"][1]) == SCORE_COLUMNS
    assert (book["scores"].max_row, book["primary"].max_row) == (94, 24)


def test_rows_for_people_are_as_high_as_their_lines_and_the_chart_has_a_page_of_its_own(book):
    sheet = book["Issues"]
    widths = [sheet.column_dimensions[cell.column_letter].width for cell in sheet[4]]
    for row in sheet.iter_rows(min_row=4):
        lines = max(lines_needed(cell.value, width) for cell, width in zip(row, widths, strict=True) if is_text(cell))
        assert sheet.row_dimensions[row[0].row].height >= 15 * lines
    chart = book["Chart"]
    assert [each.id for each in chart.col_breaks.brk] == [7] and not chart.sheet_properties.pageSetUpPr.fitToPage


def is_text(cell) -> bool:
    return isinstance(cell.value, str)


def test_what_a_rater_gives_issues_stands_beside_the_scores(cycle):
    weight = make_disclosure("CE1", framework="MSCI", edition="2025")
    FrameworkValue.objects.create(issue="SOC-03-01", disclosure=weight, value=12.5, unit="%")
    contents = build_output(output_inputs(cycle, kind="workbook", format="xlsx", language="en"))
    head, *rows = load_workbook(io.BytesIO(contents))["Issues"].iter_rows(min_row=4, values_only=True)
    assert head[-1] == "MSCI 2025 (%)"
    assert [row[-1] for row in rows if row[-1] is not None] == [12.5]


def test_scores_are_those_of_the_run_in_rank_order(book, cycle):
    rows = table(book["scores"])
    stored = {score.issue.code: score for score in Run.objects.get(cycle=cycle).scores.select_related("issue")}
    assert [row["rank"] for row in rows] == list(range(1, 94))
    fields = ("society", "society_low", "society_n", "business_high", "priority", "rank_low")
    assert [row["tier"] for row in rows] == [stored[row["code"]].tier for row in rows]
    for row in rows:  # a workbook keeps 16 digits
        wanted = {name: getattr(stored[row["code"]], name) for name in fields}
        assert {name: row[name] for name in fields} == pytest.approx(wanted, rel=1e-14)


def test_group_cells_below_five_are_empty_and_one_more_with_them(book, cycle):
    row = next(row for row in table(book["by_group"]) if row["code"] == "SOC-03-01")
    groups = list(cycle.groups.values_list("code", flat=True))
    numbers = [row[f"{group}:society:n"] for group in groups]
    hidden = [group for group in groups if row[f"{group}:society"] is None]
    assert numbers[-1] == 3 and len(hidden) == 2 and groups[-1] in hidden


def test_groups_sheet_names_habits_weights_and_shares(book, cycle):
    run = Run.objects.get(cycle=cycle)
    rows = {row["group"]: row for row in table(book["groups"])}
    assert list(rows) == list(cycle.groups.values_list("code", flat=True))
    for code, row in rows.items():
        assert row["responses"] == run.responses["groups"][code]["valid"]
        assert row["habit_society"] == pytest.approx(run.figures["habits"][code].get("society"))
    assert sum(row["variance_share"] for row in rows.values()) == pytest.approx(1)


def test_files_say_no_certainty_where_few_issues_are_scored(cycle):
    run = Run.objects.get(cycle=cycle)
    run.statement["scored"] = 9
    run.save()
    inputs = output_inputs(cycle, kind="workbook", format="xlsx", language="en")
    found = load_workbook(io.BytesIO(build_output(inputs)))
    assert {row["tier_certainty"] for row in table(found["scores"])} == {None}
    assert None not in {row["tier_certainty"] for row in table(found["primary"])}


def test_chart_has_a_labelled_series_for_every_issue_and_two_cut_lines(contents):
    archive = zipfile.ZipFile(io.BytesIO(contents))
    chart = archive.read("xl/charts/chart2.xml").decode()
    series = re.findall(r"<ser>.*?</ser>", chart)
    assert len(series) == 95 and "scatterChart" in chart
    labelled = [each for each in series if '<showSerName val="1"' in each]
    assert len(labelled) > 85
    assert {re.search('dLblPos val="(.+?)"', each)[1] for each in labelled} <= {"r", "l", "t", "b", "ctr"}
    assert "'matrix'!$B$2</f>" in series[0] and "'matrix'!$D$2</f>" in series[0]


def test_method_sheet_names_what_the_numbers_rest_on(book, cycle):
    run = Run.objects.get(cycle=cycle)
    values = {row[0]: row[1] for row in book["method"].iter_rows(values_only=True)}
    assert (values["responses_sha256"], values["lam"], values["cut_high_found"]) == (run.digest, 0.5, run.cuts["high"])
    counts = {row[0]: row[1] for row in book["screening"].iter_rows(values_only=True)}
    assert (counts["valid"], counts["speeding"]) == (120, 0)


def test_screening_sheet_names_the_rules_that_the_run_counted_by(cycle):
    rules = Rules(speeding_seconds=0.8).to_json()
    run = Run.objects.get(cycle=cycle)
    run.responses["screening"] = [{"survey": "staff", "version": 3, "rules": rules}]
    run.save()
    inputs = output_inputs(cycle, kind="workbook", format="xlsx", language="en")
    sheet = load_workbook(io.BytesIO(build_output(inputs)))["screening"]
    rows = [row for row in sheet.iter_rows(values_only=True) if row[0] == "staff"]
    assert [row[1:4] for row in rows] == [(3, flag, rule["effect"]) for flag, rule in rules.items()]
    assert ("staff", 3, "speeding", "reject", "seconds=0.8") in rows


def test_files_of_a_run_say_what_bears_on_it(cycle):
    run = Run.objects.get(cycle=cycle)
    rescaled = [{"survey": "demo", "file": "old.csv", "from": 3, "to": 5}]
    run.late, run.name, run.reason = ["lam"], "Lower share", "Asked by the committee"
    run.responses |= {"imported": 1200, "rescaled": rescaled}
    run.save()
    marks = [
        "Kept as “Lower share”: Asked by the committee",
        "1,200 of its responses were brought in from files.",
        "The ratings of “old.csv” were given on a scale of 3 points and are stretched to 5.",
        "Changed after results had been seen: Share of society, λ.",
    ]
    book = load_workbook(io.BytesIO(build_output(output_inputs(cycle, kind="scores", format="xlsx", language="en"))))
    assert [value for name, value in book["method"].iter_rows(values_only=True) if name == "mark"] == marks
    drawn = build_output(output_inputs(cycle, kind="matrix", format="svg", language="en")).decode()
    listed = build_output(output_inputs(cycle, kind="issue-list", format="html", language="en")).decode()
    assert [mark for mark in marks if mark not in listed] == []
    assert marks[3] in drawn


def test_own_names_of_axes_and_tiers_stand_in_workbook_slides_and_picture(cycle):
    names = {"axis": {"society": {"en": "Impact on people"}}, "tier": {"high": {"en": "Top"}}}
    usual = output_inputs(cycle, kind="workbook", format="xlsx", language="en")
    assert "names" not in usual
    Run.objects.update(method={**Run.objects.get().method, "names": names})
    inputs = output_inputs(cycle, kind="workbook", format="xlsx", language="en")
    book = load_workbook(io.BytesIO(build_output(inputs)))
    cells = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert {"Impact on people", "Top", "name_axis_society_en"} <= cells and "Impact on society" not in cells
    picture = build_output(output_inputs(cycle, kind="matrix", format="svg", language="en")).decode()
    assert "Impact on people" in picture and ">Top<" in picture and ">High<" not in picture
    chinese = build_output(output_inputs(cycle, kind="matrix", format="svg", language="zh-hans")).decode()
    assert "对社会和环境的影响" in chinese


@pytest.mark.parametrize(("kind", "form"), [("matrix", "svg"), ("year-comparison", "html"), ("process-text", "docx")])
@pytest.mark.parametrize("rule", ["priority", "either"])
@pytest.mark.parametrize(("language", "usual"), [("en", "(?i)society|business"), ("zh-hans", "社会|经营")])
def test_no_output_calls_an_axis_by_its_usual_name_where_it_has_another(media, kind, form, rule, language, usual):
    small_library(codes=("environment", "social"))
    past = {"period_start": date(2025, 1, 1), "period_end": date(2025, 12, 31)}
    then, now = make_cycle(code="then", **past), make_cycle(code="now")
    axes = {"society": {"en": "Impact on {people}", "zh": "对人的影响"}, "business": {"en": "Value", "zh": "价值"}}
    for cycle in (then, now):
        cycle.method |= {"names": {"axis": axes}, "rule": rule, "thresholds": "shares"}
        cycle.save()
        make_run(cycle)
    built = build_output(output_inputs(now, kind=kind, format=form, language=language))
    if form == "docx":
        built = zipfile.ZipFile(io.BytesIO(built)).read("word/document.xml")
    text = re.sub(r"data-\w+=\"[^\"]*\"|w:(val|name|tag)=\"[^\"]*\"", "", built.decode())
    assert axes["society"]["en" if language == "en" else "zh"] in text and re.findall(usual, text) == []
