"""The codebook tells every column of every file."""

import io

import pytest
from openpyxl import load_workbook

from surveys.exports.codebook import codebook_columns
from surveys.exports.exporting import export_codebook, export_csv, export_xlsx
from surveys.exports.selection import Selection
from surveys.exports.spss import export_spss
from tests.factories.responses import make_response
from tests.factories.surveys import make_open_survey
from tests.surveys.exports.contents import csv_rows, members

pytestmark = pytest.mark.django_db


@pytest.fixture
def selection():
    survey = make_open_survey(title_zh="问卷", title_en="=Survey")
    make_response(survey)
    return Selection(survey, full=True)


def rows_of(selection, part):
    return [row for row in csv_rows(b"".join(export_codebook(selection))) if row["part"] == part]


def test_codebook_names_every_column_of_the_csv_in_order(selection):
    header = b"".join(export_csv(selection)).decode("utf-8-sig").splitlines()[0]
    assert [row["name"] for row in rows_of(selection, "column")] == header.split(",")


def test_codebook_names_every_variable_of_the_spss_file(selection):
    told = [name for row in rows_of(selection, "column") for name in row["spss_name"].split()]
    header = members(b"".join(export_spss(selection)))["data.csv"].decode().splitlines()[0]
    assert told == header.split(",")


def test_codebook_of_an_item_has_names_scale_and_missing_codes_in_both_languages(selection):
    item = selection.survey.items.select_related("issue__category").order_by("position").first()
    row = next(row for row in rows_of(selection, "column") if row["name"] == f"{item.issue.code}:{item.dimension}")
    assert (row["label_zh"], row["label_en"]) == (item.issue.name_zh, item.issue.name_en)
    assert (row["dimension"], row["category_en"]) == (item.dimension, item.issue.category.name_en)
    assert row["values_en"] == "1 = very little; 2 = little; 3 = medium; 4 = much; 5 = very much"
    assert row["values_zh"] == "1 = 很小; 2 = 较小; 3 = 中等; 4 = 较大; 5 = 很大"
    assert row["missing"] == "empty = skipped; DK = don't know; NA = not asked"


def test_codebook_of_a_survey_opened_with_the_first_instrument_keeps_its_words(selection):
    selection.survey.instrument_version = 1
    row = next(row for row in rows_of(selection, "column") if row["dimension"])
    assert row["values_zh"] == "1 = 很小; 2 = 较小; 3 = 一般; 4 = 较大; 5 = 很大"
    facts = {row["name"]: row["values_zh"] for row in rows_of(selection, "fact")}
    assert facts["instrument"] == "1"
    assert facts["question_society"] == "这件事做得好或不好，对社会和环境影响有多大？"


def test_codebook_has_columns_for_each_language_of_the_survey():
    survey = make_open_survey(languages=["ko", "en"], title_ko="설문", title_en="", title_zh="")
    survey.cycle.groups.filter(code="employees").update(name={"en": "Employees", "ko": "임직원"})
    selection = Selection(survey)
    told = ["label_ko", "label_en", "dimension", "category_ko", "category_en", "values_ko", "values_en", "missing"]
    assert codebook_columns(survey) == ["part", "name", "spss_name", *told]
    facts = {row["name"]: (row["label_ko"], row["values_ko"], row["values_en"]) for row in rows_of(selection, "fact")}
    assert facts["title"] == ("Survey", "설문", "설문")
    group = next(row for row in rows_of(selection, "column") if row["name"] == "group")
    assert "employees = 임직원" in group["values_ko"] and "employees = Employees" in group["values_en"]
    assert members(b"".join(export_spss(selection)))["codebook.csv"].decode("utf-8-sig").startswith("part,name,spss")


def test_codebook_tells_rules_and_facts(selection):
    rules = {row["name"]: row["values_en"] for row in rows_of(selection, "rule")}
    assert rules["speeding"] == "effect = reject; seconds = 1.0"
    facts = {row["name"]: row["values_en"] for row in rows_of(selection, "fact")}
    assert (facts["survey"], facts["responses"], facts["scale"]) == (selection.survey.code, "1", "1–5")
    assert facts["title"] == "'=Survey"


def test_codebook_is_the_second_sheet_of_the_workbook(selection):
    book = load_workbook(io.BytesIO(b"".join(export_xlsx(selection))))
    assert book.sheetnames == ["responses", "codebook"]
    assert [cell.value for cell in book["codebook"][1]] == codebook_columns(selection.survey)
    assert book["codebook"].max_row == len(csv_rows(b"".join(export_codebook(selection)))) + 1
