"""The GRI index in two layouts and five formats."""

import csv
import io
from datetime import date

import docx
import pypdfium2
import pytest
from django.utils.translation import override
from openpyxl import load_workbook

from reports.actions.outline import import_outline
from reports.gri.index import Entry, OutlineRow
from reports.models import ContentIndex, IndexDecision
from reports.outputs import build_output, output_inputs
from reports.queries.index import statement_of_use
from tests.factories.reports import make_cycle, outline_lines

pytestmark = pytest.mark.django_db


def build(cycle, format, language="zh-hans", **options):
    return build_output(output_inputs(cycle, kind="gri-index", format=format, language=language, options=options))


def sheet_of(cycle, language="zh-hans", **options):
    return load_workbook(io.BytesIO(build(cycle, "xlsx", language, **options))).worksheets[0]


def cells(sheet, head: str):
    """Cells below the row whose first cell is `head`."""
    rows = [[cell.value or "" for cell in row] for row in sheet.iter_rows()]
    at = next(place for place, row in enumerate(rows) if row[0] == head)
    return rows[at], rows[at + 1 :]


def lines_of(cycle, language="en", **options) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(build(cycle, "csv", language, **options).decode("utf-8-sig"))))


def entries(*identities: str) -> tuple[Entry, ...]:
    return tuple(Entry(identity=identity) for identity in identities)


@pytest.fixture
def outlined(library, media):
    """A cycle of 2021 with two topics, an omission, a sector topic, a whole standard and two places of 3-3."""
    cycle = make_cycle("year", gri_edition="2021")
    rows = [
        OutlineRow(1, "关于", "", "About", entries=entries("2-1@2021", "2-4@2021", "3-1@2021"), locations=("P2",)),
        OutlineRow(
            2, "人", "平等的职场", "People", "Equality", ("SOC-01-01",),
            (*entries("3-3@2021", "405-1@2016", "401-1@2016"), Entry(standard="402@2016")), ("P9", "P12-P13"),
            "401-1 b", "not_applicable", "There are none.",
        ),
        OutlineRow(3, "绿", "能源", "Green", "Energy", ("ENV-03-01",), entries("302-1@2016", "3-3@2021")),
        OutlineRow(4, "绿", "其他", "Green", "Other", entries=(Entry(sector="12.1"), *entries("305-1@2016"))),
    ]  # fmt: skip
    import_outline(cycle=cycle, rows=rows, by=None)
    return cycle


def test_index_by_section_has_the_rows_codes_and_pages_of_the_outline(cycle):
    lines = outline_lines()
    head, printed = cells(sheet_of(cycle), "章")
    assert head == ["章", "节", "GRI 披露项", "位置"]
    assert printed == [
        [("" if n and lines[n - 1]["chapter"] == line["chapter"] else line["chapter"]), line["section"],
         line["disclosures"].replace(";", "; "), line["location"]]
        for n, line in enumerate(lines)
    ]  # fmt: skip
    names = ("order", "chapter", "section", "disclosures", "location")
    assert [[row[name] for name in names] for row in lines_of(cycle, "zh-hans")] == [
        [line[name] for name in names] for line in lines
    ]


def test_index_is_in_the_language_of_the_output(cycle):
    with override("zh-hans"):
        sheet = sheet_of(cycle, "en")
    assert (sheet.title, sheet["A1"].value) == ("GRI index", "GRI content index")
    assert sheet["A2"].value.endswith("2026 annual assessment · GRI Standards, edition 2016")
    assert cells(sheet, "Chapter")[1][0][:2] == ["About Us", "About This Report"]


def test_nothing_is_printed_as_a_stroke_and_empty_columns_go(library, media):
    cycle = make_cycle()
    import_outline(cycle=cycle, rows=[OutlineRow(1, "一", entries=entries("102-1@2016")), OutlineRow(2, "二")], by=None)
    head, printed = cells(sheet_of(cycle, "en"), "Chapter")
    assert (head, printed) == (["Chapter", "GRI disclosures"], [["一", "102-1"], ["二", "/"]])
    assert build(cycle, "html", "en").count(b"<td") == 4


