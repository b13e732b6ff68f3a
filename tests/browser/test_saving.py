"""Answers survive what happens to tabs, phones, lines and cookies; the whole of it is in tests/torture/saving.py."""

import random
from urllib.parse import urlsplit

import pytest

from surveys.models import Response, Survey
from surveys.respond.answers import open_answers
from surveys.respond.rows import link_now
from tests.browser import survival
from tests.browser.line import Line
from tests.browser.windows import UNSENT, Answering, Chromium
from tests.factories.invitations import make_batch, token
from tests.factories.surveys import make_open_survey, make_survey_cycle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 360, "height": 740}, "locale": "en"}


@pytest.fixture
def line(live_server):
    with Line(urlsplit(live_server.url).port) as line:
        yield line


class Survived:
    """A survey with a link a person, and the windows in which they answer."""

    def __init__(self, chromium, line: Line, anonymous: bool) -> None:
        self.survey: Survey = make_open_survey(make_survey_cycle({"society": 13}), anonymous=anonymous, ranking=True)
        self.chromium, self.line, self.batch, self.contexts = chromium, line, make_batch(self.survey), []

    def person(self, serial: int, tab_of: Answering | None = None, **options) -> Answering:
        """A window on a device of its own, or another tab on that of somebody."""
        context = tab_of.window.context if tab_of else self.chromium.new_context(**PHONE, **options)
        self.contexts.append(context)
        context.set_default_timeout(15_000)
        link = f"/s/{self.survey.code}/i/{token(self.batch, serial)}/"
        return Answering(Chromium(context), self.line.address, link, tab_of.tapped if tab_of else {})

    def check(self, *people: Answering) -> None:
        """Nothing lost, nothing wrong, no ghosts."""
        stored = [
            open_answers(link_now(person.link.split("/")[-2], self.survey.code), self.survey.code) for person in people
        ]
        assert [
            survival.differences(person.tapped, held.ratings) for person, held in zip(people, stored, strict=True)
        ] == [[] for _person in people]


LINKED, SEALED = (
    pytest.mark.parametrize("survived", [anonymous], ids=[name], indirect=True)
    for name, anonymous in (("linked", False), ("sealed", True))
)


@pytest.fixture
def survived(request, chromium, line):
    made = Survived(chromium, line, anonymous=request.param)
    yield made
    for context in made.contexts:
        context.close()


@SEALED
def test_answers_survive_tabs_devices_and_phones(survived):
    chance = random.Random(1)
    people = [survived.person(serial) for serial in range(4)]
    survival.two_tabs(people[0], survived.person(0, tab_of=people[0]), chance)
    survival.two_devices(people[1], survived.person(1))
    survival.locked(people[2])
    survival.cookie_lost(people[3])
    survived.check(*people)


@LINKED
def test_answers_survive_lines_that_break(survived):
    chance = random.Random(2)
    people = [survived.person(serial) for serial in range(3)]
    people[0].begin()
    survival.disturbed(survived.line, people[0], chance, moments=3, most=0.5)
    survival.closed_in_time(people[1], survived.line)
    survival.stopped(people[2], survived.line)
    survived.check(*people)


@SEALED
def test_next_waits_for_a_network_that_is_away_and_goes_on_by_itself(survived):
    person = survived.person(0)
    person.begin()
    person.window.context.set_offline(True)
    for name in person.names():
        person.tap(name, "4")
    assert "waiting for the network" in person.window.text("#saved")
    person.press("next")
    person.until(lambda: "go on by yourself" in person.window.text("#saved"))
    person.window.context.set_offline(False)
    person.until(lambda: person.window.url().endswith("/2/"))
    survived.check(person)


@pytest.mark.parametrize(
    ("survived", "scripts"),
    [(False, True), (True, False)],
    ids=["with scripts", "without scripts"],
    indirect=["survived"],
)
def test_back_from_every_page_shows_what_was_answered(survived, scripts):
    chance = random.Random(3)
    person = survived.person(0, java_script_enabled=scripts)
    survival.back_and_forth(person, chance, steps=4)
    survived.check(person)
    if not scripts:
        other = survived.person(1, java_script_enabled=False)
        survival.by_form(other, survived.person(1, java_script_enabled=False), chance)
        survived.check(other)


@LINKED
def test_everything_that_was_given_is_submitted_at_once(survived):
    person = survived.person(0)
    person.begin()
    survival.answer_all(person, random.Random(4))
    person.window.type("#comment", "好\n再加一点")
    person.press("submit")
    person.until(lambda: person.window.url().endswith("/thanks/"))
    assert person.window.run(UNSENT) is False
    response = Response.objects.get()
    assert (survival.differences(person.tapped, response.ratings), response.comment) == ([], "好\n再加一点")


@LINKED
def test_what_is_answered_before_the_script_runs_is_saved(survived):
    """A slow line brings the page first; its script finds what was touched meanwhile."""
    person = survived.person(0)
    held, window = [], person.window
    person.begin()
    window.page.route("**/respond*.js", lambda route: held.append(route))
    person.press("next")
    person.until(lambda: window.url().endswith("/2/") and held)
    for name in person.names()[:3]:
        person.tap(name, "4")
    held[0].continue_()
    person.until(lambda: window.values(".clear"))
    person.press("next")
    person.until(lambda: window.url().endswith("/3/"))
    survived.check(person)
