"""Uploaded files with columns about persons go when their import is over, whatever became of it."""

from collections.abc import Callable

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from materiality.models import Job
from materiality.platform import jobs
from materiality.platform.files import digest_of_file
from materiality.platform.refusals import NotAllowed
from surveys.actions.imports import KnownFile, discard_import, request_import
from surveys.matching.match import Match
from surveys.models import ColumnMatch, ResponseImport
from tests.factories.responses import check_file, csv_file, on_disk, row, store_file
from tests.surveys.views.test_imports_import_match import foreign

pytestmark = pytest.mark.django_db


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Callable):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def kept(contents: bytes) -> bool:
    digest = digest_of_file(on_disk(contents))
    return default_storage.exists(f"imports/{digest[:2]}/{digest}")


def command(survey, contents: bytes, **options) -> None:
    call_command("import_responses", survey.code, str(on_disk(contents)), **options)


def saved_match(survey, contents: bytes) -> None:
    command(survey, contents, match="auto", dry_run=True)
    ColumnMatch.objects.create(name="wave-1", columns=ResponseImport.objects.first().match)


@pytest.mark.parametrize("match", ["", "auto", "wjx"])
def test_file_that_the_command_refuses_goes(survey, committed, match):
    contents = foreign(survey, groups=("1", "2"))
    with committed(), pytest.raises(CommandError):
        command(survey, contents, match=match)
    assert not kept(contents)


@pytest.mark.parametrize(("last", "good"), [("", True), ("often", False)])
def test_file_of_a_dry_run_goes(survey, committed, last, good):
    contents = foreign(survey, last=last)
    saved_match(survey, foreign(survey, groups=("users",)))
    with committed():
        if good:
            command(survey, contents, match="wave-1", dry_run=True)
        else:
            with pytest.raises(CommandError):
                command(survey, contents, match="wave-1", dry_run=True)
    assert not kept(contents)


def test_discarded_file_goes_also_where_the_column_was_taken_for_a_field(survey, committed):
    contents = foreign(survey)
    imported = check_file(survey, contents)
    plain = imported.match
    plain["columns"][1] |= {"target": {"kind": "field", "code": "token", "detail": ""}, "why": ""}
    plain["columns"][0] |= {"target": {"kind": "ignored", "code": "", "detail": ""}, "why": "other"}
    ResponseImport.objects.filter(pk=imported.pk).update(match=Match.from_json(plain).to_json())
    assert kept(contents)
    with committed():
        discard_import(imported=imported, by=None)
    assert not kept(contents)


def test_own_format_with_a_strange_column_about_persons_goes(survey, committed):
    contents = csv_file(survey, row(survey)).decode().splitlines()
    contents = "\n".join([f"{contents[0]},E-mail", f"{contents[1]},x@example.org"]).encode()
    with committed(), pytest.raises(CommandError):
        command(survey, contents)
    assert not kept(contents)


def test_column_that_a_saved_match_does_not_know_is_about_a_person_too(survey, committed):
    saved_match(survey, foreign(survey))
    lines = foreign(survey, last="often").decode().splitlines()
    contents = "\n".join([f"Mobile,{lines[0]}", *(f"139,{line}" for line in lines[1:])]).encode()
    path = on_disk(contents)
    imported = request_import(survey=survey, path=path, file_name="a.csv", by=None, match_name="wave-1", send=False)
    jobs.execute(str(imported.job_id))
    imported.refresh_from_db()
    with default_storage.open(imported.error_workbook) as book:
        texts = {cell for line in load_workbook(book).worksheets[0].values for cell in line}
    assert ("139" in texts or 139 in texts, "x@example.org" in texts, "n1" in texts) == (False, False, True)
    with committed():
        discard_import(imported=imported, by=None)
    assert not kept(contents)


def test_refused_file_whose_columns_nobody_knows_goes(survey, committed):
    saved_match(survey, foreign(survey))
    contents = b"Name,Answer\nZhang,5\n"
    with committed(), pytest.raises(CommandError):
        command(survey, contents, match="wave-1")
    assert (ResponseImport.objects.first().state, kept(contents)) == ("refused", False)


def test_file_with_nobody_in_it_stays(survey, committed):
    contents = csv_file(survey, row(survey))
    with committed():
        command(survey, contents, dry_run=True)
    assert kept(contents)


def test_failed_check_leaves_a_file_that_a_stored_import_rests_on(survey, committed):
    contents = csv_file(survey, row(survey))
    store_file(survey, contents)
    path = on_disk(contents)
    imported = request_import(survey=survey, path=path, file_name="a.csv", by=None, again=True, send=False)
    Job.objects.filter(pk=imported.job_id).update(state=Job.State.FAILED)
    with committed():
        discard_import(imported=imported, by=None)
    assert kept(contents)


def test_unknown_match_is_refused_before_the_file_is_kept(survey):
    contents = foreign(survey, email="first@example.org")
    with pytest.raises(NotAllowed, match="nothing"):
        request_import(survey=survey, path=on_disk(contents), file_name="a.csv", by=None, match_name="nothing")
    assert (kept(contents), ResponseImport.objects.count()) == (False, 0)


def test_known_file_about_persons_is_not_kept_again(survey, committed):
    contents = foreign(survey, email="known@example.org")
    with committed():
        command(survey, contents, match="auto")
    with pytest.raises(KnownFile):
        request_import(survey=survey, path=on_disk(contents), file_name="a.csv", by=None)
    assert not kept(contents)
