"""The preview: a respondent's pages as any group, in each language, full and split."""

import re

import pytest
from django.urls import reverse

from surveys.actions.save_profile_question import QuestionValues, save_profile_question
from surveys.models import Draft, Response, Tally
from surveys.questionnaire.plans import Plan
from tests.factories.surveys import make_open_survey, make_survey, make_survey_cycle

pytestmark = pytest.mark.django_db


def address(survey, query=""):
    return reverse("preview", args=[survey.cycle.code, survey.code]) + query


def walk(client, survey, query=""):
    """Every page from the first to the thanks, by their buttons."""
    url, seen = address(survey, query), []
    while True:
        response = client.get(url)
        assert response.status_code == 200
        text = response.content.decode()
        seen.append(text)
        button = re.search(r'class="primary" name="go" value="(\w+)"', text)
        if not button:
            return seen
        url = client.post(url, {"go": button[1], "consent": "yes", "r0": "5", "comment": "hello"}).url


def headings(pages):
    return [name for text in pages for name in re.findall(r"<h2>(.*?)</h2>", text)]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("make", [make_survey, make_open_survey])
def test_preview_walks_through_every_page_and_stores_nothing(staff, make, language):
    survey = make(thanks_en="So long", thanks_zh="再会")
    seen = walk(staff, survey, f"?language={language}")
    names = {item.issue.name_en if language == "en" else item.issue.name_zh for item in survey.items.all()}
    assert sorted(headings(seen)) == sorted(names)
    assert ("So long" if language == "en" else "再会") in seen[-1]
    assert (Draft.objects.count(), Response.objects.count(), Tally.objects.count()) == (0, 0, 0)


def test_preview_as_a_group_asks_what_its_plan_says(staff):
    plans = {"users": Plan(business=False, left_out=("SOCIETY-01-01",))}
    survey = make_survey(make_survey_cycle({"society": 3}), plans=plans)
    users = "".join(walk(staff, survey, "?group=users"))
    employees = "".join(walk(staff, survey, "?group=employees"))
    assert sorted(set(re.findall(r'name="r(\d+)"', users))) == ["2", "4"]
    assert sorted(set(re.findall(r'name="r(\d+)"', employees))) == ["0", "1", "2", "3", "4", "5"]


def test_preview_offers_only_groups_that_are_asked_anything(staff):
    survey = make_survey(plans={"users": Plan(False, False)})
    text = staff.get(address(survey)).content.decode()
    assert 'value="employees"' in text
    assert 'value="users"' not in text


def test_preview_of_a_survey_that_asks_nobody_leads_back_and_says_so(staff):
    survey = make_survey(plans={name: Plan(False, False) for name in ("users", "employees")})
    response = staff.get(address(survey), follow=True)
    assert response.redirect_chain[0][0] == reverse("survey", args=[survey.cycle.code, survey.code])
    assert "No group is asked anything" in response.content.decode()


def test_preview_of_a_split_survey_draws_parts_with_the_core_in_them(staff):
    cycle = make_survey_cycle({"society": 30})
    cycle.groups.update(target=1000)
    survey = make_survey(cycle, split=True, split_issues=6, core=["SOCIETY-01-07"])
    parts = [set(headings(walk(staff, survey, f"?draw={draw}"))) for draw in range(6)]
    assert {len(part) for part in parts} == {6}
    assert all("Issue SOCIETY-01-07" in part for part in parts)
    assert len(set(map(frozenset, parts))) > 1
    assert set(headings(walk(staff, survey, "?draw=3"))) == parts[3]


def test_preview_shows_a_split_survey_in_full_and_a_full_one_split(staff):
    cycle = make_survey_cycle({"society": 30})
    cycle.groups.update(target=1000)
    split, full = make_survey(cycle, split=True, split_issues=6), make_survey(cycle)
    assert len(headings(walk(staff, split, "?kind=full"))) == 30
    assert len(headings(walk(staff, full, "?kind=split"))) == 12
    full.refresh_from_db()
    assert not full.split


def test_preview_shows_profile_and_attention_questions_and_the_notice(staff):
    survey = make_survey(attention=True, attention_value=4, notice_en="Write to our officer", question_en="What else?")
    values = QuestionValues("years", "single", "多久？", "How long?", (("短", "Short"), ("长", "Long")))
    save_profile_question(survey=survey, values=values, by=None)
    seen = walk(staff, survey)
    assert "Write to our officer" in seen[0]
    assert sum("please choose 4 here" in text for text in seen) == 1
    assert all(words in seen[-3] for words in ("How long?", "Short", "Long"))
    assert "What else?" in seen[-2]


def test_preview_switches_language_size_contrast_and_group(staff):
    survey = make_open_survey()
    at = address(survey, "?page=1&language=en")
    kept = "page=1&group=users&kind=full"
    assert staff.post(at, {"language": "zh-hans"}).url == address(survey, f"?{kept}&language=zh-hans")
    assert staff.post(at, {"size": "large"}).url == address(survey, f"?{kept}&language=en&size=large")
    assert staff.post(at, {"contrast": "high"}).url.endswith("&contrast=high")
    assert "group=employees" in staff.post(address(survey), {"go": "start", "group": "employees"}).url
    assert (
        '<html lang="en" class="large high">'
        in staff.get(address(survey, "?size=large&contrast=high")).content.decode()
    )


@pytest.mark.parametrize(
    "query", ["?page=999", "?page=-1", "?page=x&group=nobody&kind=odd&draw=1e9&language=xx", "?draw=%D9%A3"]
)
def test_preview_of_an_address_that_makes_no_sense_shows_a_page_that_there_is(staff, query):
    assert staff.get(address(make_survey(), query)).status_code == 200


@pytest.mark.parametrize("number", [2, 34])
def test_preview_takes_a_fixed_number_of_queries(staff, django_assert_max_num_queries, number):
    survey = make_survey(make_survey_cycle({"society": number}))
    with django_assert_max_num_queries(15):
        staff.get(address(survey, "?page=1"))
