"""Answers as they are given: what a script sends, what a form carries, and what is never written."""

from datetime import timedelta

import pytest
from django.utils import timezone

from surveys.actions.responses import release_responses
from surveys.actions.surveys import close_survey, open_survey
from surveys.models import Draft, Response, Survey
from surveys.respond.answers import open_answers
from surveys.respond.rows import link_now
from tests.factories.invitations import make_batch, token
from tests.factories.paper import make_question
from tests.factories.respondent import RespondentClient
from tests.factories.surveys import make_open_survey, make_survey, make_survey_cycle

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[False, True], ids=["linked", "sealed"])
def survey(request) -> Survey:
    made = make_survey(
        make_survey_cycle({"society": 8}), anonymous=request.param, ranking=True, several_per_browser=True
    )
    make_question(made)
    make_question(made, "town", "text")
    return open_survey(survey=made, by=None)


@pytest.fixture
def link(survey) -> str:
    return f"i/{token(make_batch(survey))}/"


def stored(survey: Survey, link: str):
    return open_answers(link_now(link[2:-1], survey.code), survey.code)


def device(survey: Survey, link: str) -> RespondentClient:
    client = RespondentClient(survey)
    client.send(link, consent="yes", go="start" if stored(survey, link) is None else "resume")
    return client


def test_script_saves_what_was_touched_on_any_page_and_is_told_the_versions(survey, link):
    client = device(survey, link)
    here, there = client.items("1/")[0], client.items("2/")[0]
    response = client.save("1/", [f"r{here}", "4", 0, 900], [f"r{there}", "d", 0, 20], ["comment", "好", 0, 0])
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store, private")
    assert response.json() == {"versions": {f"r{here}": 1, f"r{there}": 1, "comment": 1}, "others": {}}
    assert client.chosen("1/") | client.chosen("2/") == {here: "4", there: "d"}
    more = client.save(
        "top/", ["top", ["SOCIETY-01-01"], 0, 0], ["p_age", "b", 0, 0], ["p_town", " 杭州", 0, 0], number=2
    )
    assert more.json()["versions"] == {"top": 1, "p_age": 1, "p_town": 1}
    assert stored(survey, link).profile == {"*named": ["SOCIETY-01-01"], "age": "b", "town": "杭州"}
    cleared = client.save("1/", [f"r{here}", "", 1, 0], ["p_age", "", 1, 0], ["top", [], 1, 0], number=3)
    assert cleared.json()["versions"] == {f"r{here}": 2, "p_age": 2, "top": 2}
    assert (client.chosen("1/"), stored(survey, link).profile) == ({}, {"town": "杭州"})


def test_script_is_told_the_way_on_when_it_asks(survey, link):
    client = device(survey, link)
    first = client.items("1/")[0]
    response = client.save("1/", [f"r{first}", "4", 0, 0], go="next")
    assert response.json() == {"versions": {f"r{first}": 1}, "others": {}, "to": f"{client.base}2/"}
    switched = client.save("1/", language="zh-hans", at=f"r{first}", number=2, go="")
    assert switched.json()["to"] == f"{client.base}1/#r{first}"
    assert '<html lang="zh-Hans">' in client.page("1/")


