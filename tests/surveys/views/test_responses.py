"""Staff pages of responses: counts, screening, single responses, exports, asking for scores."""

import pytest
from django.urls import reverse

from materiality.models import AuditEvent, Group, Job, Proposal
from materiality.models.people import Role
from surveys.exports.exporting import export_csv
from surveys.models import AnonymousComment, Response
from surveys.queries.responses import answer_rows, reference_of
from surveys.questionnaire.screening import FLAG_BIT
from tests.factories.people import log_in
from tests.factories.responses import make_response
from tests.factories.surveys import make_draft, make_open_survey, make_survey_cycle

pytestmark = pytest.mark.django_db
SPEEDING, LINE = FLAG_BIT["speeding"], FLAG_BIT["straight_line"]


@pytest.fixture
def survey(survey):
    """Seven responses of two groups: three valid, one of them by decision."""
    users, employees = survey.cycle.groups.all()
    Group.objects.filter(pk=users.pk).update(target=8)
    make_response(survey, group=users)
    make_response(survey, group=users)
    make_response(survey, group=users, flags=SPEEDING | LINE)
    make_response(survey, group=users, flags=SPEEDING, overruled=Response.Overruled.INCLUDE)
    make_response(survey, group=employees, overruled=Response.Overruled.EXCLUDE)
    make_response(survey, group=employees, flags=LINE)
    make_response(survey, group=employees, unfinished=True, flags=SPEEDING)
    make_draft(survey)
    return survey


def counts(client, survey):
    return client.get(reverse("responses", args=[survey.cycle.code])).context


def test_responses_are_counted_per_group(staff, survey):
    context = counts(staff, survey)
    lines = [(line["group"].code, vars(line["counts"]), line["reached"], line["share"]) for line in context["lines"]]
    assert lines == [
        ("users", {"total": 4, "submitted": 4, "valid": 3}, 3 / 8, 1.0),
        ("employees", {"total": 3, "submitted": 2, "valid": 0}, None, 0.0),
    ]
    fieldwork = context["fieldwork"]
    assert (fieldwork.drafts, fieldwork.unfinished, fieldwork.included, fieldwork.excluded) == (1, 1, 1, 1)


def test_screening_tells_what_each_rule_takes_out(staff, survey):
    lines = {line.flag: (line.flagged, line.alone, line.left) for line in counts(staff, survey)["fieldwork"].rules}
    assert lines == {
        "incomplete": (0, 0, 6),
        "straight_line": (2, 1, 4),
        "speeding": (2, 1, 3),
        "duplicate": (0, 0, 3),
        "out_of_window": (0, 0, 3),
        "no_consent": (0, 0, 3),
        "straight_short": (0, 0, 3),
        "off_pattern": (0, 0, 3),
    }


def test_screening_rule_that_only_marks_takes_nothing_out(staff, survey):
    survey.rules["speeding"]["effect"] = "mark"
    survey.save()
    context = counts(staff, survey)
    speeding = next(line for line in context["fieldwork"].rules if line.flag == "speeding")
    assert (speeding.effect, speeding.flagged, speeding.alone, speeding.left) == ("mark", 2, 0, 4)
    assert context["fieldwork"].counts.valid == 3


@pytest.mark.parametrize("number", [1, 30])
def test_responses_take_a_fixed_number_of_queries(staff, django_assert_max_num_queries, number, plain_survey):
    for _ in range(number):
        make_response(plain_survey)
    with django_assert_max_num_queries(15):
        assert counts(staff, plain_survey)["cycle_valid"] == number


def test_responses_without_a_survey_lead_to_one(staff):
    response = staff.get(reverse("responses", args=[make_survey_cycle().code]))
    assert "There is no survey yet" in response.content.decode()


