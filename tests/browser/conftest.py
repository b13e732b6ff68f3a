"""A real Chromium for the browser tests."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.site import Site


@pytest.fixture(scope="session")
def site(sqlite_tables) -> Iterator[Site]:
    """A running site without the demo: web server, worker and broker as processes of their own."""
    with tempfile.TemporaryDirectory(prefix="yiti-site-") as folder:
        made = Site(Path(folder), sqlite_tables)
        try:
            made.start_all()
            yield made
        finally:
            made.stop()


@pytest.fixture
def open_page(chromium: Browser, live_server):
    """`open_page(path, width=…, language=…, **context)`: a page of a fresh browser window on the tests' server.

    What the page logs as an error fails the test.
    """
    contexts, errors = [], []

    def open_at(path: str, *, width: int = 360, height: int = 740, language: str = "en", **options) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, locale=language, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(live_server.url + path)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert errors == []
