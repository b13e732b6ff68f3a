from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from materiality.actions.scores import score_cycle
from materiality.models import AuditEvent
from materiality.platform.refusals import NotAllowed
from materiality.queries.scores import erased_since
from surveys.actions.responses import overrule_response
from surveys.invitations.used_links import is_used
from surveys.models import Batch, Draft, Response, SealedDraft, Survey
from surveys.queries.verification import holding_findings
from surveys.questionnaire.responses import NAMED
from surveys.respond.answers import erase_response, finish
from surveys.responses.counting import count_cycle
from tests.factories.invitations import make_batch
from tests.factories.people import make_person
from tests.factories.surveys import make_draft, make_open_survey, make_survey_cycle
from tests.factories.trail import told_of

pytestmark = pytest.mark.django_db


def survey_with_links(**values) -> tuple[Survey, Batch]:
    survey = make_open_survey(make_survey_cycle({"society": 2}), **values)
    return survey, make_batch(survey, size=100)


def submitted(survey: Survey, batch: Batch, serial: int) -> None:
    draft = make_draft(survey, batch=batch, serial=serial, channel="batch", profile={"site": "north"}, attention=2)
    assert finish(key=draft.key, language="en")


def test_response_names_the_link_that_it_came_by():
    survey, batch = survey_with_links(attention=True)
    submitted(survey, batch, 7)
    response = Response.objects.get()
    assert (response.token, response.channel, response.profile) == (f"{batch.pk}-7", "batch", {"site": "north"})
    assert (response.attention, response.notice_version, is_used(batch.pk, 7)) == (2, 1, True)


def test_response_is_held_as_it_is_stored():
    survey, batch = survey_with_links(attention=True, attention_value=3)
    named = {"site": "北 “a”", "more": ["b", "a"], NAMED: [survey.items.first().issue.code]}
    draft = make_draft(survey, batch=batch, serial=7, comment="好", profile=named, attention=2)
    assert finish(key=draft.key, language="en")
    submitted(survey, batch, 8)
    assert Response.objects.exclude(flags=0).exists()
    assert Response.objects.exclude(named=[]).count() == 1
    assert list(holding_findings()) == []


def test_second_draft_of_a_used_link_is_not_submitted():
    survey, batch = survey_with_links()
    submitted(survey, batch, 7)
    draft = make_draft(survey, batch=batch, serial=7)
    assert finish(key=draft.key, language="en") is False
    assert (Response.objects.count(), Draft.objects.count()) == (1, 0)


def test_erase_response_deletes_what_the_link_gave_and_nothing_else():
    survey, batch = survey_with_links()
    for serial in (7, 77):
        submitted(survey, batch, serial)
    kept = Response.objects.get(token=f"{batch.pk}-77")
    assert erase_response(survey=survey, batch_id=batch.pk, serial=7) is True
    assert list(Response.objects.all()) == [kept]
    assert is_used(batch.pk, 7)
    assert erase_response(survey=survey, batch_id=batch.pk, serial=7) is False
    event = AuditEvent.objects.get(action="erase_response")
    assert (event.object_id, event.before, event.after, event.person) == (str(survey.pk), {}, {"responses": 1}, None)


def test_erase_response_deletes_a_draft_without_an_event():
    survey, batch = survey_with_links(anonymous=True)
    make_draft(survey, batch=batch, serial=7)
    assert erase_response(survey=survey, batch_id=batch.pk, serial=7) is True
    assert not SealedDraft.objects.exists() and not AuditEvent.objects.filter(action="erase_response").exists()


def test_erase_response_of_an_anonymous_survey_is_refused():
    survey, batch = survey_with_links(anonymous=True)
    submitted(survey, batch, 7)
    with pytest.raises(NotAllowed):
        erase_response(survey=survey, batch_id=batch.pk, serial=7)


def test_erase_response_that_a_person_decided_about_leaves_a_sound_audit_trail():
    survey, batch = survey_with_links()
    told_of(survey.cycle, survey.cycle.edition)
    submitted(survey, batch, 7)
    response = Response.objects.get()
    overrule_response(response=response, overruled=Response.Overruled.EXCLUDE, reason="Twice.", by=make_person())
    assert erase_response(survey=survey, batch_id=batch.pk, serial=7) is True
    call_command("verify_audit")


def test_scores_page_says_how_many_responses_were_erased_since_the_run():
    survey, batch = survey_with_links()
    for serial in range(3):
        draft = make_draft(survey, batch=batch, serial=serial, ratings=bytes([1 + serial, 2, 3, 4]))
        finish(key=draft.key, language="en", now=draft.started_at + timedelta(minutes=1))
    erase_response(survey=survey, batch_id=batch.pk, serial=0)
    run = score_cycle(cycle=survey.cycle, counted=count_cycle(survey.cycle), by=None)
    assert erased_since(run) == 0
    erase_response(survey=survey, batch_id=batch.pk, serial=1)
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_person())
    page = client.get(reverse("scores", args=[survey.cycle.code])).content.decode()
    assert erased_since(run) == 1 and "<dt>Erased since</dt><dd>1</dd>" in page
