"""The matrix page by mouse and keyboard: cuts moved, picture and table together, the same picture from the address."""

import pytest
from django.test import Client
from playwright.sync_api import expect

from tests.factories.cycles import make_cycle
from tests.factories.people import log_in
from tests.factories.scores import make_run

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def matrix_page(open_page, live_server, settings):
    """`matrix_page(width=…, **context)`: the matrix of a cycle with two runs, seen by an analyst."""
    cycle = make_cycle(code="spring")
    make_run(cycle)
    make_run(cycle, seed=2)
    client = Client()
    log_in(client)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value

    def open_matrix(**options):
        page = open_page("/login/", height=900, **options)
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page.goto(f"{live_server.url}/cycles/spring/matrix/")
        return page

    return open_matrix


def test_matrix_without_javascript_moves_cuts_by_their_fields(matrix_page):
    page = matrix_page(java_script_enabled=False)
    expect(page.get_by_role("button", name="Closer")).to_be_hidden()
    cut = page.locator("svg.matrix:visible").get_by_role("slider", name="High from")
    moved = f"{float(cut.get_attribute('aria-valuenow')) + 1:.1f}"
    page.locator("input[name=high]").fill(moved)
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("The cuts are moved on this page alone")).to_be_visible()
    assert float(cut.get_attribute("aria-valuenow")) == float(moved)


@pytest.mark.parametrize("width", [360, 1440])
def test_matrix_is_worked_by_mouse_and_keyboard_and_kept_in_the_address(matrix_page, width):
    page = matrix_page(width=width)
    drawing = page.locator("svg.matrix:visible")
    cut = drawing.get_by_role("slider", name="High from")
    begun = float(cut.get_attribute("aria-valuenow"))

    # Dragged towards the upper right, then moved on by a key: it holds the focus though it is drawn anew.
    cut.scroll_into_view_if_needed()
    x, y = cut.evaluate(
        "(each) => { const line = each.querySelector('line'), at = line.getPointAtLength(line.getTotalLength() / 2)"
        ".matrixTransform(line.getScreenCTM()); return [at.x, at.y]; }"
    )
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 12, y - 12, steps=3)
    page.mouse.up()
    expect(page.get_by_text("The cuts are moved on this page alone")).to_be_visible()
    dragged = float(cut.get_attribute("aria-valuenow"))
    assert dragged > begun
    expect(cut).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("High from").and_(page.locator("input"))).to_have_value(f"{dragged + 0.5:g}")
    expect(cut).to_be_focused()

    # What is nearer by keys is as near from the address.
    page.locator(".matrix-scroll:visible").focus()
    for key in ("+", "+", "ArrowRight"):
        page.keyboard.press(key)
    seen = drawing.get_attribute("viewBox")
    page.goto(page.url)
    expect(drawing).to_have_attribute("viewBox", seen)
    page.get_by_role("button", name="Everything").click()
    assert "zoom" not in page.url

    # Arrows from another run, by the choice alone; every choice is in the address.
    page.get_by_role("search").get_by_text("Moved since").click()
    page.get_by_role("search").get_by_role("link", name="run 1").click()
    expect(page.get_by_text("Arrows come from where an issue stood before.")).to_be_visible()
    assert "since=1" in page.url and drawing.locator(".matrix-move").count() > 0

    # A row and its mark light each other up, until Escape.
    row = page.locator("tr[data-code]").last
    row.hover()
    code = row.get_attribute("data-code")
    expect(drawing.locator(f"g.point[data-code='{code}']")).to_contain_class("lit")
    drawing.locator("g.point").first.focus()
    expect(page.locator("tr.lit")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("tr.lit")).to_have_count(0)
    row.scroll_into_view_if_needed()  # the page moves under a pointer at rest
    page.wait_for_timeout(300)
    expect(page.locator("tr.lit")).to_have_count(0)
    page.mouse.move(0, 0)
    row.hover()
    expect(page.locator("tr.lit")).to_have_count(1)
