"""Batches and their links by command."""

import csv
import io
import zipfile
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from surveys.models import Batch
from tests.factories.invitations import make_batch, token
from tests.factories.surveys import make_survey

pytestmark = pytest.mark.django_db


def said(*arguments: str) -> list[str]:
    """The lines that a command prints."""
    stream = io.StringIO()
    call_command(*arguments, stdout=stream, stderr=io.StringIO())
    return stream.getvalue().splitlines()


def test_create_batch_prints_its_id_alone_on_the_last_line() -> None:
    survey = make_survey()
    lines = said("create_batch", survey.code, "users", "3300000")
    batch = Batch.objects.get()
    assert lines[-1] == str(batch.pk)
    assert (batch.survey, batch.group.code, batch.size) == (survey, "users", 3_300_000)


@pytest.mark.parametrize(
    ("survey", "group", "size", "named"),
    [
        ("nowhere", "users", "10", "There are: {survey}"),
        ("{survey}", "nobody", "10", "users, employees"),
        ("{survey}", "users", "many", '"many"'),
        ("{survey}", "users", "0", "100,000,000"),
        ("{survey}", "users", "100000001", "100,000,000"),
    ],
)
def test_create_batch_says_what_there_is(survey: str, group: str, size: str, named: str) -> None:
    code = make_survey().code
    with pytest.raises(CommandError) as refusal:
        said("create_batch", survey.format(survey=code), group, size)
    assert named.format(survey=code) in str(refusal.value)
    assert Batch.objects.count() == 0


def test_export_links_writes_csv_and_zip_with_the_same_links(tmp_path: Path, settings) -> None:
    settings.PUBLIC_URL = "https://survey.example.com"
    batch = make_batch(make_survey(), size=7)
    for name in ("links.csv", "links.ZIP"):
        said("export_links", str(batch.pk), str(tmp_path / name))
    rows = list(csv.reader((tmp_path / "links.csv").open()))
    start = f"https://survey.example.com/s/{batch.survey.code}/i/"
    assert rows[1:] == [[str(n), batch.group.code, f"{start}{token(batch, n)}/"] for n in range(7)]
    archive = zipfile.ZipFile(tmp_path / "links.ZIP")
    assert archive.read(archive.namelist()[0]) == (tmp_path / "links.csv").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["links.ZIP", "links.csv"]


@pytest.mark.parametrize("batch", ["0", "-1", "x", "9" * 40, "１"])
def test_export_links_of_an_unknown_batch_lists_those_there_are(tmp_path: Path, batch: str) -> None:
    known = make_batch(make_survey())
    with pytest.raises(CommandError, match=f"There are: {known.pk} "):
        call_command("export_links", "--", batch, str(tmp_path / "links.csv"))
    assert list(tmp_path.iterdir()) == []


def test_export_links_refuses_other_endings_and_folders(tmp_path: Path) -> None:
    batch = make_batch(make_survey())
    with pytest.raises(CommandError, match="must end in"):
        said("export_links", str(batch.pk), str(tmp_path / "links.txt"))
    with pytest.raises(CommandError, match="There is no folder"):
        said("export_links", str(batch.pk), str(tmp_path / "none" / "links.csv"))
