"""Staff pages around the building of a survey: planning, what may still change, who may do what."""

import pytest

from materiality.models import AuditEvent, Group
from materiality.models.people import Role
from surveys.models import GroupPlan, Notice
from surveys.questionnaire.asking import Plan
from tests.factories.people import log_in
from tests.factories.survey_pages import page, url
from tests.factories.surveys import make_open_survey, make_survey, make_survey_cycle

pytestmark = pytest.mark.django_db


def test_what_may_still_change_of_an_open_survey_is_changed(staff):
    survey = make_open_survey(notice_en="First", title_en="As it was")
    data = {"thanks_en": "Thanks", "notice_en": "Second", "drafts_kept_days": "7", "recipients_kept_days": "90"}
    assert staff.post(url("edit_survey", survey), {**data, "title_en": "Too late"}).status_code == 302
    survey.refresh_from_db()
    assert (survey.title_en, survey.thanks_en, survey.drafts_kept_days) == ("As it was", "Thanks", 7)
    assert list(Notice.objects.values_list("version", "text__en")) == [(1, "First"), (2, "Second")]
    assert AuditEvent.objects.first().action == "change_open_survey"
    text = page(staff, "survey", survey)
    assert "After the opening these may change: the closing, the thanks, the privacy notice" in text


def test_notice_of_an_open_anonymous_survey_cannot_be_typed_over(staff):
    survey = make_open_survey(anonymous=True, notice_en="First")
    data = {"notice_en": "Second", "drafts_kept_days": "7", "recipients_kept_days": "90"}
    assert "tell early answers from late" in page(staff, "survey", survey)
    staff.post(url("edit_survey", survey), data)
    survey.refresh_from_db()
    assert (survey.drafts_kept_days, survey.notice_version) == (7, 1)
    assert Notice.objects.get().text_en == "First"


@pytest.mark.parametrize("days", ["0", "-3", "soon", "99999", ""])
def test_retention_of_impossible_days_is_refused(staff, days, survey):
    response = staff.post(url("edit_survey", survey), {"drafts_kept_days": days, "recipients_kept_days": "30"})
    assert "drafts_kept_days" in response.context["texts"].errors
    survey.refresh_from_db()
    assert survey.drafts_kept_days == 30


def test_plan_page_says_what_is_needed_and_where_ratings_are_too_few(staff):
    cycle = make_survey_cycle({"society": 30})
    Group.objects.filter(code="users").update(target=1000)
    Group.objects.filter(code="employees").update(target=3)
    text = page(staff, "survey", make_survey(cycle, split=True))
    # ± 3 points take 270 ratings (25 points apart); with 12 of 30 issues each, 270 · 30 / 12 responses.
    assert all(f">{number}</td>" in text for number in ("270", "675"))
    assert "Employees: 3 responses do not give every issue the 5 ratings" in text
    assert "Users: 1,000 responses do not" not in text


def test_plan_page_without_anybody_asked_says_what_to_do(staff):
    survey = make_survey(plans={name: Plan(False, False) for name in ("users", "employees")})
    assert "say first who is asked what" in page(staff, "survey", survey)


PAGES = ("survey",)
CHANGING = ("edit_survey", "split_survey", "new_profile_question")


def test_viewer_sees_how_a_survey_is_put_together_but_changes_nothing(client):
    survey = make_survey()
    log_in(client, Role.VIEWER)
    for name in PAGES:
        assert "<button" not in page(client, name, survey).split("<main")[1]
    assert [client.get(url(name, survey)).status_code for name in CHANGING] == [403] * 3
    assert client.post(url("survey_groups", survey), {"users-society": "on"}).status_code == 403
    assert not GroupPlan.objects.exists()


def test_pages_of_building_send_strangers_to_the_login(client):
    survey = make_survey()
    assert all(client.get(url(name, survey)).url.startswith("/login/") for name in (*PAGES, *CHANGING))


@pytest.mark.parametrize("number", [1, 30])
def test_pages_of_building_take_a_fixed_number_of_queries(staff, django_assert_max_num_queries, number):
    groups = tuple(f"group-{place}" for place in range(number))
    survey = make_survey(make_survey_cycle({"society": number}, groups=groups), plans=None)
    with django_assert_max_num_queries(15):
        page(staff, "survey", survey)


def test_split_into_parts_larger_than_the_survey_is_refused(staff):
    survey, asked = make_survey(make_survey_cycle({"society": 20})), 20
    data = {"split": "on", "attention_value": "2", "split_issues": str(asked + 1)}
    assert (
        "cannot hold more" in staff.post(url("split_survey", survey), data).context["split"].errors["split_issues"][0]
    )
    assert staff.post(url("split_survey", survey), data | {"split_issues": str(asked)}).status_code == 302