def test_two_devices_by_one_link_write_only_what_each_touched_and_the_later_tap_wins(survey, link, monkeypatch):
    phone, desk, later = device(survey, link), device(survey, link), timezone.now() + timedelta(minutes=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    one, two, three = phone.items("1/")[:3]
    phone.save("1/", [f"r{one}", "4", 0, 0], [f"r{two}", "2", 0, 0], page=1)
    late = desk.save("1/", [f"r{one}", "1", 0, 60_000], [f"r{three}", "5", 0, 0], page=2)
    assert late.json() == {"versions": {f"r{one}": 1, f"r{three}": 1}, "others": {f"r{one}": "4"}}
    desk.save("1/", [f"r{two}", "3", 0, 0], page=2, number=2)
    assert phone.chosen("1/") == {one: "4", two: "3", three: "5"}


def test_save_that_is_sent_again_or_comes_late_changes_nothing(survey, link):
    client = device(survey, link)
    first = client.items("1/")[0]
    client.save("1/", [f"r{first}", "4", 0, 0])
    client.save("1/", [f"r{first}", "2", 1, 0], number=2)
    again = client.save("1/", [f"r{first}", "4", 0, 0])
    assert again.json() == {"versions": {f"r{first}": 2}, "others": {f"r{first}": "2"}}


def test_form_of_a_stale_page_writes_only_what_differs_from_what_it_showed(survey, link):
    stale, client = device(survey, link), device(survey, link)
    one, two, three = client.items("1/")[:3]
    pages = {path: stale.carried(path) for path in ("1/", "top/", "about/", "end/")}
    client.save("1/", [f"r{one}", "4", 0, 0], [f"r{two}", "2", 0, 0], ["comment", "好", 0, 0], ["p_age", "b", 0, 0])
    client.save("top/", ["top", ["SOCIETY-01-01"], 0, 0], number=2)
    for path, carried in pages.items():
        stale.post(stale.base + path, {**carried, f"r{three}": "5", "p_town": "x", "go": "next"})
    assert client.chosen("1/") == {one: "4", two: "2", three: "5"}
    assert stored(survey, link).profile == {"age": "b", "town": "x", "*named": ["SOCIETY-01-01"]}
    stale.post(f"{stale.base}1/", {**pages["1/"], f"r{one}": "1", "go": "next"})
    assert client.chosen("1/")[one] == "1"
    stale.post(f"{stale.base}end/", {**pages["end/"], "comment": "", "go": "submit"})
    release_responses(survey=survey, everything=True) if survey.anonymous else None
    assert Response.objects.get().ratings[one] == 1
    assert survey.anonymous or Response.objects.get().comment == "好"


def test_submitting_carries_what_is_unsent_and_a_save_after_it_is_gone(survey, link):
    phone, desk = device(survey, link), device(survey, link)
    one, two = phone.items("1/")[:2]
    late = desk.carried("1/")
    done = phone.save("end/", [f"r{one}", "4", 0, 0], ["comment", "好", 0, 0], go="submit")
    assert done.json()["to"] == f"{phone.base}thanks/" and "Thank you" in phone.page("thanks/")
    sent = {**late, "queue": f'[["r{two}","4",0,0]]', "page": 2, "number": 1, "go": "keep"}
    assert desk.post(f"{desk.base}1/", sent).status_code == 410
    assert phone.post(f"{phone.base}1/", {**sent, **phone.carried("thanks/")}).status_code == 410
    release_responses(survey=survey, everything=True) if survey.anonymous else None
    assert (Response.objects.get().ratings[one], Response.objects.get().ratings[two]) == (4, 0)


def test_survey_that_is_closed_takes_nothing_and_says_so_to_a_script(survey, link):
    client = device(survey, link)
    carried, now = client.carried("1/"), timezone.now()
    close_survey(survey=survey, by=None, now=now)
    Survey.objects.update(closed_at=now - timedelta(minutes=16))
    sent = {**carried, "queue": "[]", "page": 1, "number": 1, "go": "keep"}
    assert client.post(f"{client.base}1/", sent).status_code == 410


def test_page_of_other_answers_than_those_of_the_browser_changes_nothing(survey):
    batch = make_batch(survey)
    links = [f"i/{token(batch, serial)}/" for serial in (0, 1)]
    client = device(survey, links[0])
    page, first = client.carried("1/"), client.items("1/")[0]
    client.send(links[1], consent="yes", go="start")
    posted = {**page, f"r{first}": "4", "go": "next"}
    assert client.post(f"{client.base}1/", posted)["Location"] == client.base
    assert "belongs to other answers" in client.page()
    sent = {**page, "queue": f'[["r{first}","4",0,0]]', "page": 1, "number": 1, "go": "keep"}
    assert client.post(f"{client.base}1/", sent).status_code == 409
    assert client.chosen("1/") == {}
    client.cookies.pop("yiti_draft")
    assert client.post(f"{client.base}1/", sent).status_code == 409


@pytest.mark.parametrize(
    "queue",
    [
        "", "x", "{}", "[1]", "[[]]", "[" * 9000,
        '[["r0","9",0,0]]', '[["r99","3",0,0]]', '[["r-1","3",0,0]]', '[["nothing","3",0,0]]',
        '[["r0",3.5,0,0]]', '[["r0",{"a":1},0,0]]', '[["r0","3","x",0]]', '[["top",["A","B","C","D"],0,0]]',
        '[["p_age","c",0,0]]', '[["r0","3",0,1e999]]',
    ],
)  # fmt: skip
def test_junk_that_a_script_sends_changes_nothing(queue):
    survey = make_open_survey(make_survey_cycle({"society": 2}), ranking=True)
    client = RespondentClient(survey)
    client.begin()
    assert client.send("1/", queue=queue, page="7", number="1", go="keep").status_code == 200
    assert client.send("1/", queue='[["r0","3",0,0]]', page="-7", number="1", go="keep").status_code == 200
    assert client.send("1/", queue='[["r0","3",0,0]]', page="7", go="keep").status_code == 200
    draft = Draft.objects.get()
    assert (bytes(draft.ratings), draft.profile, draft.comment) == (bytes(4), {}, "")
