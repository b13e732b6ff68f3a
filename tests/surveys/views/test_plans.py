"""Staff pages that say who is asked what: groups, their issues, the split."""

import html
import json
import re

import pytest

from materiality.actions.cycles import choose_scope
from surveys.actions.surveys import open_survey
from surveys.models import GroupPlan
from surveys.questionnaire.asking import Plan
from tests.factories.survey_pages import page, url
from tests.factories.surveys import make_open_survey, make_survey, make_survey_cycle

pytestmark = pytest.mark.django_db


def test_plan_of_groups_is_saved_from_the_table(staff):
    survey = make_survey(plans={"users": Plan(left_out=("SOCIETY-01-01",))})
    data = {"users-society": "on", "users-expected": "40", "employees-business": "on", "employees-expected": ""}
    assert staff.post(url("survey_groups", survey), data).status_code == 302
    found = {row.group.code: (row.society, row.business, row.expected) for row in GroupPlan.objects.all()}
    assert found == {"users": (True, False, 40), "employees": (False, True, 0)}
    assert GroupPlan.objects.get(group__code="users").left_out == ["SOCIETY-01-01"]


def test_plan_of_groups_shows_what_is_asked_and_who_has_no_plan(staff):
    survey = make_survey(make_survey_cycle({"society": 4}), plans={"users": Plan(left_out=("SOCIETY-01-01",))})
    text = page(staff, "survey", survey)
    assert '<td class="mid">3</td>' in text
    assert "Nothing set yet, so asked everything: Employees." in text
    opened = make_open_survey(make_survey_cycle({"society": 1}))
    assert "Nothing set yet" not in page(staff, "survey", opened)


@pytest.mark.parametrize("expected", ["-1", "many", "1e9", "999999999999"])
def test_plan_with_a_wrong_number_is_not_saved(staff, expected):
    survey = make_survey()
    data = {"users-society": "on", "users-expected": expected, "employees-society": "on"}
    response = staff.post(url("survey_groups", survey), data)
    assert response.status_code == 200
    assert 'class="error"' in response.content.decode()
    assert not GroupPlan.objects.exists()


def test_ticks_of_the_grid_stay_where_a_number_is_wrong(staff):
    survey = make_survey(make_survey_cycle({"society": 2}))
    data = {"grid": "1", "ask": ["users:SOCIETY-01-02"], "users-society": "on", "users-expected": "many"}
    text = staff.post(url("survey_groups", survey), data).content.decode()
    assert re.findall(r'value="(\w+:[\w-]+)" checked', text) == ["users:SOCIETY-01-02"]
    assert not GroupPlan.objects.exists()


def test_grid_says_at_its_top_that_nothing_was_saved_and_enter_saves(staff):
    survey = make_survey(make_survey_cycle({"society": 2}))
    text = staff.post(url("survey_groups", survey), {"grid": "1", "users-expected": "many"}).content.decode()
    assert 'id="errors"' in text
    form = text[text.index("survey/groups/") if "survey/groups/" in text else text.index('name="grid"') :]
    assert re.search(r"<button[^>]*>", form)[0] == '<button class="visually-hidden" tabindex="-1" aria-hidden="true">'


def test_grid_of_an_open_survey_shows_what_is_asked_where_a_number_is_wrong(staff):
    survey = make_open_survey(make_survey_cycle({"society": 2}))
    before = page(staff, "survey", survey)
    text = staff.post(url("survey_groups", survey), {"users-expected": "-5"}).content.decode()
    assert 'name="grid"' not in before and text.count("✓") == before.count("✓") > 0


def test_plan_of_an_open_survey_changes_expected_responses_alone(staff, survey):
    staff.post(url("survey_groups", survey), {"users-expected": "70"})
    row = GroupPlan.objects.get()
    assert (row.group.code, row.society, row.business, row.expected) == ("users", True, True, 70)