def test_ranges_are_folded_on_demand(cycle):
    assert cells(sheet_of(cycle, fold="yes"), "章")[1][0][2] == "102-45; 102-46; 102-48 ~ 102-54"


def test_omissions_are_printed_in_both_layouts(outlined):
    head, printed = cells(sheet_of(outlined, "en"), "Chapter")
    assert head[-3:] == ["Requirement left out", "Reason", "Explanation"]
    assert printed[1][-3:] == ["401-1 b", "Not applicable", "There are none."]
    by_code = {row["disclosure"].split()[0]: row for row in lines_of(outlined, layout="standard") if row["disclosure"]}
    assert by_code["401-1"]["omission_reason"] == "Not applicable" and by_code["405-1"]["omission_reason"] == ""


def test_index_by_standard_has_a_row_for_each_disclosure_and_place(outlined):
    rows = [
        (row["part"], row["topic"], row["standard"], row["disclosure"], row["location"])
        for row in lines_of(outlined, layout="standard")
    ]
    general, material = "General disclosures", "Material topics"
    names = [topic for _part, topic, *_rest in rows if topic]
    equal, energy = dict.fromkeys(names)
    assert rows == [
        (general, "", "GRI 2: General Disclosures 2021", "2-1 Organizational details", "P2"),
        (general, "", "GRI 2: General Disclosures 2021", "2-4 Restatements of information", "P2"),
        (material, "", "GRI 3: Material Topics 2021", "3-1 Process to determine material topics", "P2"),
        (material, equal, "GRI 3: Material Topics 2021", "3-3 Management of material topics", "Energy"),
        (material, equal, "GRI 302: Energy 2016", "302-1 Energy consumption within the organization", "Energy"),
        *(
            (material, energy, standard, disclosure, place)
            for standard, disclosure in (
                ("GRI 3: Material Topics 2021", "3-3 Management of material topics"),
                ("GRI 401: Employment 2016", "401-1 New employee hires and employee turnover"),
                ("GRI 402: Labor/Management Relations 2016", ""),
                ("GRI 405: Diversity and Equal Opportunity 2016", "405-1 Diversity of governance bodies and employees"),
            )
            for place in ("P9", "P12-P13")
        ),
        ("Topic disclosures", "", "GRI 12: Coal Sector 2022", "12.1 GHG emissions", "Other"),
        ("Topic disclosures", "", "GRI 305: Emissions 2016", "305-1 Direct (Scope 1) GHG emissions", "Other"),
    ]
    assert [row["sector"] for row in lines_of(outlined, layout="standard")][-1].startswith("12.1.")


def test_statement_of_use_and_sector_standards_stand_above(outlined):
    ContentIndex.objects.create(cycle=outlined, claim="accordance", sectors=["12@1.0"])
    sheet = sheet_of(outlined, "en", layout="standard")
    lead = [sheet.cell(row, 1).value for row in range(2, 6)]
    assert lead[0].endswith(
        "has reported in accordance with the GRI Standards for the period 1 January 2026 to 31 December 2026."
    )
    assert lead[1:3] == ["GRI 1 used  GRI 1: Foundation 2021",
                         "Applicable GRI Sector Standard(s)  GRI 12: Coal Sector 2022"]  # fmt: skip
    chinese = sheet_of(outlined, "zh-hans", layout="standard")
    assert "2026年1月1日至2026年12月31日" in chinese["A2"].value


def test_decision_leaves_out_or_omits(outlined):
    ContentIndex.objects.create(cycle=outlined, claim="reference", sectors=["12@1.0"])
    decided = [("2-4@2021", "unused", ""), ("2-21@2021", "omit", "confidentiality_constraints"), ("12.2", "unused", "")]
    for identity, state, reason in decided:
        why = "Pay is secret." if reason else "No mine."
        IndexDecision.objects.create(cycle=outlined, identity=identity, state=state, reason=reason, explanation=why)
    rows = lines_of(outlined, layout="standard")
    printed = {row["disclosure"].split()[0]: row for row in rows if row["disclosure"]}
    assert "2-4" not in printed
    assert (printed["2-21"]["omission_reason"], printed["2-21"]["location"]) == ("Confidentiality constraints", "")
    # By section there is no row for it, so it stands behind them all.
    left_out = cells(sheet_of(outlined, "en"), "Chapter")[1][-1]
    assert left_out == ["Left out", "", "2-21", "/", "2-21", "Confidentiality constraints", "Pay is secret."]
    book = load_workbook(io.BytesIO(build(outlined, "xlsx", "en", layout="standard")))
    assert [row[0].value for row in book.worksheets[1].iter_rows()][-1].startswith("12.2 ")


