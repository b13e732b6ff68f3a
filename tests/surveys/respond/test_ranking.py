"""The ranking step from page, paper and file to the figures beside the scores."""

import re

import pytest
from django.test import Client
from django.utils import translation

from materiality.actions.scores import score_cycle
from materiality.formats.scores import scores_json
from materiality.queries.ranking import named_of, took_ranking
from materiality.scoring.cube import DONT_KNOW
from materiality.scoring.ranking import wilson
from surveys.actions.paper import enter_sheet
from surveys.actions.responses import release_responses
from surveys.actions.surveys import close_survey
from surveys.exports.exporting import export_csv, export_xlsx
from surveys.forms.paper import TypedEntry
from surveys.models import AnonymousAnswer, Draft, Response
from surveys.paper.entry import answer_words, ranking_of
from surveys.paper.printing import numbered, printed_words, sheet_issues
from surveys.responses.counting import count_cycle
from tests.factories.paper import answers_to, make_question, make_sheets
from tests.factories.people import log_in
from tests.factories.respondent import RespondentClient
from tests.factories.responses import check_file, make_response, store_file
from tests.factories.surveys import make_open_survey, make_survey_cycle

pytestmark = pytest.mark.django_db
CODES = [f"SOCIETY-01-{place:02}" for place in range(1, 6)]


@pytest.fixture
def survey():
    return make_open_survey(make_survey_cycle({"society": 5}), ranking=True)


@pytest.fixture
def client(survey):
    """A respondent who has rated the first four issues on one dimension or both, and does not know of the fifth."""
    client = RespondentClient(survey)
    client.begin()
    answers = {0: 4, 1: 5, 3: 2, 4: 5, 5: 5, 6: 1, 8: "d"}
    client.send("1/", **{f"r{place}": value for place, value in answers.items()}, go="next")
    return client


def offered(client):
    return re.findall(r'name="top" value="([\w-]+)"', client.page("top/"))


def chosen(client):
    return re.findall(r'name="top" value="([\w-]+)" checked', client.page("top/"))


