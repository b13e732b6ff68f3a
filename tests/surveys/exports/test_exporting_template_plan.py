"""The template knows what each group is asked; a file finds issues by the names they had before."""

import io

import pytest
from openpyxl import load_workbook

from surveys.exports.exporting import template_xlsx
from surveys.matching.words import IssueNames, Issues
from surveys.questionnaire.asking import Plan
from tests.factories.surveys import make_open_survey

pytestmark = pytest.mark.django_db


def test_template_greys_what_a_group_is_not_asked():
    survey = make_open_survey(plans={"users": Plan(business=False)})
    sheet = load_workbook(io.BytesIO(template_xlsx(survey)))["responses"]
    header = [cell.value for cell in sheet[1]]
    grey = {str(each.sqref).partition("2:")[0] for each in sheet.conditional_formatting}
    named = {sheet[f"{letters}1"].value for letters in grey}
    assert named == {name for name in header if name.endswith(":business")}
    assert {rule.formula[0] for each in sheet.conditional_formatting for rule in each.rules} == {'$B2="users"'}


def test_template_offers_what_can_stand_in_a_cell(survey):
    book = load_workbook(io.BytesIO(template_xlsx(survey)))
    offered = {
        str(each.sqref).partition(":")[0]: each.formula1 for each in book["responses"].data_validations.dataValidation
    }
    groups = ",".join(survey.cycle.groups.values_list("code", flat=True))
    assert (offered["B2"], offered["I2"]) == (f'"{groups}"', '"1,2,3,4,5,DK,NA"')
    assert [cell.value for cell in book.worksheets[1][1]][2:] == ["中文", "English"]


def test_issue_is_known_by_the_names_it_had_before():
    finder = Issues([IssueNames("SOC-01-01", "数据安全", "Data Security", ("信息安全", "Information Security"))])
    found = [finder.find(text) for text in ("How large? - Information Security", "信息安全", "数据安全")]
    assert [each.code for each in found] == ["SOC-01-01"] * 3