def test_what_a_section_leaves_out_stands_beside_it_and_once_beside_its_places(outlined):
    told = {"state": "omit", "requirement": "b", "reason": "information_unavailable", "explanation": "From 2028."}
    IndexDecision.objects.create(cycle=outlined, identity="405-1@2016", **told)
    (row,) = (row for row in cells(sheet_of(outlined, "en"), "Chapter")[1] if row[1] == "Equality")
    assert row[4:] == [
        "401-1 b\n405-1 b",
        "Not applicable\n405-1: Information unavailable / incomplete",
        "There are none.\n405-1: From 2028.",
    ]
    printed = cells(sheet_of(outlined, "en", layout="standard"), "GRI standard")[1]
    at = [row[1][:5] for row in printed].index("405-1")
    assert [(row[2], row[5]) for row in printed[at : at + 2]] == [("P9", "From 2028."), ("P12-P13", "")]


@pytest.mark.parametrize("layout", ["section", "standard"])
def test_every_format_holds_every_code_and_place(outlined, layout):
    contents = {format: build(outlined, format, "en", layout=layout) for format in ("pdf", "docx", "html")}
    pages = [page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(contents["pdf"])]
    word = docx.Document(io.BytesIO(contents["docx"]))
    texts = [" ".join(pages), " ".join(cell.text for row in word.tables[0].rows for cell in row.cells)]
    for text in (*texts, contents["html"].decode()):
        for wanted in ("2-1", "3-3", "405-1", "302-1", "305-1", "P12-P13", "Not applicable", "There are none."):
            assert wanted in " ".join(text.split())


def test_index_of_2021_spells_reused_codes_with_the_year(library, media):
    cycle = make_cycle(gri_edition="2021")
    row = OutlineRow(1, "=章", entries=(*entries("102-1@2025", "2-1@2021"), Entry(sector="11.2.1")), locations=("+P1",))
    import_outline(cycle=cycle, rows=[row], by=None)
    sheet = sheet_of(cycle)
    assert cells(sheet, "章")[1] == [["=章", "GRI 102-1 (2025); 2-1; 11.2.1", "+P1"]]
    assert {cell.data_type for row in sheet for cell in row if cell.value} == {"s"}
    assert b"1,'=\xe7\xab\xa0,,GRI 102-1 (2025);2-1;11.2.1,'+P1\r\n" in build(cycle, "csv")


def test_long_sections_and_many_places_put_no_page_beside_another_section(library, media):
    cycle = make_cycle(gri_edition="2021")
    rows = [
        OutlineRow(
            1,
            "绿色运营",
            "应对气候变化、推进能源转型与低碳供应链建设行动",
            entries=entries("305-1@2016"),
            locations=("P10-P12",),
        ),
        OutlineRow(2, "绿色运营", "能源", entries=entries("305-1@2016"), locations=("P20",)),
        OutlineRow(3, "绿色运营", "水", entries=entries("305-1@2016", "303-3@2018"), locations=("P30",)),
    ]
    import_outline(cycle=cycle, rows=rows, by=None)
    found = [(row["disclosure"].split()[0], row["location"]) for row in lines_of(cycle, layout="standard")]
    assert found == [("303-3", "P30"), ("305-1", "P10-P12"), ("305-1", "P20"), ("305-1", "P30")]


def test_period_of_the_statement_is_the_cycles():
    with override("en"):
        said = statement_of_use("reference", "ACME", date(2026, 1, 1), date(2026, 12, 31))
    assert said == (
        "ACME has reported the information cited in this GRI content index for the period 1 January 2026 to "
        "31 December 2026 with reference to the GRI Standards."
    )