def test_responses_of_another_survey_by_its_code(staff, survey):
    other = make_open_survey(survey.cycle)
    address = reverse("responses", args=[survey.cycle.code])
    assert staff.get(f"{address}?survey={survey.code}").context["survey"] == survey
    assert staff.get(f"{address}?survey={other.code}").context["fieldwork"].counts.total == 0
    assert staff.get(f"{address}?survey=nothing").status_code == 404


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 7),
        ("?group=employees", 3),
        ("?flag=speeding", 3),
        ("?state=valid", 3),
        ("?state=invalid", 3),
        ("?state=unfinished", 1),
        ("?state=overruled", 2),
        ("?flag=straight_line&group=users&state=invalid", 1),
        ("?group=nobody", 0),
        ("?flag=nothing&state=nothing", 7),
    ],
)
def test_response_list_filtered(staff, survey, query, number):
    address = reverse("response_list", args=[survey.cycle.code, survey.code])
    context = staff.get(address + query).context
    assert context["listing"].page.paginator.count == number
    assert sum(row.valid for row in context["listing"].rows) == (
        number
        if query == "?state=valid"
        else sum(
            row.response.overruled != 2
            and not row.response.unfinished
            and (not row.response.flags or row.response.overruled == 1)
            for row in context["listing"].rows
        )
    )


@pytest.mark.parametrize("number", [1, 30])
def test_response_list_takes_a_fixed_number_of_queries(staff, django_assert_max_num_queries, number, plain_survey):
    for _ in range(number):
        make_response(plain_survey)
    with django_assert_max_num_queries(15):
        staff.get(reverse("response_list", args=[plain_survey.cycle.code, plain_survey.code]))


def decide(client, response, **data):
    survey = response.survey
    return client.post(reverse("response", args=[survey.cycle.code, survey.code, response.pk]), data)


def test_response_overruled_by_a_person_counts_and_stands_in_the_trail(staff, survey):
    response = survey.responses.get(flags=SPEEDING | LINE)
    assert decide(staff, response, overruled="1", reason="Read aloud by an assistant").status_code == 302
    response.refresh_from_db()
    assert (response.overruled, response.overruled_by, response.flags) == (1, staff.person, SPEEDING | LINE)
    assert counts(staff, survey)["fieldwork"].counts.valid == 4
    event = AuditEvent.objects.first()
    assert (event.action, event.reason, event.after) == (
        "overrule_response",
        "Read aloud by an assistant",
        {"overruled": 1},
    )
    decide(staff, response, overruled="0", reason="A mistake")
    response.refresh_from_db()
    assert (response.overruled, response.overruled_by, response.overruled_reason) == (0, None, "")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"overruled": "2", "reason": " "}, "Give a reason"),
        ({"reason": "because"}, "Choose one"),
        ({"overruled": "9", "reason": "because"}, "9"),
        ({"overruled": "0", "reason": "because"}, "decided already"),
    ],
)
def test_response_overruled_without_reason_or_change_is_refused(staff, survey, data, words):
    response = survey.responses.filter(flags=0, overruled=0).first()
    assert words in decide(staff, response, **data).content.decode()
    assert AuditEvent.objects.filter(action="overrule_response").count() == 0


def test_response_unfinished_cannot_be_included(staff, survey):
    response = survey.responses.get(unfinished=True)
    assert "never submitted" in decide(staff, response, overruled="1", reason="x").content.decode()


def test_response_page_shows_words_for_what_is_no_rating(staff, survey):
    response = make_response(survey, ratings=bytes([254, 255, 0, 5]) + bytes(30))
    text = staff.get(reverse("response", args=[survey.cycle.code, survey.code, response.pk])).content.decode()
    assert ("don&#x27;t know" in text, "not asked" in text) == (True, True)


def test_export_streams_the_same_bytes_as_the_command(staff, survey):
    response = staff.get(reverse("export_responses", args=[survey.cycle.code, survey.code, "csv"]))
    assert response.getvalue() == b"".join(export_csv(survey))
    assert response.headers["Content-Disposition"] == f'attachment; filename="{survey.code}-responses.csv"'
    assert staff.get(reverse("export_responses", args=[survey.cycle.code, survey.code, "doc"])).status_code == 404


def test_viewer_sees_counts_but_no_single_response(client, survey):
    log_in(client, Role.VIEWER)
    text = client.get(reverse("responses", args=[survey.cycle.code])).content.decode()
    assert ("By group" in text, "Download all" in text, "Import responses" in text) == (True, False, False)
    where = [survey.cycle.code, survey.code]
    refused = [
        reverse("response_list", args=where),
        reverse("response", args=[*where, survey.responses.first().pk]),
        reverse("export_responses", args=[*where, "xlsx"]),
    ]
    assert [client.get(address).status_code for address in refused] == [403] * 3
    assert client.post(reverse("request_score", args=[survey.cycle.code])).status_code == 403


