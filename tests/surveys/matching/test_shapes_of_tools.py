"""Exports in the shape of tools and hands, one by one: read as they say, or doubted for what they are."""

import dataclasses
import io

import pytest
from openpyxl import Workbook, load_workbook

from surveys.matching.balance import balance_of
from tests.factories.tool_exports import DIMENSIONS, EN, ISSUES, QUESTIONS, Truth, answers, asked, csv_of
from tests.surveys.matching.reading import guessed, read, said, true

ASKED = asked(zone="Asia/Shanghai")
ROWS = answers(7, 30)
BASICS = ("token", "group", "ratings")


def outcome(contents: bytes, names: tuple[str, ...] = BASICS, rows: list[Truth] = ROWS) -> set[str]:
    """Empty where the file is read exactly; else the doubts, or `different`."""
    found = guessed(contents, ASKED)
    if found.doubts:
        return {doubt.code for doubt in found.doubts}
    parsed = read(contents, found.match, ASKED)
    if parsed.errors:
        return {error.code for error in parsed.errors}
    doubts = {doubt["code"] for doubt in balance_of(parsed, ASKED, match=found.match).doubts}
    return doubts or (set() if said(parsed, names) == true(rows, names, ASKED) else {"different"})


def plain(row: Truth, item: tuple[str, str]) -> str:
    return {"DK": "Don't know"}.get(row.ratings[item], row.ratings[item])


def table(head=None, value=plain, *, end: str = "", dimensions=DIMENSIONS) -> list[list]:
    """A row per response: token, group, perhaps the end, then all issues on one dimension after the other."""
    head = head or (lambda issue, dimension: f"{QUESTIONS['en', dimension].format('', 'X')} - {issue.en}")
    items = [(issue, dimension) for dimension in dimensions for issue in ISSUES]
    first = ["Respondent ID", "Group", *([end] if end else [])]
    rows = [[*first, *(head(issue, dimension) for issue, dimension in items)]]
    for row in ROWS:
        own = [row.token, row.group.en, *([row.submitted.isoformat(" ")] if end else [])]
        rows.append([*own, *(value(row, (issue.code, dimension)) for issue, dimension in items)])
    return rows


def with_definition(issue, dimension: str) -> str:
    return f"{QUESTIONS['en', dimension].format('', 'X')} [{issue.en}: what it means]"


def book(**sheets: list[list]) -> bytes:
    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        sheet.sheet_state = "hidden" if name == "hidden" else "visible"
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def qualtrics(*, blank: str = "") -> list[list]:
    """Three rows of headers, then metadata that say what finished, and what is a test."""
    codes = ["EndDate", "Status", "Progress", "Finished", "RecordedDate", "ResponseId", "UserLanguage", "Q1"]
    texts = ["End Date", "Response Type", "Progress", "Finished", "Recorded Date", "Response ID", "User Language"]
    texts.append("Which group do you belong to?")
    for number, dimension in enumerate(DIMENSIONS, 2):
        codes += [f"Q{number}_{place}" for place in range(1, len(ISSUES) + 1)]
        texts += [f"{QUESTIONS['en', dimension].format('', 'X')} - {issue.en}" for issue in ISSUES]
    rows = [codes, texts, ['{"ImportId":"a","timeZone":"Asia/Shanghai"}'] * len(codes)]
    for row in ROWS:
        end = row.submitted.isoformat(" ")
        words = [_word(row.ratings[issue.code, each], each, blank) for each in DIMENSIONS for issue in ISSUES]
        rows.append([end, "IP Address", "100", "True", end, row.token, "EN", row.group.en, *words])
    return rows


def _word(value: str, dimension: str, blank: str) -> str:
    return EN[dimension][int(value) - 1] if value.isdigit() else "No opinion" if value else blank


def test_rows_that_a_filter_hides_are_read_and_told():
    workbook = load_workbook(io.BytesIO(book(data=table())))
    workbook["data"].row_dimensions[5].hidden = True
    buffer = io.BytesIO()
    workbook.save(buffer)
    assert outcome(buffer.getvalue()) == {"hidden_rows"}


def test_three_rows_of_headers_are_one():
    assert outcome(csv_of(qualtrics()), (*BASICS, "submitted_at", "unfinished")) == set()


def test_minus_99_of_qualtrics_is_a_question_that_was_left():
    assert outcome(csv_of(qualtrics(blank="-99"))) == set()


def test_preview_is_no_response():
    rows = qualtrics()
    preview = ["2026-01-01 00:00:00", "Survey Preview", "100", "True", "2026-01-01 00:00:00", "R_test", *rows[3][6:]]
    assert outcome(csv_of([*rows[:3], preview, *rows[3:]])) == set()


def test_broken_off_response_is_unfinished():
    rows = qualtrics()
    rows[5][2:4] = ["40", "False"]
    truth = [dataclasses.replace(row, finished=number != 2) for number, row in enumerate(ROWS)]
    assert outcome(csv_of(rows), (*BASICS, "unfinished"), truth) == set()


@pytest.mark.parametrize(
    ("contents", "doubts"),
    [
        (book(data=table()), set()),
        (book(cover=[["Read me"], ["Answers on the next sheet"]], data=table()), set()),
        (book(data=table()[:10] + [table()[0]] + table()[10:]), set()),
        (book(data=[*table(), ["Average", "", *[3.2] * 16]]), set()),
        (book(data=[table()[0], ["", "", *["1=低 5=高"] * 16], *table()[1:]]), set()),
        (csv_of(table(with_definition)), set()),
        (book(data=table(), hidden=table()), {"hidden_sheets", "duplicates"}),
        (book(society=table(dimensions=("society",)), business=table(dimensions=("business",))), {"duplicates"}),
        (book(data=table(), mean=[["Group", "a", "b", "n"], *[["Users", 3.2, 4.1, 10]] * 3]), {"sheet_unread"}),
        (book(data=table(), notes=[["1 = very important"]]), {"turned_in_text"}),
        (book(data=[*table(), ["", "", ""], ["Note: until March"]]), {"missing_group"}),
        (csv_of(table(lambda issue, _each: issue.en)), {"dimension"}),
        (csv_of(table(end="End Date (EST)")), {"zone_words"}),
        (csv_of(table(end="End Date (UTC)")), {"other_zone"}),
        (csv_of(table(value=lambda row, item: f"{row.ratings[item]}.5" if row.ratings[item].isdigit() else "")),
         {"unknown_values"}),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else "-".join(sorted(value)) or "exact",
)  # fmt: skip
def test_file_is_read_or_doubted_for_what_it_is(contents, doubts):
    assert outcome(contents) == doubts


def test_sheets_by_wave_are_one_file_whose_sheets_are_the_channel():
    rows = table()
    contents = book(**{"Wave 1": rows[:16], "Wave 2": [rows[0], *rows[16:]]})
    truth = [dataclasses.replace(row, channel=f"Wave {1 + (at >= 15)}") for at, row in enumerate(ROWS)]
    assert outcome(contents, (*BASICS, "channel"), truth) == set()
    assert outcome(book(Sheet1=rows[:16], Sheet2=[rows[0], *rows[16:]])) == set()
