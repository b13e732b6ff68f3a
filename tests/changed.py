"""Print the tests of what changed last: since the last commit, or in it where nothing changed since."""

import re
import subprocess
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
    """Changed tests, tests of changed modules by name or import, tests of the app's pages for templates and styles."""
    texts = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in ROOT.glob("tests/**/test_*.py")}
    found = {path for path in paths if path in texts}
    for path in map(PurePath, paths):
        if path.parts[0] in APPS and path.suffix == ".py":
            found |= _tests_of_module(path, texts)
        elif path.parts[0] in APPS:
            found |= {test for test in texts if test.startswith(f"tests/{path.parts[0]}/views/")}
    return sorted(found)


def _tests_of_module(path: PurePath, texts: dict[str, str]) -> set[str]:
    own = f"tests/{path.parent.as_posix()}/test_{path.stem}"
    package = ".".join(path.parent.parts)
    used = re.compile(rf"from {package}\.{path.stem} import|from {package} import .*\b{path.stem}\b")
    return {test for test, text in texts.items() if test.startswith(own) or used.search(text)}


if __name__ == "__main__":
    print(" ".join(tests_of(changed())))
