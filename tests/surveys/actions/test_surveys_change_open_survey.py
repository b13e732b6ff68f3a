import pytest
from django.utils import translation

from materiality.models import AuditEvent
from materiality.platform.refusals import NotAllowed
from surveys.actions.surveys import change_open_survey, close_survey, edit_survey
from surveys.forms.surveys import SurveyForm
from surveys.models import Notice
from tests.factories.surveys import make_open_survey, make_survey

pytestmark = pytest.mark.django_db
KEPT = {"thanks_zh": "谢谢", "thanks_en": "Thanks", "drafts_kept_days": 14, "recipients_kept_days": 60}


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def change(survey, **values):
    return change_open_survey(survey=survey, values=KEPT | values, by=None)


def versions(survey):
    return list(Notice.objects.filter(survey=survey).values_list("version", "text__zh", "text__en"))


def edit(survey, **values):
    """Save the draft as it is, with changes."""
    as_it_is = {name: getattr(survey, name) for name in SurveyForm.Meta.fields} | {"notice_zh": "", "notice_en": ""}
    return edit_survey(survey=survey, values=as_it_is | values, by=None)


def test_thanks_and_retention_of_an_open_survey_change_and_the_notice_stays():
    survey = make_open_survey(notice_en="First")
    stored = change(survey)
    assert {name: getattr(stored, name) for name in KEPT} == KEPT
    assert (stored.notice_version, versions(survey)) == (1, [(1, "", "First")])
    assert AuditEvent.objects.first().after == KEPT


def test_another_notice_of_an_open_survey_is_its_next_version():
    survey = make_open_survey(notice_en="First")
    stored = change(survey, notice_en="Second")
    assert stored.notice_version == 2
    assert versions(survey) == [(1, "", "First"), (2, "", "Second")]
    event = AuditEvent.objects.first()
    assert (event.before["notice_version"], event.after["notice_version"]) == (1, 2)
    assert change(stored, notice_zh="", notice_en="Second").notice_version == 2


def test_notice_of_an_anonymous_survey_stays():
    survey = make_open_survey(anonymous=True, notice_en="First")
    with pytest.raises(NotAllowed, match="early answers from late"):
        change(survey, notice_en="Second")
    assert versions(survey) == [(1, "", "First")]
    assert change(survey, notice_zh="", notice_en="First").drafts_kept_days == 14


def test_notice_of_a_closed_survey_stays_but_retention_changes(survey):
    survey = close_survey(survey=survey, by=None)
    assert change(survey).recipients_kept_days == 60
    with pytest.raises(NotAllowed, match="nobody would read"):
        change(survey, notice_en="Second")


def test_draft_is_not_changed_as_an_open_survey():
    with pytest.raises(NotAllowed, match="draft"):
        change(make_survey())


def test_edit_of_a_draft_replaces_its_notice_and_its_question():
    survey = make_survey(notice_en="First")
    edit(survey, notice_zh="二", notice_en="Second", question_en="Anything missing?", drafts_kept_days=7)
    survey.refresh_from_db()
    assert versions(survey) == [(1, "二", "Second")]
    assert (survey.question_en, survey.drafts_kept_days) == ("Anything missing?", 7)
    assert AuditEvent.objects.first().before["notice_en"] == "First"


def test_edit_of_an_open_survey_is_refused(survey):
    with pytest.raises(NotAllowed, match="frozen"):
        edit(survey)
