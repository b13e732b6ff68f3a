"""Print the tests of what changed last: since the last commit, or in it where nothing changed since."""

import re
import subprocess
import sys
from pathlib import PurePath

from tests.repository.tree import APPS, ROOT


def changed() -> list[str]:
    """Changed and new files."""
    since = _git("diff", "--name-only", "HEAD") + _git("ls-files", "--others", "--exclude-standard")
    return since or _git("diff", "--name-only", "HEAD~1", "HEAD")


def _git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


def tests_of(paths: list[str]) -> list[str]:
    """Changed tests, tests of changed modules by name or import, tests of the app's pages for templates and styles.

    A module that has no test of its own is tested by those of its subject in other layers, and of who imports it.
    """
    texts = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in ROOT.glob("tests/**/test_*.py")}
    found = {path for path in paths if path in texts}
    for path in map(PurePath, paths):
        if path.parts[0] in APPS and path.suffix == ".py":
            found |= _tests_of_module(path, texts) or _tests_around(path, texts)
        elif path.parts[0] in APPS:
            found |= {test for test in texts if test.startswith(f"tests/{path.parts[0]}/views/")}
    return sorted(found)


def _tests_of_module(path: PurePath, texts: dict[str, str]) -> set[str]:
    own, used = f"tests/{path.parent.as_posix()}/test_{path.stem}", _import_of(path)
    return {test for test, text in texts.items() if test.startswith(own) or used.search(text)}


def _import_of(path: PurePath) -> re.Pattern:
    package = ".".join(path.parent.parts)
    called = rf"[\"']{path.stem}[\"']|" if path.parent.name == "commands" else ""
    return re.compile(rf"{called}from {package}\.{path.stem} import|from {package} import .*\b{path.stem}\b")


def _tests_around(path: PurePath, texts: dict[str, str]) -> set[str]:
    used = _import_of(path)
    modules = [each for app in APPS for each in ROOT.glob(f"{app}/**/*.py") if used.search(each.read_text("utf-8"))]
    of_users = (_tests_of_module(PurePath(each.relative_to(ROOT)), texts) for each in modules)
    same = {test for test in texts if re.fullmatch(rf"tests/{path.parts[0]}/.*/test_{path.stem}(_.*)?\.py", test)}
    return same.union(*of_users)


if __name__ == "__main__":
    paths = changed()
    tests = tests_of(paths)
    if paths and not tests:
        print(f"No test stands for {', '.join(paths)}.", file=sys.stderr)
    print(" ".join(tests))
