"""Exports and templates as files."""

import io

import pytest
from openpyxl import load_workbook

from materiality.actions.tables import KINDS
from materiality.formats.issues import IssueResource
from materiality.tables.imports import sheet_file
from materiality.tables.widgets import Scope
from tests.factories.cycles import make_cycle
from tests.factories.sheets import draft_of_small_library
from tests.factories.texts import reword

pytestmark = pytest.mark.django_db


@pytest.fixture
def scope() -> Scope:
    return Scope(draft_of_small_library(), make_cycle())


def workbook(scope: Scope, kind: str = "issues", empty: bool = False):
    return load_workbook(io.BytesIO(sheet_file(KINDS[kind].resource(scope), "xlsx", empty)))


@pytest.mark.parametrize("kind", list(KINDS))
def test_sheet_file_has_the_columns_of_the_format(scope, kind):
    names = [column.name for column in KINDS[kind].columns()]
    assert [cell.value for cell in workbook(scope, kind)[kind][1]] == names
    assert sheet_file(KINDS[kind].resource(scope), "csv", True).decode("utf-8-sig") == ",".join(names) + "\r\n"


def test_template_explains_headings_in_both_languages_and_holds_no_row(scope):
    page = workbook(scope, empty=True)["issues"]
    assert page.max_row == 1
    assert page["B1"].comment.text.split("\n") == ["范畴 — 范畴的编码。", "Category — The code of a category."]


def test_template_offers_codes_in_lists(scope):
    book = workbook(scope, empty=True)
    rules = {str(rule.sqref): rule for rule in book["issues"].data_validations.dataValidation}
    category, codes = rules["B2:B5000"], rules["I2:I5000"]
    assert (category.formula1, category.showErrorMessage) == ("codes!$A$2:$A$3", True)
    assert [cell.value for cell in book["codes"]["A"][:3]] == ["categories*", "environment", "society"]
    assert not codes.showErrorMessage  # several codes may stand in the cell
    listed = book["codes"][codes.formula1.partition("!")[2].replace("$", "")]
    assert [row[0].value for row in listed] == ["2-1", "305-1", "2-7", "305-7", "102-1 (2025)"]


def test_export_neutralises_formulas_and_keeps_codes_as_text(scope):
    reword(scope.edition.issues.filter(code="SOC-01-01"), name_en="=1+1", definition_en="-2")
    text = sheet_file(IssueResource(scope), "csv").decode("utf-8-sig")
    assert ",'=1+1," in text and ",'-2," in text
    rows = {row[0].value: row for row in workbook(scope)["issues"].iter_rows(min_row=2)}
    cell = rows["SOC-01-01"][4]
    assert (cell.value, cell.data_type, cell.number_format) == ("=1+1", "s", "@")


def test_export_keeps_numbers_as_numbers(scope):
    page = workbook(scope, "groups")["groups"]
    assert [cell.value for cell in page[2]][6:] == [1, 1, 9000]
