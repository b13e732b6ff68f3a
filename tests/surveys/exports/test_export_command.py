"""The command `export_responses`: format by name or option, groups, a file whole or not at all."""

import zipfile

import pytest
from django.core.management import CommandError, call_command

from surveys.exporting import export_csv, export_xlsx
from surveys.exports.selection import select
from surveys.management.commands.export_responses import _write
from tests.factories.responses import make_response
from tests.factories.surveys import make_open_survey

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey():
    survey = make_open_survey()
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
        _write(path, broken())
    assert ([each.name for each in tmp_path.iterdir()], path.read_bytes()) == (["a.csv"], b"old")
