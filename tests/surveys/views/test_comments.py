"""Open answers, and making them proposals."""

import pytest

from materiality.models import AuditEvent, Proposal
from surveys.models import AnonymousComment
from surveys.queries.open_answers import answer_rows, reference_of
from tests.factories.people import log_in
from tests.factories.responses import make_response
from tests.factories.surveys import make_open_survey

pytestmark = pytest.mark.django_db
PAGE = "/library/comments/"


def promote(client, survey, row, **changes):
    values = {"kind": "new", "name_en": "Quiet nights", "reason": "Less noise", **changes}
    return client.post(f"{PAGE}{survey.code}/{reference_of(row.pk)}/promote/", values)


@pytest.mark.parametrize("role", ["viewer", "committee"])
def test_open_answers_are_closed_to_those_who_may_not_see_responses(client, role):
    survey = make_open_survey()
    row = make_response(survey, comment="Less noise please")
    log_in(client, role)
    assert client.get(PAGE).status_code == 403
    assert promote(client, survey, row).status_code == 403


def test_open_answers_are_those_of_people_who_agreed_and_finished(client):
    survey = make_open_survey()
    make_response(survey, comment="Less noise please")
    make_response(survey, comment="Not this", consent=False)
    make_response(survey, comment="Nor this", unfinished=True)
    make_response(survey)
    log_in(client)
    assert [answer.text for answer in client.get(PAGE).context["answers"]] == ["Less noise please"]


def test_open_answers_of_an_anonymous_survey_stand_alone(client):
    survey = make_open_survey(anonymous=True)
    row = AnonymousComment.objects.create(survey=survey, text="Anonymous words")
    log_in(client)
    text = client.get(f"{PAGE}?survey={survey.code}").content.decode()
    assert "Anonymous words" in text and reference_of(row.pk) in text
    assert list(answer_rows(survey)) == [(row.pk, "Anonymous words")]


def test_open_answer_becomes_a_proposal_once(client):
    survey = make_open_survey()
    row = make_response(survey, comment="Less noise please")
    log_in(client)
    assert promote(client, survey, row).url == "/library/proposals/"
    proposal = Proposal.objects.get()
    assert (proposal.origin, proposal.reason) == ("respondent", "Less noise")
    assert proposal.source == f"{survey.code}/{row.pk.hex[-12:]}"
    assert AuditEvent.objects.get(action="promote_comment").object_id == str(proposal.pk)
    assert "is a proposal already" in promote(client, survey, row).content.decode()
    assert Proposal.objects.count() == 1
    assert f'href="/library/proposals/{proposal.pk}/"' in client.get(PAGE).content.decode()


def test_open_answer_without_what_a_proposal_needs_comes_back(client):
    survey = make_open_survey()
    row = make_response(survey, comment="Less noise please")
    log_in(client)
    assert "Name the new issue" in promote(client, survey, row, name_en="").content.decode()
    assert not Proposal.objects.exists()


def test_open_answer_that_is_not_there_is_not_found(client):
    survey = make_open_survey()
    log_in(client)
    for reference in ("0" * 12, "../../x", "abc"):
        assert client.get(f"{PAGE}{survey.code}/{reference}/promote/").status_code == 404


@pytest.mark.parametrize("number", [1, 30])
def test_open_answers_ask_few_queries(client, number, django_assert_max_num_queries):
    survey = make_open_survey()
    rows = [make_response(survey, comment=f"comment {place}") for place in range(number)]
    log_in(client)
    for address in (PAGE, f"{PAGE}{survey.code}/{reference_of(rows[0].pk)}/promote/"):
        with django_assert_max_num_queries(15):
            assert client.get(address).status_code == 200
