"""The template knows what each group is asked; a file finds issues by the names they had before."""

import io

import pytest
from openpyxl import load_workbook

from materiality.models import Lineage
from surveys.exports.exporting import template_xlsx
from surveys.questionnaire.asking import Plan
from surveys.responses.reading import asked_of
from tests.factories.library import make_category, make_edition, make_issue
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


def test_issue_is_known_by_the_names_it_had_before():
    survey = make_open_survey()
    issue = survey.items.order_by("position").first().issue
    earlier = make_edition("edition-before", state="superseded")
    before = make_issue(make_category(earlier, "old"), "OLD-01", name_zh="旧称", name_en="Old name")
    Lineage.objects.create(edition=issue.edition, kind=Lineage.Kind.RENAMED, source=before, target=issue)
    (found,) = [each for each in asked_of(survey).issues if each.code == issue.code]
    assert found.former == ("旧称", "Old name")
