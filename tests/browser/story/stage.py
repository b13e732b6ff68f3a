"""Where the story of a fieldwork plays: a running site, the browser of staff, devices of respondents."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Response

from tests.browser.site import Site
from tests.factories.mail_server import MailServer

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 740}
SERIOUS = ("serious", "critical")


@dataclass
class Stage:
    """The site, staff's page, the mail server; `complaints` are errors on consoles, `barriers` what axe finds."""

    site: Site
    browser: Browser
    page: Page
    mails: MailServer
    complaints: list[str] = field(default_factory=list)
    barriers: list[str] = field(default_factory=list)

    def go(self, path: str) -> Response:
        """Open a page as staff; it must be there."""
        answer = self.page.goto(f"{self.site.address}{path}")
        assert answer.status == 200, (path, answer.status)
        return answer

    def press(self, name: str) -> None:
        """Press the button of staff's page; the next page is loaded when this returns."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).click()

    @contextmanager
    def device(self, *, scripts: bool = True, language: str = "en-US") -> Iterator[Page]:
        """A page on a phone of its own."""
        phone = self.browser.new_context(viewport=PHONE, locale=language, java_script_enabled=scripts)
        page = phone.new_page()
        page.set_default_timeout(15_000)
        listen(page, self.complaints)
        yield page
        phone.close()

    def look(self, page: Page) -> None:
        """Note what keeps people out of this page at 360 px: serious barriers, and what is too wide."""
        size = page.viewport_size
        page.set_viewport_size(PHONE)
        if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
            self.barriers.append(f"{page.url} is too wide")
        for found in Axe().run(page).response["violations"]:
            if found["impact"] in SERIOUS:
                self.barriers.append(f"{page.url} {found['id']}: {[node['target'] for node in found['nodes']][:3]}")
        page.set_viewport_size(size)


def listen(page: Page, complaints: list[str]) -> None:
    """Collect what the page logs as an error; not htmx's words on a poll that was cut off because the page was left,
    nor the browser's on pages that are refused on purpose.
    """

    def noted(message) -> None:
        if message.type == "error" and not message.text.startswith(("htmx:", "Failed to load resource")):
            complaints.append(f"{page.url}: {message.text}")

    page.on("console", noted)
    page.on("pageerror", lambda problem: complaints.append(f"{page.url}: {problem}"))
