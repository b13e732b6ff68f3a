"""Pages of screening: rules, trial, change, versions, and who may do what."""

import pytest
from django.urls import reverse

from materiality.models import AuditEvent, Job
from materiality.models.people import Role
from materiality.platform import jobs
from surveys.actions.responses import overrule_response
from surveys.actions.screening import screen_survey
from surveys.forms.screening import form_values
from surveys.questionnaire.screening import FLAG_BIT, Rules
from tests.factories.people import log_in
from tests.factories.responses import make_response
from tests.factories.screening import CLOSES, OPENS, flags_by_loop, make_varied_responses, names_of
from tests.factories.surveys import make_survey

pytestmark = pytest.mark.django_db
STRICT = Rules(speeding_seconds=2.0, incomplete_percent=80)


@pytest.fixture
def survey():
    survey = make_survey(opens_at=OPENS, closes_at=CLOSES)
    make_varied_responses(survey, 80)
    screen_survey(survey=survey, by=None)
    return survey


def url(name, survey, *more):
    return reverse(name, args=[survey.cycle.code, survey.code, *more])


def entered(survey, rules=STRICT, **more):
    return {**dict(form_values(rules, survey)), **more}


def test_screening_shows_rules_and_what_they_take_out(client, survey):
    log_in(client)
    page = client.get(url("screening", survey)).content.decode()
    speeding = sum("speeding" in names_of(row.flags) and not row.unfinished for row in survey.responses.all())
    assert f">{speeding} <" in page or f">{speeding}<" in page
    assert "Try these rules out" in page
    assert "Attention" not in page
    survey.attention = True
    survey.save()
    assert "Attention" in client.get(url("screening", survey)).content.decode()


@pytest.mark.parametrize("number", [1, 60])
def test_screening_takes_a_fixed_number_of_queries(client, survey, number, django_assert_max_num_queries):
    log_in(client)
    make_varied_responses(survey, number, seed=2)
    with django_assert_max_num_queries(15):
        client.get(url("screening", survey))
    with django_assert_max_num_queries(25):
        client.post(url("try_rules", survey), entered(survey))


def test_trial_tells_and_stores_nothing_then_the_button_takes_the_rules_over(client, survey):
    person = log_in(client)
    before = dict(survey.responses.values_list("id", "flags"))
    events = AuditEvent.objects.count()
    page = client.post(url("try_rules", survey), entered(survey))
    assert page.status_code == 200
    assert "Put these rules in force" in page.content.decode()
    assert (dict(survey.responses.values_list("id", "flags")), AuditEvent.objects.count()) == (before, events)
    hidden = dict(page.context["entered"])
    assert client.post(url("change_rules", survey), {**hidden, "reason": "Tried"}).status_code == 302
    stored = {pk: names_of(flags) for pk, flags in survey.responses.values_list("id", "flags")}
    assert stored == flags_by_loop(survey, STRICT)
    assert survey.rule_sets.get(version=2).created_by == person
    page = client.get(url("screening", survey)).content.decode()
    assert "Version 2" in page and "“Tried”" in page


def test_trial_of_a_large_survey_runs_as_a_job_with_the_same_result(client, survey, monkeypatch):
    log_in(client)
    at_once = client.post(url("try_rules", survey), entered(survey)).context["trial"]
    monkeypatch.setattr("surveys.views.screening.MOST_AT_ONCE", 10)
    sent = client.post(url("try_rules", survey), entered(survey))
    job = Job.objects.get(kind="dry_run")
    assert sent.status_code == 302 and str(job.pk) in sent.url
    result = url("rules_trial", survey, job.pk)
    assert str(job.pk) in client.get(result).url, "not done yet: on to the job's page"
    assert jobs.execute(str(job.pk))
    assert client.get(result).context["trial"] == at_once
    assert f'href="{result}"' in client.get(reverse("job", args=[job.pk])).content.decode()
    client.post(url("change_rules", survey), entered(survey, reason="Tried"))
    assert jobs.execute(str(Job.objects.get(kind="change_rules").pk))
    survey.refresh_from_db()
    assert (survey.rules, survey.rules_version) == (STRICT.to_json(), 2)


def test_trial_of_another_survey_is_not_found(client, survey):
    log_in(client)
    job = jobs.request_job("dry_run", inputs={"survey": 0, "rules": {}}, by=None, cycle=survey.cycle, send=False)
    assert client.get(url("rules_trial", survey, job.pk)).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [("speeding_seconds", "0.25"), ("speeding_seconds", "6"), ("incomplete_percent", ""), ("duplicate", "drop")],
)
def test_rules_that_cannot_be_used_are_marked(client, survey, field, value):
    log_in(client)
    for name in ("try_rules", "change_rules"):
        page = client.post(url(name, survey), entered(survey, **{field: value}))
        assert page.status_code == 422
        assert list(page.context["form"].errors) == [field]
    survey.refresh_from_db()
    assert survey.rules_version == 1


def test_change_that_is_refused_says_why(client, survey):
    log_in(client)
    page = client.post(url("change_rules", survey), entered(survey, Rules()))
    assert page.status_code == 422
    assert "in force already" in page.content.decode()


def test_split_survey_offers_no_rejection_of_straight_lines(client, survey):
    log_in(client)
    survey.split = True
    survey.save()
    form = client.get(url("screening", survey)).context["form"]
    assert [value for value, _label in form.fields["straight_line"].choices] == ["mark", "off"]
    assert form.fields["straight_line"].initial == "mark"


def test_viewer_sees_the_rules_and_changes_nothing(client, survey):
    log_in(client, Role.VIEWER)
    page = client.get(url("screening", survey))
    assert page.status_code == 200
    assert "Try these rules out" not in page.content.decode()
    for name in ("try_rules", "change_rules"):
        assert client.post(url(name, survey), entered(survey)).status_code == 403
    job = jobs.request_job(
        "dry_run", inputs={"survey": survey.pk, "rules": {}}, by=None, cycle=survey.cycle, send=False
    )
    assert client.get(url("rules_trial", survey, job.pk)).status_code == 403
    assert client.get(url("try_rules", survey)).status_code in (403, 405)


def test_list_shows_who_decided_and_why(client, survey):
    person = log_in(client)
    row = survey.responses.filter(unfinished=False, overruled=0).first()
    overrule_response(response=row, overruled=2, reason="Filled in by a colleague", by=person)
    page = client.get(url("response_list", survey) + "?state=overruled").content.decode()
    assert f"{person}: Filled in by a colleague" in page


def test_list_of_an_anonymous_survey_hides_flags_of_rules_that_are_off(client):
    survey = make_survey(anonymous=True)
    make_response(survey, flags=FLAG_BIT["attention"] | FLAG_BIT["speeding"])
    log_in(client)
    for attention, flags, number in (("off", ["speeding"], 0), ("mark", ["speeding", "attention"], 1)):
        survey.attention, survey.rules = True, Rules({**Rules().effects, "attention": attention}).to_json()
        survey.save()
        page = client.get(url("response_list", survey))
        assert [row.flags for row in page.context["listing"].rows] == [flags]
        wrong = client.get(url("response_list", survey) + "?flag=attention")
        assert wrong.context["listing"].page.paginator.count == number
