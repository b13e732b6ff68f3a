"""How soon a respondent on a bad line and a slow phone sees a page, and what a whole questionnaire weighs.

Chromium with 400 kbit/s, 400 ms there and back, its processor slowed 4 times; each page as somebody sees it who has
never been there, nothing in the browser's cache.
"""

import statistics
import tempfile
from collections import Counter
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from tests.bench.measuring import table
from tests.bench.respondents import MAKE, free_port, wait_for_port, web_server
from tests.browser.find_chromium import find_chromium
from tests.services.installation import Installation

RUNS = 5
LINE = {"offline": False, "downloadThroughput": 50_000, "uploadThroughput": 50_000, "latency": 400}
_PAINTED = """() => new Promise((found) => new PerformanceObserver((list) => {
  const at = list.getEntries().find((entry) => entry.name === "first-contentful-paint");
  if (at) found(at.startTime / 1000);
}).observe({ type: "paint", buffered: true }))"""
_ANSWER_ALL = """() => {
  for (const scale of document.querySelectorAll(".issue fieldset")) scale.querySelector("input[value='4']")?.click();
}"""


def main() -> None:
    """Print two tables: seconds to the first paint, and KB as they came over the line."""
    with tempfile.TemporaryDirectory(prefix="yiti-bench-") as folder, sync_playwright() as playwright:
        site = Installation(Path(folder))
        browser = playwright.chromium.launch(executable_path=find_chromium() or None, args=["--no-sandbox"])
        try:
            site.manage("migrate", "--verbosity", "0")
            site.manage("collectstatic", "--noinput", "--verbosity", "0")
            site.manage("load_library")
            site.python(f"CODE, SPLIT, ANONYMOUS = 'paint', True, True\n{MAKE}")
            port = free_port()
            site.start("web", *web_server(port))
            wait_for_port(port)
            _report(browser, f"http://127.0.0.1:{port}/s/paint/")
        finally:
            browser.close()
            site.stop()


def _report(browser: Browser, address: str) -> None:
    rows = []
    for language in ("zh-CN", "en"):
        for name, begun in (("first page", False), ("first issues", True)):
            seconds = [_first_paint(browser, address, language, begun) for _run in range(RUNS)]
            rows.append([name, language, statistics.median(seconds), max(seconds)])
    table(["page", "language", "median s", "slowest s"], rows)
    print()
    weights = {language: _weight(browser, address, language) for language in ("zh-CN", "en")}
    kinds = sorted({kind for weight in weights.values() for kind in weight})
    rows = [
        [language, *[weight[kind] / 1000 for kind in kinds], weight.total() / 1000]
        for language, weight in weights.items()
    ]
    table(["whole split, KB", *kinds, "all"], rows)


def _window(browser: Browser, language: str) -> tuple[Page, CDPSession]:
    page = browser.new_context(viewport={"width": 360, "height": 740}, locale=language).new_page()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    return page, session


def _first_paint(browser: Browser, address: str, language: str, begun: bool) -> float:
    page, session = _window(browser, language)
    if begun:
        page.goto(address)
        _begin(page)
        address = page.url
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Network.emulateNetworkConditions", LINE)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(address)
    seconds = page.evaluate(_PAINTED)
    page.context.close()
    return seconds


def _weight(browser: Browser, address: str, language: str) -> Counter:
    """Bytes as received, heads included, by kind, from the first page to the thanks."""
    page, session = _window(browser, language)
    kinds, found = {}, Counter()
    session.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    session.on(
        "Network.loadingFinished",
        lambda event: found.update({kinds.get(event["requestId"], "Other"): int(event["encodedDataLength"])}),
    )
    page.goto(address)
    _begin(page)
    while not page.url.endswith("/end/"):
        page.evaluate(_ANSWER_ALL)
        _turn(page, "next")
    _turn(page, "submit")
    page.context.close()
    return found


def _begin(page: Page) -> None:
    page.check("input[name=group] >> nth=0")
    page.check("input[name=consent]")
    _turn(page, "start")


def _turn(page: Page, value: str) -> None:
    before = page.url
    page.click(f"main button[value={value}]")
    page.wait_for_url(lambda url: url != before)
