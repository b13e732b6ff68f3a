"""Answers in real browsers while lines break, servers are killed, tabs and phones closed: none lost, wrong or made up.

In Chromium and, where there is one, Firefox; with scripts and without; on SQLite and PostgreSQL; linked and sealed.
"""

import contextlib
import random
import time
from collections.abc import Callable, Iterator

from playwright.sync_api import Browser, sync_playwright

from tests.bench.respondents import new_postgresql
from tests.browser import survival
from tests.browser.find_chromium import find_chromium
from tests.browser.line import Line
from tests.browser.windows import Answering, Chromium, Firefox, find_firefox
from tests.services.installation import Installation
from tests.torture.site import installed, start_web

CUTS, KILLS = {True: 4, False: 40}, {True: 2, False: 20}
LINKS = 200
_MAKE = """
import json
from datetime import date
from materiality.actions.cycles import open_cycle
from surveys.actions.invitations import create_batch
from surveys.actions.plans import build_survey
from surveys.actions.surveys import open_survey
from surveys.invitations.links import secret_of
from surveys.questionnaire.asking import Plan
from surveys.questionnaire.tokens import token_of
titles = {"title_zh": "保存", "title_en": "Saving"}
period = {"period_start": date(2026, 1, 1), "period_end": date(2026, 12, 31)}
cycle = open_cycle(code="saving", gri_edition="2016", by=None, **titles, **period)
links = {}
for anonymous in (False, True):
    code = f"saving-{int(anonymous)}"
    values = titles | {"code": code, "split": True, "anonymous": anonymous}
    survey = open_survey(survey=build_survey(cycle=cycle, values=values, plans={}, by=None), by=None)
    batch = create_batch(survey=survey, group=cycle.groups.first(), size=NUMBER, by=None)
    links[code] = [token_of(secret_of(batch.salt), batch.pk, serial) for serial in range(NUMBER)]
print(json.dumps(links))
"""
_READ = """
import json
from surveys.respond.answers import open_answers
from surveys.respond.rows import link_now
found = {}
for link in LINKS:
    _empty, _s, code, _i, token, _end = link.split("/")
    draft = open_answers(link_now(token, code), code)
    found[link] = list(draft.ratings) if draft else []
print(json.dumps(found))
"""


class Round:
    """One installation with its links, the line to it, and the people who answer there."""

    def __init__(self, made: Installation, line: Line, browser: Browser, links: dict[str, list[str]]) -> None:
        self.made, self.line, self.browser = made, line, browser
        self.links = [
            f"/s/{code}/i/{token}/"
            for pair in zip(*links.values(), strict=True)
            for code, token in zip(links, pair, strict=True)
        ]
        self.people: list[Answering] = []
        self.windows: list[Firefox] = []

    def person(self, name: str, *, scripts: bool = True, like: Answering | None = None, tab: bool = False) -> Answering:
        """A new respondent, or another device (or tab) of one, in this browser."""
        if name == "Firefox":
            window = Firefox(scripts)
            self.windows.append(window)
        else:
            options = {"viewport": {"width": 360, "height": 740}, "locale": "en", "java_script_enabled": scripts}
            window = Chromium(like.window.context if tab else self.browser.new_context(**options))
        made = Answering(window, self.line.address, like.link if like else self.links.pop(), like.tapped if tab else {})
        if like is None:
            self.people.append(made)
        return made

    def stored(self) -> list[str]:
        """What differs between what was tapped and what is stored."""
        links = {person.link: person.tapped for person in self.people}
        held = self.made.python(f"LINKS = {list(links)!r}\n{_READ}")
        return [
            f"{link}: {each}" for link, tapped in links.items() for each in survival.differences(tapped, held[link])
        ]