def test_step_offers_what_was_rated_in_the_order_in_which_it_was_asked(client):
    places = dict.fromkeys(place // 2 for place in client.items("1/"))
    assert offered(client) == [CODES[place] for place in places if place < 4]
    assert "Page 2 of 3" in client.page("top/")


def test_what_is_named_is_kept_as_a_set_and_can_be_changed(client):
    assert client.send("top/", top=[CODES[2], CODES[0]], go="next")["Location"].endswith("/end/")
    assert chosen(client) == [code for code in offered(client) if code in (CODES[0], CODES[2])]
    client.send("top/", top=[CODES[3], CODES[1], CODES[0]], go="back")
    client.send("end/", go="submit")
    response = Response.objects.get()
    assert (response.named, response.profile) == ([CODES[0], CODES[1], CODES[3]], {})


def test_more_than_three_are_refused_and_stay_chosen(client):
    client.send("top/", top=CODES[:1], go="next")
    assert client.send("top/", top=CODES[:4], go="next")["Location"] == f"{client.base}top/"
    html = client.page("top/")
    assert ("Please choose at most 3; you chose 4." in html, html.count(" checked")) == (True, 4)
    assert chosen(client) == CODES[:1]


def test_what_was_not_rated_cannot_be_named_and_the_step_may_be_left_out(client):
    client.send("top/", top=[CODES[4], "nothing"], go="next")
    client.send("end/", go="submit")
    assert Response.objects.get().named == []


def test_answers_about_oneself_and_what_is_named_leave_each_other_alone():
    survey = make_open_survey(make_survey_cycle({"society": 2}), ranking=True)
    make_question(survey)
    client = RespondentClient(survey)
    client.begin()
    client.send("1/", r0="3", go="next")
    client.send("top/", top=CODES[0], go="next")
    client.send("about/", p_age="b", go="next")
    client.send("top/", top=CODES[0], go="next")
    client.send("end/", go="submit")
    response = Response.objects.get()
    assert (response.named, response.profile) == ([CODES[0]], {"age": "b"})


def test_those_who_come_back_are_led_to_the_step_that_is_open(survey):
    client = RespondentClient(survey)
    client.begin()
    client.send("1/", **{f"r{place}": 3 for place in range(10)}, go="next")
    assert f"{client.base}top/" in client.page()
    client.send("top/", top=CODES[0], go="next")
    assert f"{client.base}end/" in client.page()


def test_step_without_a_rating_says_so(survey):
    client = RespondentClient(survey)
    client.begin()
    assert "You have rated no issue" in client.page("top/")
    assert client.send("top/", go="next").status_code == 303


def test_survey_without_the_step_has_no_page_of_it():
    client = RespondentClient(make_open_survey(make_survey_cycle({"society": 5})))
    client.begin()
    assert client.get(f"{client.base}top/")["Location"] == f"{client.base}end/"


def test_anonymous_survey_keeps_what_is_named_with_the_ratings_and_nowhere_else():
    survey = make_open_survey(make_survey_cycle({"society": 2}), ranking=True, anonymous=True)
    for number in range(10):
        client = RespondentClient(survey)
        client.begin()
        client.send("1/", r0=str(number % 5 + 1), go="next")
        client.send("top/", top=CODES[0], go="next")
        client.send("end/", go="submit")
    release_responses(survey=survey, everything=True)
    assert [row.named for row in Response.objects.all()] == [[CODES[0]]] * 10
    assert (AnonymousAnswer.objects.count(), Draft.objects.count()) == (0, 0)


@pytest.mark.parametrize("export", [export_csv, export_xlsx])
def test_export_imports_as_it_was(survey, export):
    for named in ([CODES[0], CODES[4]], [], [CODES[1]]):
        make_response(survey, named=named)
    copy = make_open_survey(survey.cycle, ranking=True)
    store_file(copy, b"".join(export(survey)))
    named = copy.responses.order_by("id").values_list("named", "profile")
    assert list(named) == [([CODES[0], CODES[4]], {}), ([], {}), ([CODES[1]], {})]


@pytest.mark.parametrize(("cell", "code"), [(";".join(CODES[:4]), "too_many_named"), ("SOC-99", "unknown_option")])
def test_import_says_what_is_wrong_with_what_was_named(survey, cell, code):
    make_response(survey, named=[CODES[0]])
    contents = b"".join(export_csv(survey)).replace(f",{CODES[0]}\n".encode(), f",{cell}\n".encode())
    listed = check_file(survey, contents).summary["listed"]
    assert [(error["column"], error["code"]) for error in listed] == [("named", code)]


def posted(sheet, *numbers):
    """What is typed of a sheet on which every item is rated and these numbers stand in the boxes."""
    ratings = answers_to(sheet).ratings
    typed = {f"i{place}": str(code) for place, code in enumerate(ratings)}
    return {"consent": "yes", **typed, **{f"n{place}": text for place, text in enumerate(numbers)}}


class Posted(dict):
    getlist = dict.get


def typed(sheet, *numbers):
    issues = numbered(sheet_issues(sheet.survey), bytes(sheet.asked))
    codes = {each.number: each.issue.code for each in issues}
    return TypedEntry(Posted(posted(sheet, *numbers)), bytes(sheet.asked), sheet.survey.k, [], codes)


def test_sheet_asks_the_step_and_its_two_entries_must_agree_as_sets(survey):
    sheets = make_sheets(survey, 2)
    words = printed_words(survey, sheets, language="both", definitions=True)
    assert words["ranking"] == [
        "在您评价过的议题中，哪三项最重要？", "Of the issues you rated, which three matter most?"
    ]  # fmt: skip
    same, other = sheets
    enter_sheet(sheet=same, entry=typed(same, "3", "1", "").entry, time=1, by=None)
    stored = enter_sheet(sheet=same, entry=typed(same, "1", "3", "1").entry, time=2, by=None)
    assert (stored.state, Response.objects.get().named) == ("stored", [CODES[0], CODES[2]])
    enter_sheet(sheet=other, entry=typed(other, "3", "1", "").entry, time=1, by=None)
    assert enter_sheet(sheet=other, entry=typed(other, "2", "", "").entry, time=2, by=None).state == "differs"


@pytest.mark.parametrize("text", ["6", "0", "x", "-1"])
def test_number_that_is_not_on_the_sheet_is_an_error(survey, text):
    (sheet,) = make_sheets(survey)
    with translation.override("en"):
        found = typed(sheet, "1", text, "")
    assert (found.entry, found.errors) == (None, {"named": f"{text} is not the number of an issue on this sheet."})


def test_differences_show_what_was_named_by_number_and_name(survey):
    (sheet,) = make_sheets(survey)
    question = ranking_of(survey, numbered(sheet_issues(survey), bytes(sheet.asked)))
    assert answer_words(question, typed(sheet, "3", "1", "").entry) in (
        f"1 议题 {CODES[0]}; 3 议题 {CODES[2]}",
        f"1 Issue {CODES[0]}; 3 Issue {CODES[2]}",
    )


def test_run_counts_who_named_an_issue_and_the_scores_show_it_with_an_interval(survey):
    users, employees = survey.cycle.groups.all()
    rated, unknown = bytes([3]) * 10, bytes([DONT_KNOW, DONT_KNOW, *[3] * 8])
    for _each in range(6):
        make_response(survey, group=users, ratings=rated, named=CODES[:2])
    make_response(survey, group=users, ratings=unknown, named=[CODES[1]])
    make_response(survey, group=users, ratings=rated)
    make_response(survey, group=users, ratings=rated, named=CODES[:3], unfinished=True)
    for _each in range(4):
        make_response(survey, group=employees, ratings=rated, named=[CODES[4]])
    counted = count_cycle(survey.cycle).responses["named"]
    assert counted["users"][CODES[0]] == [6, 6] and counted["users"][CODES[1]] == [7, 7]
    assert counted["users"][CODES[4]] == [0, 7] and counted["employees"][CODES[4]] == [4, 4]
    run = score_cycle(cycle=survey.cycle, counted=count_cycle(survey.cycle), by=None)
    found = named_of(run, CODES)
    assert took_ranking(run) and [each.group for each in found[CODES[4]].groups] == ["users"]
    assert (found[CODES[0]].share, found[CODES[4]].share) == (1.0, 0.0)
    told = {each["code"]: each["named"] for each in scores_json(run)["issues"]}[CODES[4]]
    low, high = wilson(0, 7)
    hidden = {"named": None, "asked": 4, "low": None, "high": None}
    users = {"named": 0, "asked": 7, "low": low, "high": high}
    assert told == {"share": 0.0, "groups": {"employees": hidden, "users": users}}
    whole = {each["code"]: each["named"] for each in scores_json(run, all_cells=True)["issues"]}[CODES[4]]
    assert whole["groups"]["employees"]["named"] == 4 and whole["share"] == 0.0
    staff = Client()
    log_in(staff)
    text = " ".join(staff.get(f"/cycles/{survey.cycle.code}/scores/").content.decode().split())
    assert '>100% <span class="interval">6 of 6 61%–100%</span>' in text.replace(" %", "%")


def test_named_of_a_held_group_stay_as_in_the_last_run():
    survey = make_open_survey(make_survey_cycle({"society": 2}), ranking=True, anonymous=True)
    for _each in range(6):
        make_response(survey, named=CODES[:1])
    run = score_cycle(cycle=survey.cycle, counted=count_cycle(survey.cycle), by=None)
    make_response(survey, named=CODES[:1])
    assert count_cycle(survey.cycle).responses["named"] == run.responses["named"]
    close_survey(survey=survey, by=None)
    assert count_cycle(survey.cycle).responses["named"]["users"][CODES[0]] == [7, 7]
