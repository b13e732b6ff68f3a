"""Files of responses: values of every column, and every bad cell with its place."""

import datetime as dt
import hashlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from materiality.scoring.cube import DONT_KNOW, NOT_ASKED, SKIPPED
from materiality.tables.problems import CellError, FileProblem
from materiality.tables.read import Limits
from materiality.tables.write import neutralise
from surveys.questionnaire.ratings import CELL_TEXT
from tests.surveys.intake.files import GROUPS, ITEMS, NAMES, SHANGHAI, csv_bytes, found, parse, parse_rows, xlsx_bytes

HEADER = ["token", "group", "channel", "language", "started_at", "submitted_at", "consent", "comment", *NAMES]
GOOD = ["t1", "users", "link", "en", "2026-01-05 10:00", "2026-01-05 10:20", "yes", "more", "1", "5", "DK", ""]
TEN = dt.datetime(2026, 1, 5, 10, tzinfo=SHANGHAI)


def test_parse_of_a_full_row_gives_every_value():
    parsed = parse_rows(HEADER, GOOD)
    assert (parsed.error_count, parsed.errors, parsed.bad.tolist(), parsed.row_numbers.tolist()) == (
        0,
        [],
        [False],
        [2],
    )
    assert parsed.ratings.tolist() == [[1, 5, DONT_KNOW, SKIPPED]]
    assert (parsed.group.tolist(), parsed.group_codes) == ([0], tuple(GROUPS))
    assert (parsed.token, parsed.channel, parsed.language, parsed.comment) == (["t1"], ["link"], ["en"], ["more"])
    assert (parsed.started_at, parsed.submitted_at) == ([TEN], [TEN + dt.timedelta(minutes=20)])
    assert (parsed.consent.tolist(), parsed.unfinished.tolist()) == ([True], [False])


def test_parse_of_the_least_file_fills_the_rest():
    parsed = parse_rows(["group", NAMES[2]], ["media", "4"])
    assert parsed.ratings.tolist() == [[NOT_ASKED, NOT_ASKED, 4, NOT_ASKED]]
    assert (parsed.token, parsed.started_at, parsed.submitted_at) == ([""], [None], [None])
    assert (parsed.consent.tolist(), parsed.unfinished.tolist()) == ([True], [False])


def test_parse_puts_items_into_the_frozen_order():
    parsed = parse_rows([NAMES[3], "group", NAMES[0], NAMES[1]], ["4", "users", "1", "NA"], ["x", "users", "2", "3"])
    assert parsed.ratings.tolist() == [[1, NOT_ASKED, NOT_ASKED, 4], [2, 3, NOT_ASKED, SKIPPED]]
    assert found(parsed) == [("A3", "rating_not_a_number")]


def test_parse_of_xlsx_is_the_same_as_of_csv():
    typed = [["t1", "users", "link", "en", dt.datetime(2026, 1, 5, 10), dt.datetime(2026, 1, 5, 10, 20), "yes", "more"]]
    from_xlsx = parse(xlsx_bytes([HEADER, typed[0] + [1, 5.0, "DK", None]]))
    from_csv = parse_rows(HEADER, GOOD)
    for name in ("token", "channel", "language", "comment", "started_at", "submitted_at", "errors"):
        assert getattr(from_xlsx, name) == getattr(from_csv, name)
    for name in ("ratings", "group", "consent", "unfinished", "bad", "row_numbers"):
        assert getattr(from_xlsx, name).tolist() == getattr(from_csv, name).tolist()
    assert (from_xlsx.kind, from_xlsx.sheet, from_csv.kind) == ("xlsx", "responses", "csv")


def test_parse_of_gb18030_reads_the_comment():
    parsed = parse(csv_bytes([["group", "comment", NAMES[0]], ["users", "建议更多披露", "3"]], encoding="gb18030"))
    assert (parsed.encoding, parsed.comment, parsed.error_count) == ("gb18030", ["建议更多披露"], 0)


