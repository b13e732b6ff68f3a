"""Stories in which answers must survive; each returns what was tapped last, by link and item."""

import random
import time
from collections.abc import Callable, Sequence

from tests.browser.line import Line
from tests.browser.windows import HIDE, SENT_WHEN_HIDDEN, WARNS, Answering

VALUES = ("1", "2", "3", "4", "5", "d")


def _nothing() -> None: ...


def answer_all(
    person: Answering,
    chance: random.Random,
    between: Callable[[], None] = _nothing,
    after: Callable[[], None] = _nothing,
) -> None:
    """Every page from where the person is to the end, some answers given twice; `between` runs after each tap, `after`
    once the way on was pressed.
    """
    while "/end/" not in person.window.url():
        before = person.window.url()
        for name in person.names():
            person.tap(name, chance.choice(VALUES))
            between()
            if chance.random() < 0.15:
                person.tap(name, chance.choice(VALUES))
        person.press("next")
        after()
        person.until(lambda before=before: person.window.url() != before, 90)


def disturbed(line: Line, person: Answering, chance: random.Random, moments: int, most: float = 1.5) -> None:
    """The line goes off and on again at so many random moments while all is answered."""
    left = moments

    def perhaps() -> None:
        nonlocal left
        if left and chance.random() < 0.5:
            left -= 1
            line.cut()
            if chance.random() < 0.5:
                time.sleep(chance.uniform(0, most))
                line.mend()
        elif not line.up:
            line.mend()

    def come_back() -> None:
        if not line.up:
            time.sleep(chance.uniform(0, most))
            line.mend()

    answer_all(person, chance, perhaps, come_back)
    person.saved()


def two_tabs(first: Answering, second: Answering, chance: random.Random) -> None:
    """One tab stands open and blank, the other is answered; then the blank one is put aside and closed."""
    second.begin()
    first.begin()
    for name in first.names():
        first.tap(name, chance.choice(VALUES))
    first.saved()
    second.window.run(HIDE)
    second.window.close()
    first.window.reload()
    assert first.shown() == {name: first.tapped[name] for name in first.names()}


def two_devices(phone: Answering, desk: Answering) -> None:
    """Each answers some; of what both answer the later tap stands, and a stale page wipes nothing."""
    phone.begin()
    desk.begin()
    names = phone.names()
    for name in names[:4]:
        phone.tap(name, "4")
    phone.saved()
    for name in names[3:7]:
        desk.tap(name, "2")
    desk.saved()
    phone.tap(names[0], "5")
    phone.saved()
    desk.window.run(HIDE)
    desk.press("next")
    desk.until(lambda: desk.window.url().endswith("/2/"))
    phone.tapped.update(desk.tapped | {name: phone.tapped[name] for name in names[:3]})


def closed_in_time(person: Answering, line: Line) -> None:
    """A tab that is closed after the acknowledgement loses nothing; before it, it warns that something may get lost."""
    person.begin()
    names = person.names()
    for name in names[:3]:
        person.tap(name, "3")
    person.saved()
    assert not person.window.run(WARNS)
    line.cut()
    person.tap(names[4], "3")
    assert person.window.run(WARNS)
    person.tapped[names[4]] = "3?"
    person.window.close()
    line.mend()


def locked(person: Answering) -> None:
    """A phone is locked right after a tap: what was tapped is sent at once."""
    person.begin()
    for name in person.names()[:2]:
        person.tap(name, "2")
    assert person.window.run(SENT_WHEN_HIDDEN)
    person.saved()


def stopped(person: Answering, line: Line) -> None:
    """Next on a line that is stuck, stopped; the page lives on, and Next works once the line does."""
    person.begin()
    person.tap(person.names()[0], "1")
    person.saved()
    line.stuck = True
    person.press("next")
    time.sleep(0.3)
    person.window.run("window.stop()")
    person.tap(person.names()[1], "1")
    line.stuck = False
    person.press("next")
    person.until(lambda: person.window.url().endswith("/2/"))


def cookie_lost(person: Answering) -> None:
    """What is tapped without the cookie waits in the tab, and arrives once the link is opened again in it."""
    person.begin()
    names = person.names()
    person.tap(names[0], "3")
    person.saved()
    person.window.forget()
    person.tap(names[1], "4")
    person.until(lambda: "link again" in person.window.text("#saved"))
    person.begin()
    person.saved()


def back_and_forth(person: Answering, chance: random.Random, steps: int) -> None:
    """Back from every page to every page: each shows what was answered, and none asks to send something again."""
    person.begin()
    answer_all(person, chance)
    for _step in range(steps):
        person.window.back()
        if not person.window.values("main #answers") and not person.window.values(".issue input"):
            assert "/i/" in person.window.url() or "/end/" in person.window.url() or "/top/" in person.window.url()
        names = person.names()
        assert person.shown() == {name: person.tapped[name] for name in names if name in person.tapped}


def by_form(person: Answering, stale: Answering, chance: random.Random) -> None:
    """Without scripts: a page that stood open is posted after all was answered elsewhere, and wipes nothing."""
    stale.begin()
    names = stale.names()
    stale.tap(names[0], "1")
    stale.tapped.clear()
    person.begin()
    answer_all(person, chance)
    stale.press("next")
    stale.until(lambda: stale.window.url().endswith("/2/"))
    person.tapped[names[0]] = "1"


def differences(tapped: dict[str, str], stored: Sequence[int]) -> list[str]:
    """Of one person: lost, wrong or ghosts, item by item. `stored` are the codes of the draft or response."""
    found = []
    for place, held in enumerate(stored):
        wanted = tapped.get(f"r{place}", "0")
        code = 254 if wanted[0] == "d" else int(wanted[0])
        if held != code and held not in (255, 0 if wanted.endswith("?") else 255):
            found.append(f"r{place}: {held} in place of {wanted}")
    return found
