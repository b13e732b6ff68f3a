"""Export and import again: nothing changes."""

import errno
import io
import os
import zipfile

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from materiality.platform.files import write_whole
from surveys.exports.exporting import export_csv, export_xlsx, header_of
from surveys.exports.selection import select
from surveys.queries.fieldwork import kinds_of, survey_counts
from tests.factories.responses import csv_file, make_response, row, store_file
from tests.factories.surveys import make_open_survey

pytestmark = pytest.mark.django_db
COMMENTS = [
    "=HYPERLINK(1)",
    "+1",
    "-1",
    "@x",
    "'=quoted",
    "\ttab",
    "two\nlines",
    "back\rslash",
    'with "marks", and commas',
    "中文 😀",
]
COLUMNS = (
    "token",
    "group__code",
    "channel",
    "language",
    "started_at",
    "submitted_at",
    "unfinished",
    "consent",
    "comment",
)


def exported_survey():
    """Responses with every kind of cell, flag and text."""
    survey = make_open_survey()
    times = {"started_at": "2026-03-01T10:00:00.25+08:00", "submitted_at": "2026-03-01T10:10:00+08:00"}
    rows = [row(survey, "DK", "", "NA", 5, token=f"t{n}", comment=text, **times) for n, text in enumerate(COMMENTS)]
    rows += [
        row(survey, token="t0", channel="paper", language="en", **times),
        row(survey, *[4] * 34, group="employees", **times),
        row(survey, *[""] * 34, group="employees", **times),
        row(survey, token="open", started_at="2026-03-01T10:00:00+08:00"),
        row(survey, token="no", consent="no", **times),
        row(survey, token="fast", started_at="2026-03-01T10:00:00+08:00", submitted_at="2026-03-01T10:00:05+08:00"),
    ]
    store_file(survey, csv_file(survey, *rows))
    return survey


def contents_of(survey):
    rows = survey.responses.order_by("id").values_list(*COLUMNS, "ratings", "flags")
    return [(*values[:-2], bytes(values[-2]), values[-1]) for values in rows]


@pytest.mark.parametrize("export", [export_csv, export_xlsx])
def test_export_imported_into_a_copy_is_equal(export):
    survey = exported_survey()
    copy = make_open_survey(survey.cycle)
    store_file(copy, b"".join(export(survey)))
    assert contents_of(copy) == contents_of(survey)
    one, two = (survey_counts(each, kinds_of([each])) for each in (survey, copy))
    assert (one.counts, one.rules) == (two.counts, two.rules)


def test_export_to_xlsx_opens_in_both_readers_with_numbers_and_texts(plain_survey):
    make_response(plain_survey, comment="=1+1", token="a")
    contents = b"".join(export_xlsx(plain_survey))
    sheet = load_workbook(io.BytesIO(contents)).active
    assert [cell.value for cell in sheet[1]] == header_of(plain_survey)
    by_name = dict(zip(header_of(plain_survey), sheet[2], strict=True))
    assert (by_name["comment"].value, by_name["comment"].data_type) == ("=1+1", "s")
    assert (by_name[header_of(plain_survey)[-1]].value, by_name["token"].value) == (3, "a")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(contents)).get_sheet_by_index(0).to_python()
    assert (len(rows), rows[1][7], rows[1][-1]) == (2, "=1+1", 3)


def test_export_to_csv_neutralises_what_a_spreadsheet_could_run(plain_survey):
    make_response(plain_survey, comment="=1+1", token="-2", channel="@x")
    line = b"".join(export_csv(plain_survey)).decode("utf-8-sig").splitlines()[1]
    assert line.startswith("'-2,users,'@x,,,,yes,'=1+1,3,3")


def test_export_with_further_columns_has_no_blank_line():
    survey = make_open_survey(ranking=True)
    make_response(survey)
    written = b"".join(export_csv(survey))
    assert (b"\n\n" in written, written.count(b"\n")) == (False, 2)


def test_export_of_a_survey_without_responses_is_its_header(plain_survey):
    assert b"".join(export_csv(plain_survey)).decode("utf-8-sig") == ",".join(header_of(plain_survey)) + "\n"


@pytest.fixture
def survey(survey):
    for group in survey.cycle.groups.all():
        make_response(survey, group=group, token=group.code)
    return survey


def test_command_takes_the_format_from_the_name_or_the_option(survey, tmp_path, capsys):
    call_command("export_responses", survey.code, str(tmp_path / "a.CSV"))
    call_command("export_responses", survey.code, str(tmp_path / "b.dat"), "--format", "xlsx")
    call_command("export_responses", survey.code, str(tmp_path / "c.zip"))
    assert (tmp_path / "a.CSV").read_bytes() == b"".join(export_csv(survey))
    assert (tmp_path / "b.dat").read_bytes() == b"".join(export_xlsx(survey))
    assert zipfile.ZipFile(tmp_path / "c.zip").namelist() == ["data.csv", "syntax.sps", "codebook.csv"]
    assert capsys.readouterr().out.splitlines()[0] == f"2 responses written to {tmp_path / 'a.CSV'}"


def test_command_exports_the_groups_named(survey, tmp_path):
    call_command("export_responses", survey.code, str(tmp_path / "a.csv"), "--group", "employees")
    assert (tmp_path / "a.csv").read_bytes() == b"".join(export_csv(select(survey, ["employees"])))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["{code}", "a.doc"], "must end in .csv, .xlsx or .zip"),
        (["{code}", "a.csv", "--group", "nobody"], "nobody"),
        (["nowhere", "a.csv"], "no survey"),
        (["{code}", "missing/a.csv"], "No such file"),
    ],
)
def test_command_refuses_and_writes_nothing(survey, tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match=words):
        call_command("export_responses", *(argument.format(code=survey.code) for argument in arguments))
    assert list(tmp_path.iterdir()) == []


def test_file_that_cannot_be_finished_leaves_the_old_one(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")

    def broken():
        yield b"new"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_whole(path, broken())
    assert ([each.name for each in tmp_path.iterdir()], path.read_bytes()) == (["a.csv"], b"old")


def test_file_that_does_not_fit_is_named(tmp_path):
    """The system names none where the disk is full."""

    def too_much():
        yield b"new"
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for path in (tmp_path / "a.csv", tmp_path / "nowhere" / "a.csv"):
        with pytest.raises(OSError) as caught:
            write_whole(path, too_much())
        assert caught.value.filename == str(path)