def test_parse_keeps_the_hash_of_the_file(tmp_path):
    data = csv_bytes([HEADER, GOOD])
    (tmp_path / "file").write_bytes(data)
    assert parse(tmp_path / "file").sha256 == hashlib.sha256(data).hexdigest()
    book = xlsx_bytes([["group", NAMES[0]], ["users", 1]])
    assert parse(book).sha256 == hashlib.sha256(book).hexdigest()


@pytest.mark.parametrize(
    ("ends", "unfinished"),
    [
        (["", ""], [False, False]),
        (["", "2026-01-05 10:00"], [True, False]),
        ([" ", "2026-01-05 10:00"], [True, False]),
        (["", "nonsense"], [True, False]),
    ],
)
def test_parse_takes_rows_without_time_of_submission_as_unfinished(ends, unfinished):
    parsed = parse_rows(["group", "submitted_at", NAMES[0]], *(["users", end, "1"] for end in ends))
    assert parsed.unfinished.tolist() == unfinished


@pytest.mark.parametrize(
    ("said", "ends", "unfinished"),
    [
        (["no", "", "yes"], ["", "2026-01-05", ""], [False, False, True]),
        (["yes", "", ""], ["", "", ""], [True, False, False]),
        (["", "", "NO"], ["", "2026-01-05", ""], [True, False, False]),
    ],
)
def test_parse_takes_as_unfinished_what_the_file_says(said, ends, unfinished):
    rows = [["users", "3", end, word] for end, word in zip(ends, said, strict=True)]
    parsed = parse_rows(["group", NAMES[0], "submitted_at", "unfinished"], *rows)
    assert (parsed.errors, parsed.unfinished.tolist()) == ([], unfinished)


def test_parse_of_an_unknown_word_for_unfinished_is_an_error():
    parsed = parse_rows(["group", NAMES[0], "unfinished"], ["users", "3", "perhaps"])
    assert found(parsed) == [("C2", "unknown_unfinished")]


def test_parse_passes_over_blank_rows_and_keeps_the_numbers():
    parsed = parse_rows(["group", NAMES[0]], ["users", "1"], [], ["", " "], ["media", "9"])
    assert (parsed.row_numbers.tolist(), found(parsed)) == ([2, 5], [("B5", "rating_out_of_range")])


def test_parse_pads_short_rows_and_refuses_text_beyond_the_header():
    parsed = parse_rows(
        ["group", NAMES[0], NAMES[1]], ["users", "1"], ["users", "1", "2", "", " "], ["users", "1", "2", "", "x"]
    )
    assert parsed.ratings[:, :2].tolist() == [[1, SKIPPED], [1, 2], [1, 2]]
    assert found(parsed) == [("E4", "extra_cell")]
    assert parsed.bad_rows == {4: ["users", "1", "2", "", "x"]}


def test_parse_lists_every_bad_cell_of_every_row():
    parsed = parse_rows(
        HEADER,
        ["t", "user", "", "fr", "soon", "2026-01-05 10:00", "perhaps", "x" * 10_001, "0", "6", "4.5", "high"],
        GOOD,
        ["t" * 201, "", "c" * 101, "", "1901-01-01", "", "", "x" * 10_000, "1", "1", "1", "1"],
    )
    assert found(parsed) == [
        ("B2", "unknown_group"),
        ("D2", "unknown_language"),
        ("E2", "time_not_readable"),
        ("G2", "unknown_consent"),
        ("H2", "text_too_long"),
        ("I2", "rating_out_of_range"),
        ("J2", "rating_out_of_range"),
        ("K2", "rating_not_whole"),
        ("L2", "rating_not_a_number"),
        ("A4", "text_too_long"),
        ("B4", "missing_group"),
        ("C4", "text_too_long"),
        ("E4", "time_out_of_range"),
    ]
    assert parsed.errors[0] == CellError(2, 1, "group", "user", "unknown_group", {"value": "user", "nearest": "users"})
    assert parsed.errors[5] == CellError(2, 8, NAMES[0], "0", "rating_out_of_range", {"k": 5})
    assert (parsed.bad.tolist(), parsed.group.tolist(), sorted(parsed.bad_rows)) == (
        [True, False, True],
        [-1, 0, -1],
        [2, 4],
    )
    assert (parsed.error_count, parsed.header_ok) == (13, True)


