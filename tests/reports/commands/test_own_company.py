"""Whole assessments of companies that are not the model case, from their list to matrix, workbook and pages."""

import csv
import io
import json
import random
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from openpyxl import load_workbook

from materiality.actions.stakeholders import remove_group, save_group
from materiality.models import Cycle, Edition
from surveys.actions.plans import build_survey
from surveys.actions.surveys import open_survey
from tests.factories.cycles import make_cycle
from tests.factories.people import make_person

pytestmark = pytest.mark.django_db

# Survey on six primary issues, three of them with secondaries: society and business by turns, two groups by turns.
ON_PRIMARIES = [
    "545443331211",
    "454354332211",
    "454444331211",
    "544343242211",
    "453434242211",
    "544544332221",
    "454444232221",
    "554444342221",
    "554544343322",
    "555445332222",
    "445554323221",
    "454444332211",
    "554454332222",
    "355445341111",
    "455444332212",
    "454545431211",
    "454544232221",
    "555543432222",
    "554554342211",
    "555533332111",
    "455434433212",
    "454554331322",
    "555344332112",
    "555444332211",
    "554444222311",
    "544444322122",
    "455454321132",
    "545455332122",
    "554534342211",
    "444444333222",
    "544444332221",
    "554434341221",
    "544444332211",
    "544544343312",
    "554444421221",
    "555544332112",
    "455443323111",
    "554444331223",
    "554553322221",
    "555544332312",
]


def run(*arguments: str) -> str:
    said = io.StringIO()
    call_command(*arguments, stdout=said, stderr=io.StringIO())
    return said.getvalue()


def written(path: Path, rows: list[list[object]]) -> str:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return str(path)


def own_groups(cycle: Cycle, language: str, codes: list[str]) -> None:
    """These groups in the place of the default ones."""
    values = {"side": "external", "weight_society": 1.0, "weight_business": 1.0, "target": 0}
    for code in codes:
        name = {f"name_{language}": code.capitalize()}
        save_group(cycle=cycle, values={"code": code, **name, **values}, by=None)
    for group in cycle.groups.exclude(code__in=codes):
        remove_group(group=group, by=None)


def answered(tmp_path: Path, cycle: Cycle, language: str, level: str, lines: list[list[object]]) -> None:
    """A survey of this level, opened, and these answers in it (group, then society and business by issue)."""
    title = {f"title_{language}": "Survey"}
    survey = build_survey(cycle=cycle, values={"code": "own", "level": level, **title}, by=None, plans={})
    open_survey(survey=survey, by=None)
    items = survey.items.select_related("issue").order_by("position")
    head = ["group", *(f"{item.issue.code}:{item.dimension}" for item in items)]
    run("import_responses", "own", written(tmp_path / "answers.csv", [head, *lines]))


