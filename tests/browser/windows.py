"""A respondent's window in Chromium or Firefox, by what both can do, and what was tapped in it."""

import json
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from playwright.sync_api import BrowserContext

HIDE = """
Object.defineProperty(document, "visibilityState", {value: "hidden", configurable: true});
document.dispatchEvent(new Event("visibilitychange"));
"""
UNSENT = "return Object.keys(sessionStorage).some((key) => key.startsWith('yiti '))"
# Whether what waits to be sent is on its way before anything else happens.
SENT_WHEN_HIDDEN = f"""
const waits = (() => {{{UNSENT}}})(), really = window.fetch;
let sent = !waits;
window.fetch = (...all) => {{ sent = true; return really(...all); }};
{HIDE}
window.fetch = really;
return sent
"""
WARNS = "return !dispatchEvent(new Event('beforeunload', {cancelable: true}))"
NAMED = "(found) => found.map((each) => [each.getAttribute('name'), each.getAttribute('value')])"


class Chromium:
    """One page of a Playwright context."""

    def __init__(self, context: BrowserContext) -> None:
        self.context, self.page = context, context.new_page()
        self.page.on("dialog", lambda dialog: dialog.accept())

    def open(self, url: str) -> None:
        self.page.goto(url)

    def click(self, css: str) -> None:
        self.page.locator(css).first.click(no_wait_after=True)

    def text(self, css: str) -> str:
        return self.page.locator(css).first.text_content()

    def type(self, css: str, text: str) -> None:
        self.page.locator(css).fill(text)

    def run(self, script: str) -> object:
        return self.page.evaluate(f"() => {{ {script} }}")

    def values(self, css: str) -> list[tuple[str, str]]:
        """(name, value) of the inputs."""
        return [tuple(each) for each in self.page.locator(css).evaluate_all(NAMED)]

    def url(self) -> str:
        # Asked of the page, as what happens there is heard of only while something is asked.
        return self.page.evaluate("location.href")

    def back(self) -> None:
        self.page.go_back()

    def reload(self) -> None:
        self.page.reload()

    def close(self) -> None:
        self.page.close(run_before_unload=False)

    def forget(self) -> None:
        self.context.clear_cookies()


class Firefox:
    """A Firefox of its own without a screen, driven by its Marionette protocol; it has one window."""

    def __init__(self, scripts: bool = True) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="yiti-firefox-")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        prefs = {
            "marionette.port": port, "javascript.enabled": scripts, "dom.disable_beforeunload": True,
            "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
            "browser.shell.checkDefaultBrowser": False, "datareporting.policy.dataSubmissionEnabled": False,
            "intl.accept_languages": "en", "app.update.enabled": False, "browser.aboutConfig.showWarning": False,
        }  # fmt: skip
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in prefs.items()]
        Path(self._folder.name, "user.js").write_text("\n".join(lines))
        command = [find_firefox(), "--headless", "--marionette", "--no-remote", "--profile", self._folder.name]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(command, **quiet)
        self._number = 0
        self._connect(port)
        self._ask("WebDriver:NewSession", unhandledPromptBehavior="accept", pageLoadStrategy="normal")

    def _connect(self, port: int) -> None:
        end = time.monotonic() + 60
        while True:
            try:
                self._line = socket.create_connection(("127.0.0.1", port), timeout=180)
                self._receive()
                return
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)

    def _ask(self, command: str, **values: object) -> object:
        self._number += 1
        text = json.dumps([0, self._number, command, values]).encode()
        self._line.sendall(b"%d:%s" % (len(text), text))
        _kind, _number, problem, result = self._receive()
        if problem:
            raise RuntimeError(f"{command}: {problem['error']}: {problem['message']}")
        return result

    def _receive(self) -> list:
        head = b""
        while not head.endswith(b":"):
            byte = self._line.recv(1)
            if not byte:
                raise OSError("Firefox closed the line")
            head += byte
        body, size = b"", int(head[:-1])
        while len(body) < size:
            body += self._line.recv(size - len(body))
        return json.loads(body)

    def _find(self, css: str) -> list[str]:
        found = self._ask("WebDriver:FindElements", using="css selector", value=css)
        return [next(iter(each.values())) for each in found]

    def open(self, url: str) -> None:
        self._ask("WebDriver:Navigate", url=url)

    def click(self, css: str) -> None:
        end = time.monotonic() + 15
        while not (found := self._find(css)) and time.monotonic() < end:
            time.sleep(0.05)
        self._ask("WebDriver:ElementClick", id=found[0])

    def text(self, css: str) -> str:
        return self._ask("WebDriver:GetElementText", id=self._find(css)[0])["value"]

    def type(self, css: str, text: str) -> None:
        (found,) = self._find(css)
        self._ask("WebDriver:ElementClear", id=found)
        self._ask("WebDriver:ElementSendKeys", id=found, text=text)

    def run(self, script: str) -> object:
        return self._ask("WebDriver:ExecuteScript", script=script, args=[])["value"]

    def values(self, css: str) -> list[tuple[str, str]]:
        named = [[self._attribute(each, name) for name in ("name", "value")] for each in self._find(css)]
        return [tuple(each) for each in named]

    def _attribute(self, element: str, name: str) -> str:
        return self._ask("WebDriver:GetElementAttribute", id=element, name=name)["value"]

    def url(self) -> str:
        return self._ask("WebDriver:GetCurrentURL")["value"]

    def back(self) -> None:
        self._ask("WebDriver:Back")

    def reload(self) -> None:
        self._ask("WebDriver:Refresh")

    def close(self) -> None:
        """The browser with its window."""
        self._line.close()
        self._process.terminate()
        self._process.wait(20)
        self._folder.cleanup()

    def forget(self) -> None:
        self._ask("WebDriver:DeleteAllCookies")


def find_firefox() -> str:
    """Path of a Firefox, empty where there is none."""
    return next((path for name in ("firefox-esr", "firefox") if (path := shutil.which(name))), "")


class Answering:
    """A window in which somebody answers, and what they tapped last: `tapped` by name."""

    def __init__(self, window: Chromium | Firefox, base: str, link: str, tapped: dict[str, str]) -> None:
        self.window, self.base, self.link, self.tapped = window, base, link, tapped

    def begin(self) -> None:
        """By the link, from the first page or on from where it was."""
        self.window.open(self.base + self.link)
        if self.window.values("#consent"):
            self.window.click("label:has(> #consent)")
        self.press("start" if self.window.values("#consent") else "resume")
        self.until(lambda: self.window.url().rsplit("/", 2)[1].isdigit() or "/end/" in self.window.url())

    def tap(self, name: str, value: str) -> None:
        self.window.click(f'label:has(> input[name="{name}"][value="{value}"])')
        self.tapped[name] = value

    def press(self, go: str) -> None:
        self.window.click(f'main button[name="go"][value="{go}"]')

    def names(self) -> list[str]:
        """The ratings of the page, in its order."""
        return list(dict.fromkeys(name for name, _value in self.window.values(".issue input")))

    def shown(self) -> dict[str, str]:
        """What the page shows as answered."""
        return dict(self.window.values(".issue input:checked"))

    def saved(self) -> None:
        """Until everything is acknowledged."""
        self.until(lambda: not self.window.run(UNSENT))

    def until(self, holds, seconds: float = 40) -> None:
        end = time.monotonic() + seconds
        while not self._holds(holds):
            assert time.monotonic() < end, (self.window.url(), self.tapped)
            time.sleep(0.05)

    def _holds(self, holds) -> bool:
        try:
            return bool(holds())
        except Exception:  # Whichever browser it is: the page is being left.
            return False