def test_parse_of_times_out_of_order_is_an_error_of_the_row():
    header = ["group", "started_at", "submitted_at", NAMES[0]]
    parsed = parse_rows(
        header,
        ["users", "2026-01-05 10:00", "2026-01-05 09:59:59", "1"],
        ["users", "2026-01-05 10:00", "2026-01-05 10:00", "1"],
        ["users", "2026-01-05T10:00:00+08:00", "2026-01-05T02:00:01Z", "1"],
    )
    assert [(e.cell, e.code, e.params) for e in parsed.errors] == [
        ("C2", "times_out_of_order", {"started": "2026-01-05 10:00:00+08:00"})
    ]


def test_parse_lists_all_of_200_bad_cells_and_more():
    rows = [["users", "9", "x", "3", "4"] for _ in range(100)]
    parsed = parse_rows(["group", *NAMES], *rows)
    assert found(parsed) == [
        (cell, code)
        for row in range(2, 102)
        for cell, code in ((f"B{row}", "rating_out_of_range"), (f"C{row}", "rating_not_a_number"))
    ]


def test_parse_counts_the_errors_beyond_the_limit():
    rows = [["users", "9"] for _ in range(10)]
    parsed = parse_rows(["group", NAMES[0]], *rows, limits=Limits(max_errors=4, max_bad_rows=3))
    assert (len(parsed.errors), parsed.error_count, parsed.bad.sum(), len(parsed.bad_rows)) == (4, 10, 10, 3)


def test_parse_keeps_duplicate_tokens():
    parsed = parse_rows(["token", "group", NAMES[0]], ["a", "users", "1"], ["a", "users", "1"])
    assert (parsed.token, parsed.error_count) == (["a", "a"], 0)


def test_parse_keeps_text_that_looks_like_a_formula():
    rows = [["token", "group", "comment", NAMES[0]], ["-1", "users", "=1+1", "1"], ["@x", "users", "'=1+1", "1"]]
    parsed = parse(csv_bytes(rows))
    assert (parsed.token, parsed.comment, parsed.error_count) == (["-1", "@x"], ["=1+1", "=1+1"], 0)


def test_parse_of_a_formula_or_error_in_a_sheet_is_an_error():
    parsed = parse(xlsx_bytes([["group", *NAMES[:3]], ["users", "=1+1", "#N/A", True], ["users", 1, 2, 3]]))
    assert found(parsed) == [("B2", "formula_without_value"), ("C2", "cell_error"), ("D2", "rating_not_a_number")]
    assert [error.value for error in parsed.errors] == ["", "#N/A", "TRUE"]
    assert parsed.ratings.tolist()[1] == [1, 2, 3, NOT_ASKED]


def test_parse_of_dates_in_rating_cells_is_an_error():
    parsed = parse(xlsx_bytes([["group", NAMES[0]], ["users", dt.date(2026, 5, 1)]]))
    assert [(e.cell, e.value, e.code) for e in parsed.errors] == [("B2", "2026-05-01", "rating_not_a_number")]


def test_parse_with_a_wrong_header_reads_no_row():
    parsed = parse_rows(["grup", NAMES[0]], ["users", "9"])
    assert [error.code for error in parsed.errors] == ["unknown_column", "missing_column"]
    assert (parsed.header_ok, parsed.ratings.shape, parsed.error_count) == (False, (0, 4), 2)
    nothing = parse_rows(["group"], ["users"])
    assert ([error.code for error in nothing.errors], nothing.ratings.shape) == (["no_item_column"], (0, 4))


@pytest.mark.parametrize("source", [csv_bytes([HEADER]), xlsx_bytes([HEADER]), csv_bytes([HEADER, [], ["", ""]])])
def test_parse_of_a_header_alone_is_refused(source):
    with pytest.raises(FileProblem) as caught:
        parse(source)
    assert caught.value.code == "no_rows"


