import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from materiality.models import AuditEvent, Issue
from materiality.refusals import NotAllowed
from surveys.actions.close_survey import close_survey
from surveys.actions.open_survey import open_survey
from surveys.models import ItemText, Survey
from tests.factories.surveys import make_open_survey, make_survey, make_survey_cycle
from tests.factories.thaw import thawed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def test_open_survey_freezes_every_issue_in_both_languages():
    survey = make_open_survey(make_survey_cycle({"society": 3}), k=4)
    assert (survey.state, survey.opened_at is not None) == ("open", True)
    assert ItemText.objects.filter(survey=survey).count() == 6
    html = ItemText.objects.get(survey=survey, language="en", issue__code="SOCIETY-01-02").html
    assert re.findall(r'name="r(\d+)" value="(\w)"', html) == [
        *[("2", value) for value in "1234d"],
        *[("3", value) for value in "1234d"],
    ]
    assert "Definition 2" in html
    assert AuditEvent.objects.filter(action="open_survey").count() == 1


def test_open_survey_keeps_the_wording_when_the_library_changes_later():
    survey = make_open_survey(make_survey_cycle({"society": 1}))
    with thawed():
        Issue.objects.update(name_en="Something else")
    assert not ItemText.objects.filter(survey=survey, html__contains="Something else").exists()


def test_open_survey_makes_texts_of_the_library_harmless():
    cycle = make_survey_cycle({"society": 1})
    with thawed():
        Issue.objects.update(name_en="<script>alert(1)</script>")
    survey = make_open_survey(cycle)
    assert not ItemText.objects.filter(survey=survey, html__contains="<script").exists()


def test_open_survey_without_groups_is_refused():
    with pytest.raises(NotAllowed, match="no stakeholder groups"):
        make_open_survey(make_survey_cycle(groups=()))


def test_open_survey_without_items_is_refused():
    survey = make_survey()
    survey.items.all().delete()
    with pytest.raises(NotAllowed, match="no items"):
        open_survey(survey=survey, by=None)


def test_open_survey_after_its_closing_time_is_refused():
    with pytest.raises(NotAllowed, match="closing time"):
        make_open_survey(closes_at=timezone.now() - timedelta(minutes=1))


def test_open_survey_twice_or_after_closing_is_refused():
    survey = make_open_survey()
    with pytest.raises(NotAllowed):
        open_survey(survey=survey, by=None)
    close_survey(survey=survey, by=None)
    with pytest.raises(NotAllowed):
        open_survey(survey=survey, by=None)
    assert Survey.objects.get().state == "closed"


def test_close_survey_that_is_not_open_is_refused():
    with pytest.raises(NotAllowed):
        close_survey(survey=make_survey(), by=None)