def main(small: bool) -> None:
    """Print per database and browser what was done and what was lost; fails where anything was."""
    found = []
    browsers = ["Chromium", *(["Firefox"] if find_firefox() else [])]
    if "Firefox" not in browsers:
        print("no Firefox here: its half is left out\n")
    print("| database | browser | what | times |\n|---|---|---|---|", flush=True)
    with sync_playwright() as playwright:
        for database in ("SQLite", "PostgreSQL"):
            for name in browsers:
                chromium = playwright.chromium.launch(executable_path=find_chromium())
                with _round(database, chromium) as told:
                    counts = {title: story(told, name, small) for title, story in STORIES.items()}
                    wrong = told.stored()
                    items = sum(len(person.tapped) for person in told.people)
                for title, number in counts.items():
                    print(f"| {database} | {name} | {title} | {number} |")
                whole = f"{items} answers of {len(told.people)} people compared"
                print(f"| {database} | {name} | {whole} | {len(wrong)} differ |", flush=True)
                found += wrong
                chromium.close()
    assert not found, found


@contextlib.contextmanager
def _round(database: str, browser: Browser) -> Iterator[Round]:
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(new_postgresql()) if database == "PostgreSQL" else ""
        made = stack.enter_context(installed(url))
        links = made.python(f"NUMBER = {LINKS}\n{_MAKE}")
        line = stack.enter_context(Line(start_web(made)))
        told = Round(made, line, browser, links)
        try:
            yield told
        finally:
            for window in told.windows:
                with contextlib.suppress(OSError):
                    window.close()


def _cuts(told: Round, name: str, small: bool) -> int:
    """Four people, the line cut at a quarter of the moments each."""
    chance, each = random.Random(1), CUTS[small] // 4
    for _person in range(4):
        person = told.person(name)
        person.begin()
        survival.disturbed(told.line, person, chance, each)
        person.window.close()
    return 4 * each


def _kills(told: Round, name: str, small: bool) -> int:
    """The server is killed and started again while people answer."""
    chance, left = random.Random(2), KILLS[small]

    def perhaps() -> None:
        nonlocal left
        if left and chance.random() < 0.3:
            left -= 1
            told.made.kill("web")
            time.sleep(chance.uniform(0, 1))
            start_web(told.made)

    while left:
        person = told.person(name)
        person.begin()
        survival.answer_all(person, chance, perhaps)
        person.saved()
        person.window.close()
    return KILLS[small]


def _tabs(told: Round, name: str, small: bool) -> int:
    """Firefox's windows here are one each, so that its second tab is another device."""
    first = told.person(name)
    tab = name == "Chromium"
    survival.two_tabs(first, told.person(name, like=first, tab=tab), random.Random(3))
    return 1


def _devices(told: Round, name: str, small: bool) -> int:
    """A phone with this browser, a desk with Chromium."""
    phone = told.person(name)
    survival.two_devices(phone, told.person("Chromium", like=phone))
    return 1


def _once(story: Callable[[Answering, Line], None]) -> Callable[[Round, str, bool], int]:
    def told_once(told: Round, name: str, small: bool) -> int:
        story(told.person(name), told.line)
        return 1

    return told_once


def _back(told: Round, name: str, small: bool) -> int:
    """With scripts and without."""
    for scripts in (True, False):
        survival.back_and_forth(told.person(name, scripts=scripts), random.Random(4), steps=4)
    return 2


def _forms(told: Round, name: str, small: bool) -> int:
    person = told.person(name, scripts=False)
    survival.by_form(person, told.person(name, scripts=False, like=person), random.Random(5))
    return 1


STORIES: dict[str, Callable[[Round, str, bool], int]] = {
    "two tabs": _tabs,
    "two devices": _devices,
    "tab closed after the acknowledgement, and before it": _once(survival.closed_in_time),
    "phone locked": _once(lambda person, _line: survival.locked(person)),
    "stopped on a line that is stuck": _once(survival.stopped),
    "cookie lost": _once(lambda person, _line: survival.cookie_lost(person)),
    "back over all pages": _back,
    "stale form without scripts": _forms,
    "line cut at a random moment": _cuts,
    "server killed at a random moment": _kills,
}