def test_survey_on_primary_issues_has_cuts_and_zones_in_table_picture_and_page(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    head = ["code", "category", "parent_code", "name_zh", "name_en"]
    rows = [[f"MX-0{n}", "society", "", f"议题{n}", f"Topic {n}"] for n in range(1, 7)]
    rows += [[f"MX-0{n}-01", "society", f"MX-0{n}", f"子{n}", f"Sub {n}"] for n in range(1, 4)]
    run("load_library", written(tmp_path / "library.csv", [head, *rows]))
    cycle = make_cycle(code="own")
    own_groups(cycle, "en", ["public", "partner"])
    lines = [[("public", "partner")[n % 2], *ratings] for n, ratings in enumerate(ON_PRIMARIES)]
    answered(tmp_path, cycle, "en", "primary", lines)
    run("score", "own", "--json", str(tmp_path / "scores.json"))
    numbers = json.loads((tmp_path / "scores.json").read_text())
    assert {name: round(numbers["cuts"][name], 1) for name in ("high", "low")} == {"high": 79.1, "low": 36.7}
    tiers = [issue["tier"] for issue in numbers["issues"]]
    assert [tiers.count(tier) for tier in ("high", "medium", "low")] == [2, 2, 2]
    picture = tmp_path / "m.svg"
    options = ("--format", "svg", "--language", "en", "--level", "primary", "--out", str(picture))
    run("build_output", "own", "matrix", *options)
    assert [picture.read_text().count(f">{zone}<") >= 1 for zone in ("High", "Medium", "Low")] == [True] * 3
    client = Client()
    client.force_login(make_person())
    client.cookies["django_language"] = "en"
    page = client.get("/cycles/own/matrix/?level=primary").content.decode()
    assert "79.1" in page and "36.7" in page


@pytest.mark.parametrize("language", ["en", "ko"])
def test_flat_list_in_one_language_goes_from_file_to_matrix_index_and_pages(tmp_path, settings, language):
    settings.MEDIA_ROOT = tmp_path / "files"
    head = ["code", "category", f"name_{language}", "gri_2021"]
    parts = {"E": "environment", "S": "social", "G": "governance"}
    codes = [*(f"E{n}" for n in range(1, 6)), *(f"S{n}" for n in range(1, 6)), *(f"G{n}" for n in range(1, 5))]
    rows = [[code, parts[code[0]], f"Topic {code}", "205-2" if code == "G1" else ""] for code in codes]
    run("load_library", written(tmp_path / "library.csv", [head, *rows]))
    edition = Edition.objects.get(state="published")
    assert [(row.code, row.mark) for row in edition.categories.all()] == [
        *(("environment", 1), ("social", 2), ("governance", 3)),
    ]
    details = {"title_zh": "", "title_en": "", f"title_{language}": "2026"}
    cycle = make_cycle(code="own", **details)
    groups = ["customers", "staff", "investors", "suppliers", "neighbours"]
    own_groups(cycle, language, groups)
    rng = random.Random(1)
    lines = [[group, *(rng.randint(1, 5) for _item in range(28))] for group in groups for _number in range(8)]
    answered(tmp_path, cycle, language, "primary", lines)
    run("score", "own")
    picture, book = tmp_path / "m.svg", tmp_path / "w.xlsx"
    run("build_output", "own", "matrix", "--format", "svg", "--language", "en", "--out", str(picture))
    assert all(name in picture.read_text() for name in ("Topic E1", "Governance", "Social"))
    run("build_output", "own", "scores", "--format", "xlsx", "--language", language, "--out", str(book))
    sheets = load_workbook(book)
    told = [cell.value for cell in next(sheets["by_group"].iter_rows(max_row=1))]
    assert told[1 if language == "ko" else 2] == f"name_{language}"
    column = sheets["by_group"]["C" if language == "en" else "B"]
    assert "Overview" in sheets.sheetnames and "Topic E1" in {cell.value for cell in column}
    client = Client()
    client.force_login(make_person())
    pages = ["", "scope/", "groups/", "surveys/", "surveys/own/", "scores/", "matrix/", "index/", "review/"]
    for shown in ("en", "zh-hans"):
        client.cookies["django_language"] = shown
        found = {page: client.get(f"/cycles/own/{page}", follow=True).status_code for page in pages}
        assert {page: code for page, code in found.items() if code not in (200, 404)} == {}
        assert "Topic E1" in client.get("/cycles/own/scores/").content.decode()
        assert "Topic S2" in client.get("/library/").content.decode()
    respondent = Client(headers={"accept-language": "fr"}).get("/s/own/").content.decode()
    assert "Survey" in respondent and "Customers" in respondent


def test_survey_on_the_middle_of_three_levels_goes_from_plan_to_matrix_workbook_and_pages(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    head = ["code", "category", "parent_code", "name_en", "sdgs"]
    rows = [[f"T{n}", "social", "", f"Topic {n}", ""] for n in (1, 2)]
    rows += [[f"T{n}.{m}", "social", f"T{n}", f"Sub-topic {n}.{m}", "8.5"] for n in (1, 2) for m in (1, 2, 3)]
    rows += [[f"T1.1.{m}", "social", "T1.1", f"Sub-sub-topic {m}", ""] for m in (1, 2)]
    run("load_library", written(tmp_path / "library.csv", [head, *rows]))
    cycle = make_cycle(code="own")
    own_groups(cycle, "en", ["public", "partner"])
    lines = [[("public", "partner")[n % 2], *ratings] for n, ratings in enumerate(ON_PRIMARIES)]
    answered(tmp_path, cycle, "en", "middle", lines)
    run("score", "own", "--json", str(tmp_path / "scores.json"))
    numbers = json.loads((tmp_path / "scores.json").read_text())
    rated = [f"T{n}.{m}" for n in (1, 2) for m in (1, 2, 3)]
    assert sorted(issue["code"] for issue in numbers["issues"] if not issue.get("derived")) == rated
    assert {name: round(numbers["cuts"][name], 1) for name in ("high", "low")} == {"high": 79.1, "low": 36.7}
    picture, book = tmp_path / "m.svg", tmp_path / "w.xlsx"
    run("build_output", "own", "matrix", "--format", "svg", "--language", "en", "--out", str(picture))
    text = picture.read_text()
    assert all(f'data-code="{code}"' in text for code in rated) and 'data-code="T1.1.1"' not in text
    assert all(f">{zone}<" in text for zone in ("High", "Medium", "Low"))
    run("build_output", "own", "scores", "--format", "xlsx", "--language", "en", "--out", str(book))
    sheet = load_workbook(book)["scores"]
    place = [cell.value for cell in sheet[1]].index("code")
    assert sorted(row[place] for row in sheet.iter_rows(min_row=2, values_only=True)) == rated
    client = Client()
    client.force_login(make_person())
    client.cookies["django_language"] = "en"
    for path in (
        "scores/",
        "scores/?level=primary",
        "scores/T1/",
        "scores/T1.1/",
        "matrix/",
        "surveys/own/",
        "review/",
    ):
        page = client.get(f"/cycles/own/{path}", follow=True)
        assert page.status_code == 200, path
    assert "Sub-topic 2.3" in client.get("/cycles/own/scores/").content.decode()
    assert "Topic 2" in client.get("/cycles/own/scores/?level=primary").content.decode()
    run("build_output", "own", "sdg-table", "--format", "csv", "--language", "en", "--out", str(tmp_path / "s.csv"))
    goals = {row["number"]: row for row in csv.DictReader((tmp_path / "s.csv").open(encoding="utf-8-sig"))}
    assert goals["8"]["targets"] == "8.5" and "Sub-topic" in goals["8"]["issues"]
