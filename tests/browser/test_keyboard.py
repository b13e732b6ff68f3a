"""Staff pages by keyboard alone: every stop can be seen, bears a mark, and leads on."""

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from materiality.models.people import Role
from tests.factories.people import make_person
from tests.repository.pages import shown_rows, staff_pages

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = ("/", "/cycles/demo/", *(f"/cycles/demo/{step}/" for step in ("scores", "matrix", "outline", "outputs")))
MOST_STOPS = 1_000
# How a stop looks that has the focus. A file field is marked on the button that stands for it, a limit of the matrix by
# its line; what is drawn may have its middle beside it.
LOOK = """(stop, part) => {
  const shown = stop.matches("input[type=file]") ? stop.nextElementSibling.querySelector(".button") : stop;
  const box = shown.getClientRects()[0] ?? new DOMRect();
  const middle = (from, to, most) => (Math.max(from, 0) + Math.min(to, most)) / 2;
  const [x, y] = [middle(box.left, box.right, innerWidth), middle(box.top, box.bottom, innerHeight)];
  const above = document.elementFromPoint(x, y);
  const style = getComputedStyle(shown);
  const line = stop.matches(".cut") && getComputedStyle(stop.querySelector("line:last-of-type")).strokeWidth;
  return {
    name: shown.outerHTML.slice(0, 120), inside: !!stop.closest("main"),
    seen: box.width > 1 && box.height > 1 && !!above
      && (shown instanceof SVGElement || shown.contains(above) || above.contains(shown)),
    marked: part || parseFloat(line) >= 3 || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
  };
}"""
# What has the focus: None beyond the last stop.
STOP = """() => {
  const stop = document.activeElement;
  if (!stop || stop === document.body) return null;
  window.stopsSeen ??= new Set();
  // A field for a date has a stop for each of its parts, which the browser marks itself.
  const part = stop === window.lastStop && /^date|^time/.test(stop.type);
  const again = window.stopsSeen.has(stop) && !part;
  window.stopsSeen.add(stop);
  window.lastStop = stop;
  return {again, ...(LOOK)(stop, part)};
}""".replace("LOOK", LOOK)
# What the tabulator would stop at, each given the focus in its turn: pressing it a hundred times a page takes too long.
STOPS = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
  .filter((each) => each.tabIndex >= 0 && !each.disabled && each.checkVisibility({visibilityProperty: true}))
  .map((each) => {
    each.focus();
    return {...(LOOK)(each, /^date|^time/.test(each.type)), reached: document.activeElement === each};
  })""".replace("LOOK", LOOK)


@pytest.fixture
def staff_page(open_page, live_server, demo_rows):
    """`staff_page(width)`: the login page in a window of a lead who is logged in already."""

    def opened(width: int) -> Page:
        client = Client()
        client.force_login(make_person(Role.LEAD, toured=True, is_superuser=True))
        page = open_page("/login/", width=width)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        return page

    return opened


def stops_of(page: Page) -> list[dict]:
    """The stops of the tabulator from the top of the page, as far as they lead on."""
    found = []
    while len(found) < MOST_STOPS:
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None or stop["again"]:
            # Beyond the last stop the first follows; another one would be a trap.
            assert stop is None or stop["name"] == found[0]["name"], stop
            return found
        found.append(stop)
    raise AssertionError("no end of stops")


def every_kind() -> list[str]:
    """The first page of each route, of those that show something when they are opened."""
    client = Client()
    found = [paths[0] for paths in staff_pages(shown_rows(client)).values() if paths]
    return [path for path in found if b"<main" in client.get(path).getvalue()]


@pytest.mark.parametrize("width", [360, 1440])
def test_every_stop_of_the_keyboard_is_seen_and_marked(staff_page, live_server, width):
    page, wrong = staff_page(width), {}
    for path in PAGES:
        page.goto(live_server.url + path)
        stops = stops_of(page)
        wrong |= {
            f"{path}: {stop['name']}": (stop["seen"], stop["marked"])
            for stop in stops
            if not (stop["seen"] and stop["marked"])
        }
        assert "skip" in stops[0]["name"], path
        assert stops[-1]["inside"], path
    assert wrong == {}


def test_each_kind_of_page_shows_and_marks_what_the_keyboard_reaches(staff_page, live_server):
    page, wrong, counted = staff_page(1440), [], 0
    for path in every_kind():
        page.goto(live_server.url + path)
        page.keyboard.press("Tab")  # from here on the browser takes it that a keyboard moves the focus
        stops = page.evaluate(STOPS)
        wrong += [(path, stop) for stop in stops if not (stop["reached"] and stop["seen"] and stop["marked"])]
        counted += len(stops)
    assert wrong == []
    assert counted > 1_000


def test_the_first_stop_skips_to_the_content(staff_page, live_server):
    page = staff_page(1440)
    for path in PAGES:
        page.goto(live_server.url + path)
        for key in ("Tab", "Enter", "Tab"):
            page.keyboard.press(key)
        assert page.evaluate(STOP)["inside"], path
