"""Files that are small and would take minutes or gigabytes to read."""

import io
import time
import zipfile

import pytest

from materiality.tables.guards import Limits
from materiality.tables.limited import tell, within_limits
from materiality.tables.problems import BadLibrary, FileProblem, Problem
from materiality.tables.read import open_sheets
from materiality.tables.records import read_tables

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def workbook(rows: str, sheets: int = 1, shared: str = "") -> bytes:
    """A workbook whose sheets are all the same part, as small as it can be."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        f'<Default Extension="xml" ContentType="{kind}.worksheet+xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets>'
        + "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="r1"/>' for n in range(1, sheets + 1))
        + "</sheets></workbook>",
        "xl/worksheets/sheet1.xml": f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>",
        "xl/sharedStrings.xml": f"<sst {MAIN}><si><t>{shared}</t></si></sst>",
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path, xml in parts.items():
            archive.writestr(path, xml)
    return stream.getvalue()


ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'
WIDE = "<row>" + "<c><v>1</v></c>" * 1_000_000 + "</row>"
FAR, FARTHER = (
    f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{n}"><c r="ALL{n}"><v>1</v></c></row>' for n in (90, 9_000)
)
SAME = "<row>" + '<c r="A1"><v>1</v></c>' * 4_000_000 + "</row>"


@pytest.mark.parametrize(
    ("contents", "kind"),
    [
        (workbook(ROW, sheets=20_000), "too_many_sheets"),
        (workbook(WIDE), "too_many_columns"),
        (workbook(SAME), "too_many_cells"),
        (workbook(FARTHER), "too_many_cells"),
        (workbook(FAR, 200), "too_many_cells"),
    ],
    ids=["20,000 sheets", "a million cells in a row", "one cell four million times", "far corner", "200 wide sheets"],
)
def test_small_file_that_unfolds_is_refused_at_once(contents, kind):
    start = time.process_time()
    with pytest.raises(BadLibrary) as refusal:
        read_tables(contents, "x.xlsx")
    assert [problem.kind for problem in refusal.value.problems] == [kind]
    assert len(contents) < 300_000 and time.process_time() - start < 10


def test_shared_text_that_fills_the_memory_is_refused_and_the_process_lives():
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 19_000))
    contents = workbook(cells, shared="x" * 1_000_000)
    with pytest.raises(FileProblem, match="too_much_memory"):
        within_limits(lambda: [list(rows) for _name, rows in open_sheets(contents, Limits())], megabytes=300)


def test_reading_that_takes_too_long_is_stopped():
    def forever() -> None:
        while True:
            pass

    with pytest.raises(FileProblem, match="too_slow"):
        within_limits(forever, seconds=1)


def test_within_limits_hands_back_what_was_read_or_raised():
    assert within_limits(lambda: read_tables(workbook(ROW), "x.xlsx"))[0].columns == ("1",)
    with pytest.raises(BadLibrary) as refusal:
        within_limits(lambda: read_tables(b"code\0", "x.csv"))
    assert refusal.value.problems == [Problem("broken_encoding", params={"line": "1", "offset": "4"})]


def test_what_a_reading_tells_on_the_way_is_heard_at_once_and_may_end_it():
    def read() -> str:
        for number in range(1, 4):
            tell(number, 3)
        return "done"

    heard: list[tuple[int, int]] = []
    assert within_limits(read, told=lambda *said: heard.append(said)) == "done"
    assert (heard, within_limits(read)) == ([(1, 3), (2, 3), (3, 3)], "done")

    def endless() -> None:
        while True:
            tell(1, None)

    def lost(*said: object) -> None:
        raise LookupError

    with pytest.raises(LookupError):
        within_limits(endless, told=lost)
