"""Split questionnaires as respondents meet them: parts, plans of groups, the attention question, one issue a screen."""

import re

import pytest

from materiality.scoring.codes import NOT_ASKED, SKIPPED
from surveys.models import Assignments, Draft, Response, Survey
from surveys.questionnaire.plans import Plan
from tests.factories.respondent import RespondentClient
from tests.factories.surveys import make_open_survey, make_survey_cycle

pytestmark = pytest.mark.django_db
SIZES = {"environment": 16, "society": 14}


def split_survey(**values) -> Survey:
    many = {"users": Plan(expected=10_000), "employees": Plan(expected=10_000)}
    return make_open_survey(make_survey_cycle(SIZES), **{"split": True, "split_issues": 12, "plans": many, **values})


def begun(survey: Survey, group: str = "users") -> RespondentClient:
    client = RespondentClient(survey)
    client.begin(group)
    return client


def asked(draft: Draft) -> list[int]:
    return [position for position, code in enumerate(bytes(draft.ratings)) if code != NOT_ASKED]


def counts(survey: Survey, group: str = "users") -> list[int]:
    return memoryview(bytes(Assignments.objects.get(survey=survey, group__code=group).counts)).cast("I").tolist()


def test_respondent_gets_twelve_issues_on_two_pages():
    survey = split_survey()
    client = begun(survey)
    draft = Draft.objects.get()
    shown = [client.items(f"{number}/") for number in (1, 2)]
    assert [len(items) for items in shown] == [12, 12]
    assert sorted(shown[0] + shown[1]) == asked(draft)
    assert "Page 1 of 3" in client.page("1/")
    assert draft.counted and sum(counts(survey)) == 12


def test_page_names_the_categories_on_it():
    client = begun(split_survey())
    for number in (1, 2):
        html = client.page(f"{number}/")
        heading = re.search(r"<h1>(.*?)</h1>", html)[1].split("\u00a0· ")
        positions = client.items(f"{number}/")
        expected = {"Environment" if position < 32 else "Society" for position in positions}
        assert set(heading) == expected and len(heading) == len(expected)


def test_parts_of_a_group_stay_even():
    survey = split_survey()
    for _respondent in range(7):
        begun(survey)
        given = counts(survey)
        assert max(given) - min(given) <= 1
    assert sum(counts(survey, "employees")) == 0


def test_core_is_in_every_part():
    survey = split_survey(core=["ENVIRONMENT-01-01", "SOCIETY-01-14"])
    for _respondent in range(3):
        begun(survey)
    assert all({0, 1, 58, 59} <= set(asked(draft)) for draft in Draft.objects.all())


def test_group_is_asked_what_its_plan_says():
    plans = {"users": Plan(business=False, left_out=("ENVIRONMENT-01-02",)), "employees": Plan()}
    survey = make_open_survey(make_survey_cycle({"environment": 4}), plans=plans)
    begun(survey)
    draft = Draft.objects.get()
    assert bytes(draft.ratings) == bytes([SKIPPED, NOT_ASKED, NOT_ASKED, NOT_ASKED, *[SKIPPED, NOT_ASKED] * 2])
    client = begun(survey, "employees")
    assert len(client.items("1/")) == 8


def test_group_that_is_asked_nothing_is_not_offered():
    survey = make_open_survey(make_survey_cycle({"environment": 2}), plans={"users": Plan(False, False)})
    client = RespondentClient(survey)
    assert 'value="users"' not in client.page() and 'value="employees"' in client.page()
    assert client.begin("users").status_code == 422


def test_answer_to_an_item_that_is_not_asked_is_not_kept():
    client = begun(split_survey())
    draft = Draft.objects.get()
    absent = next(position for position in range(60) if position not in asked(draft))
    client.send("1/", **{f"r{absent}": "4", "go": "next"})
    assert bytes(Draft.objects.get().ratings) == bytes(draft.ratings)


def test_coming_back_shows_what_is_left():
    client = begun(split_survey())
    client.send("1/", **{f"r{position}": "3" for position in client.items("1/")}, go="next")
    html = client.page()
    assert "6 of 12 issues are still open" in html and f'href="{client.base}2/"' in html


def test_furthest_page_and_time_of_the_last_save_are_kept():
    client = begun(split_survey())
    assert (Draft.objects.get().page, Draft.objects.get().saved_at) == (0, None)
    client.send("1/", go="next")
    client.send("2/", go="next")
    client.send("1/", go="next")
    draft = Draft.objects.get()
    assert draft.page == 2 and draft.saved_at > draft.started_at


def test_attention_question_stands_among_issues_and_its_answer_is_kept():
    client = begun(split_survey(attention=True, attention_value=2))
    assert Draft.objects.get().attention == SKIPPED
    pages = {number: client.page(f"{number}/") for number in (1, 2)}
    assert [number for number, html in pages.items() if 'name="attention"' in html] == [2]
    assert "please choose 2 here" in pages[2]
    for posted, kept in (("2", 2), ("9", 2), ("d", 254)):
        client.send("2/", attention=posted, go="back")
        assert Draft.objects.get().attention == kept
    client.send("end/", go="submit")
    assert Response.objects.get().attention == 254


def test_large_text_shows_one_issue_a_screen_and_keeps_answers_when_switched():
    client = begun(split_survey())
    first, second, third, *_rest = client.items("1/")
    response = client.send("1/", **{f"r{first}": "4", f"r{third}": "5", "size": "large"})
    assert response["Location"] == f"{client.base}1/"
    assert client.get(f"{client.base}1/")["Location"] == f"{client.base}one/1/"
    assert (client.items("one/1/"), client.chosen("one/1/")) == ([first, second], {first: "4"})
    assert "Page 1 of 13" in client.page("one/1/")
    client.send("one/2/", **{f"r{third}": "2", "go": "next"})
    assert client.get(f"{client.base}2/")["Location"] == f"{client.base}one/7/"
    client.send("one/7/", size="normal")
    assert client.get(f"{client.base}one/7/")["Location"] == f"{client.base}2/"
    assert client.chosen("1/") == {first: "4", third: "2"}
    assert Draft.objects.get().page == 2


def test_page_is_saved_as_it_was_shown_though_the_display_changed_in_another_tab():
    client = begun(split_survey())
    first, *_between, last = client.items("1/")
    client.send("1/", **{f"r{first}": "4", f"r{last}": "3", "go": "next"})
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', client.page("2/"))[1]
    client.cookies["yiti_size"] = "large"
    posted = {"csrfmiddlewaretoken": token, f"r{first}": "5", f"r{last}": "3", "go": "next"}
    assert client.post(f"{client.base}1/", posted)["Location"] == f"{client.base}2/"
    ratings = bytes(Draft.objects.get().ratings)
    assert (ratings[first], ratings[last]) == (5, 3)


def test_pages_of_a_split_survey_ask_one_query_and_saving_two(django_assert_num_queries):
    client = begun(split_survey())
    with django_assert_num_queries(1):
        html = client.page("1/")
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', html)[1]
    with django_assert_num_queries(2):
        client.post(f"{client.base}1/", {"csrfmiddlewaretoken": token, "go": "next"})


def test_attention_question_alone_on_a_screen_has_a_heading():
    client = begun(split_survey(attention=True))
    client.send("1/", size="large")
    headings = [re.search(r"<h1>(.*?)</h1>", client.page(f"one/{number}/"))[1] for number in range(1, 14)]
    assert headings.count("A short check") == 1 and "" not in headings
