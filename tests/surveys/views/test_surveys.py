"""Staff pages of surveys: list, one survey, form, opening, closing, preview."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from materiality.models import AuditEvent
from materiality.models.person import Role
from surveys.models import ItemText, Response, Survey
from surveys.questionnaire.rules import FLAG_BIT
from tests.factories.people import log_in
from tests.factories.responses import at, make_response
from tests.factories.surveys import make_open_survey, make_survey, make_survey_cycle

pytestmark = pytest.mark.django_db


def page(client, name, *args, query=""):
    response = client.get(reverse(name, args=args) + query)
    assert response.status_code == 200
    return response.content.decode()


def post(client, name, survey, data=None):
    return client.post(reverse(name, args=[survey.cycle.code, survey.code]), data or {})


def form_data(client, cycle, **changes):
    """What the page of a new survey is filled in with."""
    form = client.get(reverse("new_survey", args=[cycle.code])).context["form"]
    names = [name for name in form.fields if form[name].value() not in (None, False)]
    return {**{name: form[name].value() for name in names}, **changes}


def test_surveys_of_an_empty_cycle_say_what_to_do(staff):
    cycle = make_survey_cycle()
    assert "Make the first one" in page(staff, "surveys", cycle.code)


@pytest.mark.parametrize("number", [1, 30])
def test_surveys_take_a_fixed_number_of_queries(staff, django_assert_max_num_queries, number):
    cycle = make_survey_cycle({"society": 2})
    for survey in [make_survey(cycle) for _ in range(number)]:
        make_response(survey)
    with django_assert_max_num_queries(13):
        text = page(staff, "surveys", cycle.code)
    assert text.count("?survey=") == number


def test_new_survey_starts_with_texts_made_from_the_issues(staff):
    cycle = make_survey_cycle({"environment": 3, "society": 14})
    form = staff.get(reverse("new_survey", args=[cycle.code])).context["form"]
    assert form["code"].value() == cycle.code
    assert "17 issues about Environment and Society" in form["introduction_en"].value()
    assert "范畴environment和范畴society方面的 17 个议题" in form["introduction_zh"].value()
    assert form["title_zh"].value() == "年度评估：利益相关方问卷"


def test_new_survey_is_made_in_its_zone(staff):
    cycle = make_survey_cycle()
    data = form_data(
        staff, cycle, code="spring", opens_at="2026-03-01T09:00", closes_at="2026-04-01T09:00", zone="Europe/Berlin"
    )
    response = staff.post(reverse("new_survey", args=[cycle.code]), data)
    assert response.status_code == 302
    survey = Survey.objects.get(code="spring")
    assert [survey.opens_at.isoformat(), survey.closes_at.isoformat()] == [
        "2026-03-01T08:00:00+00:00",
        "2026-04-01T07:00:00+00:00",
    ]
    assert (survey.state, survey.items.count()) == (Survey.State.DRAFT, 34)
    assert AuditEvent.objects.first().action == "build_survey"


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"code": "new"}, "code", "another meaning"),
        ({"code": "taken"}, "code", "already a survey"),
        ({"opens_at": "soon"}, "opens_at", "2026-01-05 09:00"),
        ({"opens_at": "2026-03-02T09:00", "closes_at": "2026-03-01T09:00"}, "closes_at", "before it opens"),
        ({"k": "7"}, "k", "uses 1–5"),
        ({"zone": "Mars/Base"}, "zone", "Mars/Base"),
        ({"title_en": ""}, "title_en", "required"),
    ],
)
def test_new_survey_that_cannot_be_says_why_and_makes_nothing(staff, changes, field, words):
    cycle = make_survey_cycle()
    make_survey(cycle, code="taken")
    response = staff.post(reverse("new_survey", args=[cycle.code]), form_data(staff, cycle, **changes))
    assert words in response.context["form"].errors[field][0]
    assert Survey.objects.count() == 1


def test_survey_shows_what_it_asks(staff, django_assert_max_num_queries):
    survey = make_open_survey(closes_at=timezone.now() + timedelta(days=30))
    with django_assert_max_num_queries(15):
        text = page(staff, "survey", survey.cycle.code, survey.code)
    assert "17 issues, rated for" in text
    assert "in full 34 questions on 3 pages, about 2 minutes" in text
    assert f"http://testserver/s/{survey.code}/" in text
    assert all(f"Issue {issue.code}" in text for issue in {item.issue for item in survey.items.all()})


def test_survey_of_another_cycle_is_not_found(staff):
    survey, other = make_survey(), make_survey_cycle()
    assert staff.get(reverse("survey", args=[other.code, survey.code])).status_code == 404


def test_survey_opened_and_closed_by_buttons(staff):
    survey = make_survey()
    assert post(staff, "open_survey", survey).status_code == 302
    survey.refresh_from_db()
    assert (survey.state, ItemText.objects.filter(survey=survey).count()) == (Survey.State.OPEN, 34)
    post(staff, "close_survey", survey)
    survey.refresh_from_db()
    assert survey.state == Survey.State.CLOSED


def test_survey_that_cannot_open_says_why(staff):
    survey = make_survey(closes_at=timezone.now() - timedelta(days=1))
    response = staff.post(reverse("open_survey", args=[survey.cycle.code, survey.code]), follow=True)
    assert "closing time has passed" in response.content.decode()
    survey.refresh_from_db()
    assert survey.state == Survey.State.DRAFT


def test_survey_is_neither_opened_nor_closed_by_get(staff):
    survey = make_survey()
    for name in ("open_survey", "close_survey", "remove_survey"):
        assert staff.get(reverse(name, args=[survey.cycle.code, survey.code])).status_code == 405


def test_draft_is_changed_and_then_frozen(staff):
    survey = make_survey()
    url = reverse("edit_survey", args=[survey.cycle.code, survey.code])
    form = staff.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    staff.post(url, {**data, "title_en": "Another", "anonymous": "on", "k": "7"})
    survey.refresh_from_db()
    assert (survey.title_en, survey.anonymous, survey.k) == ("Another", True, 7)
    event = AuditEvent.objects.first()
    assert (event.action, event.before["k"], event.after["k"]) == ("edit_survey", 5, 7)
    post(staff, "open_survey", survey)
    assert staff.post(url, {**data, "title_en": "Too late"}).status_code == 302
    survey.refresh_from_db()
    assert survey.title_en == "Another"


def test_draft_is_removed_but_no_survey_that_was_opened(staff):
    draft, opened = make_survey(), make_open_survey()
    post(staff, "remove_survey", draft)
    post(staff, "remove_survey", opened)
    assert list(Survey.objects.all()) == [opened]
    assert AuditEvent.objects.first().action == "remove_survey"


def test_closing_is_moved_and_flags_follow(staff):
    survey = make_open_survey(opens_at=at("2026-01-01T00:00"), closes_at=timezone.now() + timedelta(days=30))
    outside = FLAG_BIT["out_of_window"]
    late = make_response(survey, submitted_at=survey.closes_at + timedelta(days=1), flags=outside | 1)
    early = make_response(survey, submitted_at=at("2025-12-31T23:59"), flags=outside)
    good = make_response(survey, submitted_at=survey.closes_at)
    response = post(staff, "change_window", survey, {"closes_at": "2190-01-01T00:00"})
    assert response.status_code == 302
    survey.refresh_from_db()
    assert survey.closes_at == at("2190-01-01T00:00")
    flags = [Response.objects.get(pk=each.pk).flags for each in (late, early, good)]
    assert flags == [1, outside, 0]
    assert AuditEvent.objects.first().after["flags_moved"] == 1


@pytest.mark.parametrize(("typed", "words"), [("2020-01-01T00:00", "has passed"), ("tomorrow", "2026-01-05 09:00")])
def test_closing_moved_to_a_wrong_time_is_refused(staff, typed, words):
    survey = make_open_survey()
    response = post(staff, "change_window", survey, {"closes_at": typed})
    assert words in response.context["window"].errors["closes_at"][0]
    survey.refresh_from_db()
    assert survey.closes_at is None


CHANGING = ("open_survey", "close_survey", "remove_survey", "change_window")


def test_viewer_sees_surveys_but_changes_none(client):
    survey = make_survey()
    log_in(client, Role.VIEWER)
    for name in ("survey", "preview"):
        page(client, name, survey.cycle.code, survey.code)
    assert "Open the survey" not in page(client, "survey", survey.cycle.code, survey.code)
    assert [post(client, name, survey).status_code for name in CHANGING] == [403] * 4
    for name, args in (("new_survey", [survey.cycle.code]), ("edit_survey", [survey.cycle.code, survey.code])):
        assert client.get(reverse(name, args=args)).status_code == 403
    survey.refresh_from_db()
    assert survey.state == Survey.State.DRAFT


def test_stranger_is_sent_to_the_login(client):
    survey = make_survey()
    assert client.get(reverse("survey", args=[survey.cycle.code, survey.code])).url.startswith("/login/")
