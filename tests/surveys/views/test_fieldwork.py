"""The page of a survey's fieldwork."""

import pytest
from django.urls import reverse

from materiality.models import Group
from materiality.scoring.cube import DONT_KNOW
from surveys.actions.responses import release_responses
from surveys.models import Batch, SealedDraft, Tally
from surveys.questionnaire.asking import Plan
from surveys.questionnaire.saving import Change
from surveys.questionnaire.screening import FLAG_BIT
from surveys.respond import answers
from surveys.respond.answers import open_answers
from surveys.respond.visit import Way
from surveys.responses.tallies import add_to_tally
from tests.factories.anonymous import anonymous_survey, finish
from tests.factories.people import log_in
from tests.factories.responses import make_response
from tests.factories.surveys import make_draft, make_open_survey, make_survey, make_survey_cycle

pytestmark = pytest.mark.django_db


def address(survey) -> str:
    return reverse("fieldwork", args=[survey.cycle.code, survey.code])


def numbers(line) -> tuple:
    return line.invited, line.opened, line.started, line.in_progress, line.submitted, line.valid, line.flagged


@pytest.fixture
def survey(survey):
    """Users by personal links and the open link, employees from a file."""
    users, employees = survey.cycle.groups.all()
    Group.objects.filter(pk=users.pk).update(target=4)
    Batch.objects.create(survey=survey, group=users, size=1000)
    add_to_tally(survey.pk, Tally.Measure.OPENED, channel="link", number=9)
    add_to_tally(survey.pk, Tally.Measure.OPENED, group="users", channel="batch", number=5)
    add_to_tally(survey.pk, Tally.Measure.STARTED, group="users", channel="batch", number=4)
    make_draft(survey, group=users, channel="batch")
    make_response(survey, group=users, channel="batch")
    make_response(survey, group=users, channel="batch", flags=FLAG_BIT["speeding"])
    make_response(survey, group=users, channel="link")
    make_response(survey, group=employees, channel="sheet", unfinished=True)
    make_response(survey, group=employees, channel="sheet")
    return survey


def test_funnel_per_group_and_channel(staff, survey):
    found = staff.get(address(survey)).context["fieldwork"]
    lines = {each.group.code if each.group else "": each for each in found.lines}
    assert numbers(lines["users"].line) == (1000, 5, 5, 1, 3, 2, 1)
    assert [(line.channel, *numbers(line)) for line in lines["users"].channels] == [
        ("link", None, None, 1, 0, 1, 1, 0),
        ("batch", 1000, 5, 4, 1, 2, 1, 1),
    ]
    assert [(line.channel, *numbers(line)) for line in lines["employees"].channels] == [
        ("sheet", None, None, 2, 0, 1, 1, 0)
    ]
    assert numbers(lines[""].line) == (None, 9, 0, 0, 0, 0, 0)
    assert numbers(found.funnel.total) == (1000, 14, 7, 1, 4, 3, 1)
    assert (lines["users"].reached, lines["employees"].reached) == (0.5, None)


def test_anonymous_funnel_tells_channels_of_submitted_and_groups_of_valid_responses(staff):
    survey = make_open_survey(anonymous=True)
    users, employees = survey.cycle.groups.all()
    add_to_tally(survey.pk, Tally.Measure.SUBMITTED, group="users", channel="link", number=2)
    make_response(survey, group=users)
    make_response(survey, group=users, flags=FLAG_BIT["speeding"])
    answers.finish(key=make_draft(survey, group=users, channel="batch").key, language="en")
    make_response(survey, group=employees)
    for code, tenths in (("users", 25), ("users", 5), ("employees", 10)):
        add_to_tally(survey.pk, Tally.Measure.SECONDS, group=code, place=tenths)
    response = staff.get(address(survey))
    lines = {each.group.code: each for each in response.context["fieldwork"].lines}
    assert numbers(lines["users"].line) == (None, 0, 3, 0, 3, 1, 1)
    assert lines["users"].line.waiting == 1
    assert [(line.channel, line.submitted, line.valid) for line in lines["users"].channels] == [
        ("link", 2, None),
        ("batch", 1, None),
    ]
    assert [(line.channel, line.submitted) for line in lines["employees"].channels] == [("", 1)]
    assert response.context["fieldwork"].median == [1.0, 3]
    assert "Anonymous responses carry no channel" in response.content.decode()


def test_page_follows_an_open_survey_and_sends_nothing_where_nothing_changed(staff, survey):
    page = staff.get(address(survey))
    assert 'hx-trigger="every 10s"' in page.content.decode()
    asked = {"HX-Request": "true", "X-Shown": page.context["shown"]}
    assert staff.get(address(survey), headers=asked).status_code == 204
    make_response(survey)
    news = staff.get(address(survey), headers=asked)
    assert news.status_code == 200
    assert "<h1>" not in news.content.decode()
    assert news.context["fieldwork"].funnel.total.submitted == 5


