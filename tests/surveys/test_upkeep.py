import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from surveys.actions.submit_draft import submit_draft
from surveys.models import Survey
from surveys.upkeep import tend_all_surveys
from tests.factories.surveys import make_draft, make_open_survey


def with_ten_finished() -> Survey:
    survey = make_open_survey(anonymous=True)
    for _number in range(10):
        draft = make_draft(survey, started_at=timezone.now() - timedelta(minutes=5))
        submit_draft(key=draft.key, language="en")
    return survey


@pytest.mark.django_db
def test_upkeep_goes_on_where_one_survey_fails(caplog):
    sound = with_ten_finished()
    broken = with_ten_finished()  # the newest comes first
    Survey.objects.filter(pk=broken.pk).update(zone="Nowhere/Atlantis")
    with caplog.at_level(logging.ERROR, "surveys.upkeep"):
        tend_all_surveys()
    assert [record.getMessage() for record in caplog.records] == [f"upkeep of survey {broken.code}"]
    assert sound.responses.count() == 10