@pytest.mark.parametrize("make", [csv_bytes, xlsx_bytes])
def test_parse_of_too_many_rows_is_refused(make):
    rows = [["group", NAMES[0]], *[["users", "1"]] * 6]
    assert len(parse(make(rows), limits=Limits(max_rows=6)).ratings) == 6
    with pytest.raises(FileProblem) as caught:
        parse(make(rows), limits=Limits(max_rows=5))
    assert (caught.value.code, caught.value.params) == ("too_many_rows", {"limit": 5})


def test_parse_reports_progress_every_2000_rows():
    seen = []
    rows = [["users", "1"]] * 4_500
    parse_rows(["group", NAMES[0]], *rows, progress=lambda done, total: seen.append((done, total)))
    assert ([done for done, _ in seen], seen[-1]) == ([2_000, 4_000, 4_500], (4_500, 4_500))
    assert all(total >= 4_500 for _, total in seen)


def test_parse_on_another_scale():
    parsed = parse_rows(["group", *NAMES[:2]], ["users", "10", "11"], k=10)
    assert (parsed.ratings[0, 0], found(parsed), parsed.errors[0].params) == (
        10,
        [("C2", "rating_out_of_range")],
        {"k": 10},
    )


codes = st.sampled_from([SKIPPED, 1, 2, 3, 4, 5, DONT_KNOW, NOT_ASKED])
vectors = st.lists(st.lists(codes, min_size=4, max_size=4), min_size=1, max_size=8)
comments = st.one_of(st.text(alphabet="'=+-@\t\r\n;,\"x议 ", max_size=8), st.just(""))


@settings(max_examples=60, deadline=None)
@given(vectors, st.permutations(range(4)), st.sampled_from([",", ";", "\t"]), st.data())
def test_exported_csv_comes_back_the_same(rows, order, delimiter, data):
    texts = [data.draw(comments) for _ in rows]
    header = ["group", "comment", *(NAMES[place] for place in order)]
    cells = [[CELL_TEXT[code] for code in row] for row in rows]
    body = [
        ["users", neutralise(text), *(row[place] for place in order)] for text, row in zip(texts, cells, strict=True)
    ]
    parsed = parse(csv_bytes([header, *body], delimiter=delimiter))
    assert (parsed.errors, parsed.ratings.tolist(), parsed.comment) == ([], rows, texts)


@settings(max_examples=20, deadline=None)
@given(vectors)
def test_exported_xlsx_comes_back_the_same(rows):
    cells = [
        [int(text) if text.isdigit() else text or None for text in map(CELL_TEXT.__getitem__, row)] for row in rows
    ]
    parsed = parse(xlsx_bytes([["group", *NAMES], *(["users", *row] for row in cells)]))
    assert (parsed.errors, parsed.ratings.tolist()) == ([], rows)


PLAIN = {"": SKIPPED, "DK": DONT_KNOW, "NA": NOT_ASKED, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5}
cells = st.sampled_from([*PLAIN, "0", "6", "2.5", "x", "-1"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*GROUPS, "nobody"]), st.lists(cells, min_size=4, max_size=4)), min_size=1))
def test_parse_agrees_with_a_reading_cell_by_cell(rows):
    parsed = parse(csv_bytes([["group", *NAMES], *([group, *row] for group, row in rows)]))
    bad = []
    for number, (group, row) in enumerate(rows, start=2):
        if group not in GROUPS:
            bad.append(f"A{number}")
        bad += [f"{'BCDE'[place]}{number}" for place, cell in enumerate(row) if cell not in PLAIN]
    expected = np.array([[PLAIN.get(cell, SKIPPED) for cell in row] for _, row in rows]).reshape(-1, len(ITEMS))
    assert ([cell for cell, _ in found(parsed)], parsed.ratings.tolist()) == (bad, expected.tolist())
    assert parsed.bad.tolist() == [any(cell[1:] == str(number) for cell in bad) for number in range(2, len(rows) + 2)]