def test_issues_are_ticked_in_the_grid_and_set_back_to_the_library(staff):
    survey = make_survey(make_survey_cycle({"society": 3}))
    dimensions = {f"{group}-{each}": "on" for group in ("users", "employees") for each in ("society", "business")}
    ticks = [f"employees:SOCIETY-01-0{place}" for place in (1, 2, 3)]
    sent = {"grid": "1", "ask": ["users:SOCIETY-01-02", "users:NOWHERE", *ticks], **dimensions}
    assert staff.post(url("survey_groups", survey), sent).url.endswith("#groups")
    assert GroupPlan.objects.get().left_out == ["SOCIETY-01-01", "SOCIETY-01-03"]
    assert page(staff, "survey", survey).count('name="ask"') == 6
    staff.post(url("survey_groups", survey), sent | {"library": "users"})
    assert GroupPlan.objects.get(group__code="users").left_out == []


def sent_from(text: str, ticks: list[str]) -> dict:
    """What a browser sends of the grid on this page with these ticks, all dimensions on."""
    held = html.unescape(re.search(r'name="shown" value="([^"]*)"', text)[1])
    dimensions = {f"{group}-{each}": "on" for group in ("users", "employees") for each in ("society", "business")}
    return {"part": "groups", "grid": "1", "shown": held, "ask": ticks, **dimensions}


def ticks_of(text: str) -> list[str]:
    return re.findall(r'name="ask" value="(\w+:[\w-]+)" checked', text)


def test_group_that_was_not_on_the_page_keeps_what_it_is_asked(staff):
    survey = make_survey(make_survey_cycle({"society": 3}))
    text = page(staff, "survey", survey)
    sent = sent_from(text, ticks_of(text))
    told = json.loads(sent["shown"])
    assert staff.post(url("survey", survey), sent).status_code == 302
    before = [*GroupPlan.objects.order_by("group").values("group__code", "society", "business", "left_out")]
    del told["groups"]["users"]
    mine = {name: value for name, value in sent.items() if not name.startswith("users")}
    mine |= {"shown": json.dumps(told), "ask": [each for each in sent["ask"] if not each.startswith("users")]}
    assert staff.post(url("survey", survey), mine).status_code == 302
    assert before == [*GroupPlan.objects.order_by("group").values("group__code", "society", "business", "left_out")]


@pytest.mark.parametrize(
    "shown",
    ['{"issues":[[1]],"groups":{}}', "[" * 100_000, '{"issues":["NO"],"groups":{"users":[true,true,0,["NO"]]}}'],
    ids=["list", "deep", "unknown"],
)
def test_page_that_says_nonsense_of_itself_stores_none(staff, shown):
    survey = make_survey(make_survey_cycle({"society": 2}))
    sent = sent_from(page(staff, "survey", survey), []) | {"shown": shown}
    assert staff.post(url("survey", survey), sent).status_code == 302
    assert {"NO"}.isdisjoint(code for plan in GroupPlan.objects.all() for code in plan.left_out)


def test_two_people_at_the_grid_keep_each_others_ticks(staff):
    survey = make_survey(make_survey_cycle({"society": 3}))
    text = page(staff, "survey", survey)
    one, other = (
        sent_from(text, [tick for tick in ticks_of(text) if tick != f"users:SOCIETY-01-0{n}"]) for n in (1, 3)
    )
    for sent in (one, other | {"employees-expected": "30"}, one):
        assert staff.post(url("survey", survey), sent).url.endswith("#groups")
    plans = {row.group.code: (row.left_out, row.expected) for row in GroupPlan.objects.select_related("group")}
    assert plans == {"users": (["SOCIETY-01-01", "SOCIETY-01-03"], 0), "employees": ([], 30)}


