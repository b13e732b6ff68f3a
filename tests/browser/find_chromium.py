"""Find a Chromium for the browser tests, or get one; prints its path."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Without windows at first: the same engine, for less than half of the processor time.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str:
    """Path of a Chromium that is here already: CHROMIUM, then the usual names; empty where there is none."""
    named = os.environ.get("CHROMIUM", "")
    if named and Path(named).is_file():
        return named
    return next((path for name in NAMES if (path := shutil.which(name))), "")


def get_chromium() -> str:
    """Install Debian's where we are root, else Playwright's own; empty where neither works."""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        _run("apt-get", "update")
        for name in NAMES[:2]:
            _run("apt-get", "install", "--yes", "--no-install-recommends", name, "fonts-noto-cjk")
            if found := find_chromium():
                return found
    _run(sys.executable, "-m", "playwright", "install", "chromium")
    return _playwrights_own()


def _playwrights_own() -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else ""


def _run(*command: str) -> None:
    """What installers say is for the person who waits, so it goes where errors go."""
    subprocess.run(command, stdout=sys.stderr, stderr=sys.stderr, check=False)


def main() -> int:
    path = find_chromium() or _playwrights_own() or get_chromium()
    if not path:
        print(
            "No Chromium for the browser tests: install one (Debian: apt-get install chromium) "
            "or set CHROMIUM to the path of yours.",
            file=sys.stderr,
        )
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
