"""The navigation between the pages of a survey: on every one of them, with the page that it is, and nothing refused."""

import re

import pytest
from django.urls import reverse

from materiality.models.person import Role
from tests.factories.invitations import make_batch, make_mailing, make_recipient
from tests.factories.paper import make_question, make_sheets
from tests.factories.people import log_in
from tests.factories.responses import check_file, csv_file, make_response, row
from tests.factories.surveys import make_open_survey, make_survey, make_survey_cycle

pytestmark = pytest.mark.django_db

NAV = re.compile(r'<nav class="survey-nav".*?</nav>', re.DOTALL)
CURRENT = re.compile(r'aria-current="page">([^<]+)<')


def nav_of(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    found = NAV.search(response.content.decode())
    assert found, address
    return found.group()


def pages_of(survey):
    """(address, what is current) of every page of an open survey that holds a bit of everything."""
    batch = make_batch(survey, size=300)
    recipients = [make_recipient(batch, serial=n, email=f"p{n}@example.com") for n in range(200)]
    for size in (1, 20, 3_300_000, 7):
        make_batch(survey, size=size)
    make_question(survey)
    sheet = make_sheets(survey)[0]
    imported = check_file(survey, csv_file(survey, row(survey, *[3] * survey.items.count())))

    def at(name, *rest):
        return reverse(name, args=[survey.cycle.code, survey.code, *rest])

    return [
        *((at(name), "Overview") for name in ("survey", "edit_survey", "survey_groups", "profile_questions")),
        (at("survey_plan"), "Planning"),
        *((at(name), "Invitations") for name in ("invitations", "new_batch", "recipients", "new_recipients")),
        *((at(name), "Invitations") for name in ("bounces", "new_mailing")),
        (at("batch", batch.pk), "Invitations"),
        (at("recipient", recipients[0].pk), "Invitations"),
        (at("mailing", make_mailing(survey).pk), "Invitations"),
        (at("paper"), "Paper"),
        (at("paper_entry", sheet.number), "Paper"),
        (at("fieldwork"), "Fieldwork"),
        *((at(name), "Responses") for name in ("response_list", "new_import")),
        (at("response", make_response(survey).pk), "Responses"),
        (reverse("responses", args=[survey.cycle.code]) + f"?survey={survey.code}", "Responses"),
        (reverse("response_import", args=[survey.cycle.code, imported.pk]), "Responses"),
        (at("screening"), "Screening"),
        (at("exports"), "Exports"),
    ]


def test_every_page_of_an_open_survey_names_itself_and_takes_few_queries(client, django_assert_max_num_queries):
    log_in(client)
    survey = make_open_survey(title_en="Survey of spring")
    for address, current in pages_of(survey):
        with django_assert_max_num_queries(15):
            found = nav_of(client, address)
        assert CURRENT.findall(found) == [current], address
        if address != reverse("survey", args=[survey.cycle.code, survey.code]):
            assert client.get(address).content.decode().count("Survey of spring</a>") == 1


def test_pages_that_build_a_draft_name_it_too(client):
    log_in(client)
    survey = make_survey(make_survey_cycle())
    pages = [("edit_survey", ()), ("split_survey", ()), ("new_profile_question", ()), ("group_issues", ("users",))]
    for name, more in pages:
        found = nav_of(client, reverse(name, args=[survey.cycle.code, survey.code, *more]))
        assert CURRENT.findall(found) == ["Overview"]


@pytest.mark.parametrize("role", Role.values)
def test_nothing_in_the_navigation_is_refused_to_whoever_sees_it(client, role):
    survey = make_open_survey()
    log_in(client, role)
    found = nav_of(client, reverse("survey", args=[survey.cycle.code, survey.code]))
    answers = {
        link: client.get(link.replace("&amp;", "&")).status_code for link in re.findall(r'href="([^"]+)"', found)
    }
    assert set(answers.values()) == {200}, answers


@pytest.mark.parametrize("name", ["try_rules", "change_rules", "print_paper", "change_window"])
def test_address_of_a_form_that_came_back_leads_to_its_page_when_it_is_loaded_anew(client, name):
    log_in(client)
    survey = make_open_survey()
    response = client.get(reverse(name, args=[survey.cycle.code, survey.code]), follow=True)
    assert (response.status_code, len(response.redirect_chain)) == (200, 1)