def test_issues_that_came_into_scope_meanwhile_are_asked_about(staff):
    survey = make_survey(make_survey_cycle({"society": 3}))
    choose_scope(cycle=survey.cycle, issues=["SOCIETY-01-01", "SOCIETY-01-02"], by=None)
    text = page(staff, "survey", survey)
    choose_scope(cycle=survey.cycle, issues=[f"SOCIETY-01-0{n}" for n in (1, 2, 3)], by=None)
    staff.post(url("survey", survey), sent_from(text, ["users:SOCIETY-01-01"]))
    assert GroupPlan.objects.get(group__code="users").left_out == ["SOCIETY-01-02"]


def test_forms_of_a_draft_that_was_opened_meanwhile_say_what_was_not_saved(staff):
    survey = make_survey(make_survey_cycle({"society": 3}))
    text = page(staff, "survey", survey)
    forms = {"split": {"part": "split", "split": "on", "split_issues": "2", "attention_value": "3"}}
    forms["groups"] = sent_from(text, ticks_of(text)[1:]) | {"users-expected": "44"}
    forms["texts"] = {"part": "texts", "zone": "UTC", "title_en": "Typed late", "k": "5", "thanks_en": "Thanks"}
    open_survey(survey=survey, by=None)
    for part, words in (("split", "split_issues"), ("groups", "– SOCIETY-01-01"), ("texts", "Typed late")):
        told = staff.post(url("survey", survey), forms[part]).content.decode()
        assert "They were not saved" in told and (words in told or part == "split"), part
    assert 'value="44"' in staff.post(url("survey", survey), forms["groups"]).content.decode()
    survey.refresh_from_db()
    assert (survey.split, survey.title_en == "Typed late", GroupPlan.objects.filter(expected=44).exists()) == (
        False,
    ) * 3


@pytest.mark.parametrize(
    ("name", "part"),
    [
        *(("survey_groups", "groups"), ("split_survey", "split"), ("edit_survey", "texts")),
        *(("profile_questions", "profile"), ("survey_plan", "planning")),
    ],
)
def test_addresses_of_before_lead_to_the_parts_of_the_page(staff, name, part):
    survey = make_survey()
    address = staff.get(url(name, survey)).url
    assert address == f"{url('survey', survey)}#{part}"
    assert f'id="{part}"' in page(staff, "survey", survey)


def test_texts_are_shown_as_they_are_written_and_nothing_is_stored(staff):
    survey = make_survey(introduction_en="Before")
    sent = {"introduction_en": "Now <b>", "title_en": "Title"}
    said = staff.post(url("edit_survey", survey), sent, headers={"hx-request": "true"}).content.decode()
    assert "Now &lt;b&gt;" in said and "<html" not in said
    survey.refresh_from_db()
    assert survey.introduction_en == "Before"


def test_split_is_set_and_then_planned(staff):
    survey = make_survey(make_survey_cycle({"society": 20}))
    data = {"split": "on", "split_issues": "8", "core": ["SOCIETY-01-03"], "attention": "on", "attention_value": "4"}
    response = staff.post(url("split_survey", survey), data)
    assert response.url == url("survey", survey) + "#split"
    survey.refresh_from_db()
    assert (survey.split, survey.split_issues, survey.core) == (True, 8, ["SOCIETY-01-03"])
    assert (survey.attention, survey.attention_value) == (True, 4)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"split_issues": "0"}, "greater than or equal to 1"),
        ({"split_issues": "1", "core": ["SOCIETY-01-01", "SOCIETY-01-02"]}, "core holds 2 issues"),
        ({"core": ["<script>"]}, "does not ask about &lt;script&gt;"),
        ({"attention_value": "6"}, "6"),
    ],
)
def test_split_that_is_impossible_says_why(staff, changes, words):
    survey = make_survey(make_survey_cycle({"society": 20}))
    data = {"split": "on", "split_issues": "8", "attention_value": "4", **changes}
    response = staff.post(url("split_survey", survey), data)
    assert response.status_code == 200
    assert words in response.content.decode()
    survey.refresh_from_db()
    assert not survey.split