def test_score_is_requested_once_and_followed(staff, survey):
    address = reverse("request_score", args=[survey.cycle.code])
    first, second = staff.post(address), staff.post(address)
    job = Job.objects.get()
    assert (job.kind, job.cycle, job.created_by) == ("score", survey.cycle, staff.person)
    assert first.url == second.url == f"/jobs/{job.pk}/?next=%2Fcycles%2F{survey.cycle.code}%2Fscores%2F"
    assert staff.get(address).status_code in (404, 405)


def test_score_without_a_valid_response_is_refused(staff, plain_survey):
    make_response(plain_survey, flags=SPEEDING)
    response = staff.post(reverse("request_score", args=[plain_survey.cycle.code]), follow=True)
    assert "no valid response to score" in response.content.decode()
    assert Job.objects.count() == 0


PAGE = "/library/comments/"


def promote(client, survey, row, **changes):
    values = {"kind": "new", "name_en": "Quiet nights", "reason": "Less noise", **changes}
    return client.post(f"{PAGE}{survey.code}/{reference_of(row.pk)}/promote/", values)


@pytest.mark.parametrize("role", ["viewer", "committee"])
def test_open_answers_are_closed_to_those_who_may_not_see_responses(client, role, plain_survey):
    row = make_response(plain_survey, comment="Less noise please")
    log_in(client, role)
    assert client.get(PAGE).status_code == 403
    assert promote(client, plain_survey, row).status_code == 403


def test_open_answers_are_those_of_people_who_agreed_and_finished(client, plain_survey):
    make_response(plain_survey, comment="Less noise please")
    make_response(plain_survey, comment="Not this", consent=False)
    make_response(plain_survey, comment="Nor this", unfinished=True)
    make_response(plain_survey)
    log_in(client)
    assert [answer.text for answer in client.get(PAGE).context["listing"].rows] == ["Less noise please"]


def test_open_answers_of_an_anonymous_survey_stand_alone(client):
    survey = make_open_survey(anonymous=True)
    row = AnonymousComment.objects.create(survey=survey, text="Anonymous words")
    log_in(client)
    text = client.get(f"{PAGE}?survey={survey.code}").content.decode()
    assert "Anonymous words" in text and reference_of(row.pk) in text
    assert list(answer_rows(survey)) == [(row.pk, "Anonymous words")]


def test_open_answer_becomes_a_proposal_once(client, plain_survey):
    row = make_response(plain_survey, comment="Less noise please")
    log_in(client)
    assert promote(client, plain_survey, row).url == "/library/proposals/"
    proposal = Proposal.objects.get()
    assert (proposal.origin, proposal.reason) == ("respondent", "Less noise")
    assert proposal.source == f"{plain_survey.code}/{row.pk.hex[-12:]}"
    assert AuditEvent.objects.get(action="promote_comment").object_id == str(proposal.pk)
    already = promote(client, plain_survey, row).content.decode()
    assert "is a suggestion already" in already
    assert f'<a href="{PAGE}?survey={plain_survey.code}">Open answers</a>' in already
    assert Proposal.objects.count() == 1
    assert f'href="/library/proposals/{proposal.pk}/"' in client.get(PAGE).content.decode()


def test_open_answer_without_what_a_proposal_needs_comes_back(client, plain_survey):
    row = make_response(plain_survey, comment="Less noise please")
    log_in(client)
    assert "Name the new issue" in promote(client, plain_survey, row, name_en="").content.decode()
    assert not Proposal.objects.exists()


def test_open_answer_that_is_not_there_is_not_found(client, plain_survey):
    log_in(client)
    for reference in ("0" * 12, "../../x", "abc"):
        assert client.get(f"{PAGE}{plain_survey.code}/{reference}/promote/").status_code == 404


@pytest.mark.parametrize("number", [1, 30])
def test_open_answers_ask_few_queries(client, number, django_assert_max_num_queries, plain_survey):
    rows = [make_response(plain_survey, comment=f"comment {place}") for place in range(number)]
    log_in(client)
    for address in (PAGE, f"{PAGE}{plain_survey.code}/{reference_of(rows[0].pk)}/promote/"):
        with django_assert_max_num_queries(15):
            assert client.get(address).status_code == 200
