"""Taking in a file: known files, drafts, and what can be dropped again."""

import pytest
from django.core.files.storage import default_storage
from django.utils import translation

from materiality.models import Job
from materiality.platform import jobs
from materiality.platform.refusals import NotAllowed
from surveys.actions.imports import KnownFile, confirm_import, discard_import, request_import
from surveys.models import Response, ResponseImport
from surveys.questionnaire.screening import FLAG_BIT
from tests.factories.responses import check_file, csv_file, on_disk, row, store_file
from tests.factories.surveys import make_open_survey, make_survey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_file_stored_before_is_refused_unless_confirmed_and_its_rows_are_duplicates(survey):
    contents = csv_file(survey, row(survey, token="a"), row(survey, token="b"))
    store_file(survey, contents)
    with pytest.raises(KnownFile, match="already imported"):
        check_file(survey, contents)
    store_file(survey, contents, again=True)
    flags = list(survey.responses.order_by("id").values_list("token", "flags"))
    duplicate = FLAG_BIT["duplicate"]
    assert flags == [("a", 0), ("b", 0), ("a", duplicate), ("b", duplicate)]


def test_file_stored_into_another_survey_is_not_known(survey):
    contents = csv_file(survey, row(survey))
    store_file(survey, contents)
    other = make_open_survey(survey.cycle)
    store_file(other, contents)
    assert other.responses.count() == 1


def test_file_uploaded_twice_before_either_is_stored_is_stored_once(survey):
    contents = csv_file(survey, row(survey))
    first, second = check_file(survey, contents), check_file(survey, contents)
    confirmed = confirm_import(imported=first, by=None, send=False)
    with pytest.raises(NotAllowed, match="after you uploaded it"):
        confirm_import(imported=second, by=None, send=False)
    jobs.execute(str(confirmed.job_id))
    with pytest.raises(NotAllowed, match="after you uploaded it"):
        confirm_import(imported=second, by=None, send=False)
    assert Response.objects.count() == 1


def test_file_for_a_draft_is_refused():
    survey = make_survey()
    with pytest.raises(NotAllowed, match="Open the survey first"):
        request_import(survey=survey, path=on_disk(b"x"), file_name="a.csv", by=None, send=False)
    assert ResponseImport.objects.count() == 0


def test_discarded_import_can_be_neither_confirmed_nor_discarded_again(survey):
    imported = discard_import(imported=check_file(survey, csv_file(survey, row(survey))), by=None)
    assert imported.state == ResponseImport.State.DISCARDED
    for action in (confirm_import, discard_import):
        with pytest.raises(NotAllowed, match="not waiting"):
            action(imported=imported, by=None)


@pytest.mark.parametrize("anonymous", [True, False])
def test_discarded_import_of_an_anonymous_survey_leaves_no_file(anonymous, django_capture_on_commit_callbacks):
    survey = make_open_survey(anonymous=anonymous)
    imported = check_file(survey, csv_file(survey, row(survey, token="t1"), row(survey, 9, token="t2")))
    files = [imported.path, imported.error_workbook]
    with django_capture_on_commit_callbacks(execute=True):
        discarded = discard_import(imported=imported, by=None)
    assert [default_storage.exists(path) for path in files] == [not anonymous] * 2
    assert bool(discarded.error_workbook) is not anonymous


def test_confirmed_import_cannot_be_discarded_unless_its_job_failed(survey):
    imported = confirm_import(imported=check_file(survey, csv_file(survey, row(survey))), by=None, send=False)
    with pytest.raises(NotAllowed, match="not waiting"):
        discard_import(imported=imported, by=None)
    Job.objects.filter(pk=imported.job_id).update(state=Job.State.FAILED)
    assert discard_import(imported=imported, by=None).state == ResponseImport.State.DISCARDED


def test_import_whose_storing_failed_can_be_confirmed_again(survey):
    imported = confirm_import(imported=check_file(survey, csv_file(survey, row(survey))), by=None, send=False)
    Job.objects.filter(pk=imported.job_id).update(state=Job.State.FAILED)
    imported = confirm_import(imported=imported, by=None, send=False)
    assert jobs.execute(str(imported.job_id))
    assert Response.objects.count() == 1
