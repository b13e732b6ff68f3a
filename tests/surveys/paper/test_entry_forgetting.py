"""An anonymous survey forgets its paper round."""

import pytest
from django.core.files.storage import default_storage

from materiality.models import Job
from materiality.platform import jobs
from surveys.actions.paper import enter_sheet
from surveys.models import PaperSheet
from surveys.paper.entry import forget_paper
from tests.factories.paper import answers_to, make_sheets
from tests.factories.surveys import make_open_survey

pytestmark = pytest.mark.django_db


def test_files_and_entries_are_forgotten_of_this_survey_alone():
    one = make_open_survey(anonymous=True, split=True)
    other = make_open_survey(one.cycle, split=True)
    for survey in (one, other):
        (sheet,) = make_sheets(survey)
        enter_sheet(sheet=sheet, entry=answers_to(sheet, comment="more"), time=1, by=None)
    for job in Job.objects.all():
        assert jobs.execute(str(job.pk))
    paths = {job.inputs["survey"]: job.result["path"] for job in Job.objects.all()}
    assert (forget_paper(one), forget_paper(one)) == (1, 0)
    assert [default_storage.exists(paths[survey.pk]) for survey in (one, other)] == [False, True]
    kept = {
        sheet.survey_id: (bytes(sheet.asked) + bytes(sheet.first), sheet.first_comment)
        for sheet in PaperSheet.objects.all()
    }
    assert (kept[one.pk], kept[other.pk][1]) == ((b"", ""), "more")
