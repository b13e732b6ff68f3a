import gzip
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from surveys.actions.close_survey import close_survey
from surveys.models import Draft, Response
from tests.factories.respondent import RespondentClient
from tests.factories.surveys import make_open_survey, make_survey, make_survey_cycle

pytestmark = pytest.mark.django_db


def test_opening_a_survey_stores_nothing_and_sets_no_draft():
    client = RespondentClient(make_open_survey())
    html = client.page()
    assert "Survey of issues" in html and "About 2 minutes: 17 issues" in html
    assert Draft.objects.count() == 0
    assert set(client.cookies) == {"csrftoken"}


def test_consent_and_group_start_a_draft_whose_cookie_is_closed_in():
    survey = make_open_survey()
    client = RespondentClient(survey)
    response = client.begin("employees")
    assert (response.status_code, response["Location"]) == (303, f"/s/{survey.code}/1/")
    draft = Draft.objects.get()
    assert (draft.group.code, draft.language, bytes(draft.ratings)) == ("employees", "en", bytes(34))
    cookie = response.cookies["yiti_draft"]
    assert draft.key.hex in cookie.value and cookie.value != draft.key.hex
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (f"/s/{survey.code}/", True, "Lax")


def test_without_consent_nothing_is_stored_and_the_group_stays_chosen():
    client = RespondentClient(make_open_survey())
    response = client.send(group="employees", go="start")
    html = response.content.decode()
    assert (response.status_code, Draft.objects.count()) == (422, 0)
    assert "Without your consent" in html and 'value="employees" id' not in html
    assert re.search(r'value="employees"[^>]* checked', html)


def test_group_of_another_cycle_is_refused():
    make_survey_cycle(groups=("strangers",))
    client = RespondentClient(make_open_survey())
    response = client.begin("strangers")
    assert (response.status_code, Draft.objects.count()) == (422, 0)
    assert "Please choose one of the groups shown." in response.content.decode()


def test_language_switch_on_the_first_page_keeps_what_is_chosen():
    client = RespondentClient(make_open_survey())
    assert client.send(group="employees", consent="yes", language="zh-hans").status_code == 303
    html = client.page()
    assert '<html lang="zh-Hans">' in html
    assert re.search(r'value="employees"[^>]* checked', html) and re.search(r'name="consent"[^>]* checked', html)
    assert Draft.objects.count() == 0


def test_large_text_is_remembered():
    client = RespondentClient(make_open_survey())
    client.send(size="large")
    assert 'class="large"' in client.page()
    client.send(size="normal")
    assert 'class="large"' not in client.page()


def test_begun_answers_are_offered_to_go_on_with_or_to_leave():
    survey = make_open_survey()
    client = RespondentClient(survey)
    client.begin()
    items = client.items("1/")
    client.send("1/", **{f"r{position}": "3" for position in items}, go="next")
    assert f"/s/{survey.code}/2/" in client.page()
    client.send(go="anew")
    assert "Which describes you best?" in client.page()


def test_starting_twice_makes_one_draft():
    client = RespondentClient(make_open_survey())
    client.begin()
    assert client.send(group="users", consent="yes", go="start").status_code == 303
    assert Draft.objects.count() == 1


def test_post_without_a_csrf_token_is_refused_kindly():
    survey = make_open_survey()
    client = RespondentClient(survey)
    client.page()
    response = client.post(client.base, {"group": "users", "consent": "yes", "go": "start"})
    assert (response.status_code, Draft.objects.count()) == (403, 0)
    assert "This page could not be sent" in response.content.decode()


def test_unknown_survey_has_a_kind_page():
    client = RespondentClient(make_open_survey())
    response = client.get("/s/nothing-here/")
    assert response.status_code == 404
    assert "There is no survey at this address" in response.content.decode()
    assert client.get("/s/nothing-here/3/", follow=True).status_code == 404


@pytest.mark.parametrize("opens_in", [None, 3])
def test_survey_that_is_not_open_yet_takes_no_answers(opens_in):
    cycle = make_survey_cycle()
    if opens_in is None:
        survey = make_survey(cycle)
    else:
        survey = make_open_survey(cycle, opens_at=timezone.now() + timedelta(days=opens_in))
    client = RespondentClient(survey)
    html = client.page()
    assert "This survey is not open yet" in html and ("(Beijing time)" in html) is (opens_in is not None)
    assert client.begin().status_code == 303
    assert Draft.objects.count() == 0


def test_closed_survey_takes_no_new_answers():
    survey = make_open_survey()
    close_survey(survey=survey, by=None)
    client = RespondentClient(survey)
    assert "This survey is closed" in client.page()
    client.begin()
    assert Draft.objects.count() == 0


def test_thanks_are_only_for_those_who_answered():
    survey = make_open_survey()
    client = RespondentClient(survey)
    assert client.get(f"{client.base}thanks/")["Location"] == client.base
    client.begin()
    assert client.send("end/", go="submit")["Location"] == f"{client.base}thanks/"
    assert "Thank you" in client.page("thanks/")


def test_one_response_per_browser_unless_the_survey_allows_more():
    cycle = make_survey_cycle()
    for several, expected in ((False, 1), (True, 2)):
        survey = make_open_survey(cycle, several_per_browser=several)
        client = RespondentClient(survey)
        for _round in range(2):
            client.begin()
            client.send("end/", go="submit")
        assert Response.objects.filter(survey=survey).count() == expected
        assert ("already in" in client.page()) is not several


def test_pages_carry_the_policy_and_no_session():
    client = RespondentClient(make_open_survey())
    response = client.get(client.base)
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert response["X-Frame-Options"] == "DENY"
    assert response["Cache-Control"] == "no-store, private"
    assert settings.SESSION_COOKIE_NAME not in response.cookies


def test_pages_are_compressed_for_those_who_can_read_it():
    client = RespondentClient(make_open_survey(), **{"accept-encoding": "gzip, deflate"})
    response = client.get(client.base)
    assert response["Content-Encoding"] == "gzip"
    assert b"Which describes you best?" in gzip.decompress(response.content)


def test_first_page_asks_few_queries(django_assert_num_queries):
    client = RespondentClient(make_open_survey())
    client.page()
    # The survey, its groups, and one statement that counts the opening.
    with django_assert_num_queries(3):
        client.page()
