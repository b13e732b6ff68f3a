"""One Chromium for all tests that need a browser."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.find_chromium import find_chromium

# Playwright's synchronous interface runs an event loop in the tests' thread, in which Django would refuse its ORM.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; each test makes contexts of its own. Playwright allows one synchronous session per process."""
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium() or None, args=arguments)
        yield browser
        browser.close()
