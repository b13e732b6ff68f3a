"""The GRI index as a workbook and as CSV."""

import csv
import io

import pytest
from django.utils.translation import override
from openpyxl import load_workbook

from reports.actions.outline import import_outline
from reports.gri.index import OutlineRow
from reports.outputs import build_output, output_inputs
from tests.factories.reports import make_cycle, outline_lines

pytestmark = pytest.mark.django_db


def build(cycle, format, language="zh-hans"):
    inputs = output_inputs(cycle, kind="gri-index", format=format, language=language)
    return build_output(inputs)


def sheets(cycle, language="zh-hans"):
    return load_workbook(io.BytesIO(build(cycle, "xlsx", language))).worksheets


def cells(sheet, first=5):
    return [[cell.value or "" for cell in row] for row in sheet.iter_rows(min_row=first)]


def test_index_has_the_rows_codes_and_pages_of_the_outline(cycle):
    lines = outline_lines()
    wanted = [[line["chapter"], line["section"], line["disclosures"], line["location"]] for line in lines]
    printed = [[c, s, codes.replace("; ", ";"), page] for c, s, codes, page in cells(sheets(cycle)[0])]
    assert printed == wanted
    rows = list(csv.DictReader(io.StringIO(build(cycle, "csv").decode("utf-8-sig"))))
    assert [[r["chapter"], r["section"], r["disclosures"], r["location"]] for r in rows] == wanted


def test_index_is_in_the_language_of_the_output(cycle):
    with override("zh-hans"):
        english = sheets(cycle, "en")
    assert [sheet.title for sheet in english] == ["GRI index", "By disclosure"]
    assert (english[0]["A1"].value, english[0]["A5"].value) == ("GRI content index", "About Us")
    assert english[0]["A2"].value.endswith("2026 annual assessment · GRI Standards, edition 2016")
    with override("en"):
        chinese = sheets(cycle)
    assert [cell.value for cell in chinese[0][4]] == ["章", "节", "GRI 披露项", "位置"]


def test_index_can_be_filtered_and_printed(cycle):
    sheet = sheets(cycle)[0]
    assert (sheet.auto_filter.ref, sheet.print_title_rows, sheet.merged_cells.ranges) == ("A4:D28", "$4:$4", set())
    assert (sheet.page_setup.paperSize, sheet.page_setup.fitToWidth) == ("9", 1) or sheet.page_setup.paperSize == 9
    assert sheet["C5"].alignment.wrap_text is True


def test_second_sheet_says_where_each_disclosure_is(cycle):
    rows = {row[1]: row for row in cells(sheets(cycle, "en")[1])}
    assert rows["102-43"] == [
        "GRI 102", "102-43", "Approach to stakeholder engagement",
        "Stakeholders and Material Issues\nUser Experience and Rights", "P12\nP52",
    ]  # fmt: skip


def test_index_of_2021_spells_reused_codes_with_the_year(library, media):
    cycle = make_cycle(gri_edition="2021")
    row = OutlineRow(1, "=章", disclosures=("102-1", "2-1", "11.2.1"), location="+P1")
    import_outline(cycle=cycle, rows=[row], by=None)
    sheet = sheets(cycle)[0]
    assert cells(sheet) == [["=章", "", "GRI 102-1 (2025); 2-1; 11.2.1", "+P1"]]
    assert [sheet[name].data_type for name in ("A5", "D5")] == ["s", "s"]
    assert b"1,'=\xe7\xab\xa0,,GRI 102-1 (2025);2-1;11.2.1,'+P1\r\n" in build(cycle, "csv")