def test_page_of_a_draft_and_of_another_cycle(staff, survey):
    draft = make_survey(survey.cycle)
    assert "nobody can answer it yet" in staff.get(address(draft)).content.decode()
    assert staff.get(reverse("fieldwork", args=["elsewhere", survey.code])).status_code == 404


@pytest.mark.parametrize("number", [1, 30])
def test_fieldwork_takes_a_fixed_number_of_queries(staff, django_assert_max_num_queries, number):
    survey = make_open_survey(anonymous=True)
    make_open_survey(survey.cycle)
    for _ in range(number):
        make_response(survey)
        make_draft(survey)
    with django_assert_max_num_queries(15):
        staff.get(address(survey))


def test_thin_cells_come_fewest_first_and_are_paged(staff, survey):
    page = staff.get(address(survey) + "?width=8").context
    assert (page["thin"].asked, page["thin"].unscored, len(page["thin"].cells)) == (68, 68, 68)
    assert [cell.number for cell in page["listing"].page] == [1] * 20
    last = staff.get(address(survey) + "?width=8&page=4").context["listing"].page
    assert {(cell.group.code, cell.number, cell.needed) for cell in last} == {("users", 2, 5)}


@pytest.mark.parametrize(("role", "status"), [("lead", 302), ("analyst", 403)])
def test_leads_discard_answers_that_cannot_be_opened(client, role, status):
    log_in(client, role)
    survey = anonymous_survey()
    finish(survey, 1)
    damaged = SealedDraft.objects.filter(survey=survey)
    damaged.update(state=SealedDraft.State.UNREADABLE, sealed=b"x" * 40)
    page, button = (
        client.get(address(survey)).content.decode(),
        reverse("discard_damaged", args=[survey.cycle.code, survey.code]),
    )
    assert "1 finished response cannot be opened" in page and (button in page) == (status == 302)
    assert client.post(button, {"reason": ""}).status_code == status and damaged.count() == 1
    assert client.post(button, {"reason": "Lost"}).status_code == status
    assert damaged.count() == (0 if role == "lead" else 1)


def test_page_of_a_longer_questionnaire_counts_only_those_who_have_it(staff):
    short = Plan(left_out=tuple(f"SOCIETY-01-{place:02}" for place in range(1, 15)))
    survey = make_open_survey(plans={"users": short})
    users, employees = survey.cycle.groups.all()
    make_draft(survey, group=employees, channel="link", page=1)
    make_draft(survey, group=users, channel="link", page=1)
    for group in (users, users, users, employees):
        make_response(survey, group=group, channel="link")
    add_to_tally(survey.pk, Tally.Measure.BROKEN_OFF, group="employees", channel="link", place=2)
    found = staff.get(address(survey))
    lines = [(line.kind or line.page, line.reached, line.left) for line in found.context["fieldwork"].pages]
    assert lines == [(1, 7, 0), (2, 3, 0), (3, 2, 1), ("end", 5, 0)]
    assert '<th scope="row">Last page</th>' in found.content.decode()


@pytest.mark.parametrize("anonymous", [False, True])
def test_page_shows_how_it_was_answered_and_how_people_went_on(staff, anonymous):
    survey = make_open_survey(make_survey_cycle({"society": 3}), anonymous=anonymous)
    users, employees = survey.cycle.groups.all()
    for number in range(6):
        draft = make_draft(survey, group=users)
        draft = open_answers(draft.key if not anonymous else draft.secret, survey.code)
        # The first issue as it comes to them is rated on both dimensions, of the last one nothing is known.
        order = [issue for sheet in Way(survey.code, draft, single=False).sheets for issue in sheet.issues]
        rated = {2 * order[0]: 4, 2 * order[0] + 1: 3, 2 * order[2]: DONT_KNOW, 2 * order[2] + 1: DONT_KNOW}
        changes = [Change(f"r{place}", code) for place, code in rated.items()]
        answers.finish(key=draft.key, language="en", changes=changes, mode="large" if number else "normal")
    answers.finish(key=make_draft(survey, group=employees).key, language="en")
    release_responses(survey=survey, everything=True) if anonymous else None
    page = staff.get(address(survey))
    found = page.context["fieldwork"]
    assert found.modes == [(users, [1, 5, 0])]
    assert [(line.items, line.skipped, line.unknown) for line in found.course] == [(12, 0, 0), (12, 1, 0), (12, 0, 1)]
    assert "How it was answered" in page.content.decode()
