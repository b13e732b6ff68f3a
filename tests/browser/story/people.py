"""People on phones: what they press to answer, wherever they come from."""

import re

from playwright.sync_api import Page, expect

from tests.browser.story.building import ASKED_RATING


def press(page: Page, name: str) -> None:
    """Press the button with this name; the next page is there when this returns."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def begin(page: Page, group: str = "") -> None:
    """Consent, say of which group where it is asked, begin."""
    if group:
        page.get_by_role("radio", name=group).check()
    page.get_by_role("checkbox", name="I take part").check()
    press(page, "Begin the survey")
    expect(page.get_by_role("progressbar", name="Progress")).to_be_visible()


def rate_page(page: Page, seed: int, *, attentive: bool = True) -> int:
    """Rate all that the page asks, differently for each seed; returns the number of ratings."""
    scales = page.locator(".issue fieldset").all()
    rated = 0
    for place, scale in enumerate(scales):
        name = scale.locator("input").first.get_attribute("name")
        if name == "attention":
            value = ASKED_RATING if attentive else ASKED_RATING - 1
        else:
            value, rated = 1 + (seed * 7 + int(name[1:]) * (seed + 2) + place) % 5, rated + 1
        scale.locator(f"input[value='{value}']").check()
    return rated


def at_end(page: Page) -> bool:
    """Whether the last page is shown."""
    return page.get_by_role("heading", level=1, name="Finish").count() == 1


def rate_all(page: Page, seed: int, *, attentive: bool = True) -> int:
    """Rate page by page up to the last one; returns how many items were rated."""
    rated = 0
    while not at_end(page):
        if page.get_by_role("heading", level=1, name="About you").count():
            page.get_by_role("radio", name="Under 30").check()
            page.get_by_label("Your city").fill("杭州")
        else:
            rated += rate_page(page, seed, attentive=attentive)
        shown = page.url
        press(page, "Next page")
        expect(page).not_to_have_url(shown)
    return rated


def submit(page: Page, comment: str = "") -> None:
    """Submit on the last page."""
    page.get_by_role("textbox").fill(comment)
    press(page, "Submit my answers")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")


def answer(page: Page, link: str, seed: int, *, group: str = "", attentive: bool = True, comment: str = "") -> int:
    """The whole way from a link to the thanks; returns how many items were rated."""
    page.goto(link)
    begin(page, group)
    rated = rate_all(page, seed, attentive=attentive)
    submit(page, comment)
    return rated


def altered(link: str) -> str:
    """The link with another last character in its token."""
    found = re.fullmatch(r"(.*)(.)/", link)
    return f"{found[1]}{'a' if found[2] != 'a' else 'b'}/"
