"""The files of the project as git knows them, or as they lie where there is no git, and what imports what."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("materiality", "surveys", "reports")
PURE = (
    "materiality/scoring",
    "materiality/library_file",
    "materiality/lineage",
    "materiality/tables/guards.py",
    "materiality/tables/limited.py",
    "materiality/tables/read.py",
    "materiality/tables/records.py",
    "materiality/tables/problems.py",
    "surveys/questionnaire",
    "surveys/intake",
    "surveys/matching",
    "reports/matrix",
    "reports/gri",
    "reports/outline",
)


@cache
def tracked() -> tuple[str, ...]:
    """Paths of all files that are, or are about to be, in the project."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if listing.returncode == 0:
        return tuple(path for path in listing.stdout.splitlines() if (ROOT / path).is_file())
    skipped = {".venv", ".tools", "var", "__pycache__", ".git"}
    files = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return tuple(str(path) for path in files if not skipped & set(path.parts))


def python_files(under: str = "") -> list[str]:
    """Tracked Python files below a folder, or the file itself."""
    return [path for path in tracked() if path.endswith(".py") and path.startswith(under)]


@cache
def modules() -> dict[str, str]:
    """Dotted name → path of every module of the apps, migrations apart."""
    paths = [path for app in APPS for path in python_files(f"{app}/") if "/migrations/" not in path]
    return {path.removesuffix(".py").replace("/", ".").removesuffix(".__init__"): path for path in paths}


@cache
def imports(path: str) -> frozenset[str]:
    """Dotted names that a file imports, wherever in the file; `from a import b` gives a and a.b."""
    package = path.removesuffix(".py").split("/")[:-1]
    found: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            found.update([base, *(f"{base}.{alias.name}" for alias in node.names)])
    return frozenset(found)


@cache
def graph() -> dict[str, frozenset[str]]:
    """Module → modules of the apps that it imports; a package only where nothing inside it was meant."""
    known = modules()
    arrows = {}
    for name, path in known.items():
        wanted = {each for each in imports(path) if each in known}
        inner = {each.rpartition(".")[0] for each in wanted}
        arrows[name] = frozenset(each for each in wanted if each not in inner and each != name)
    return arrows


def circles() -> list[list[str]]:
    """Groups of modules that import one another."""
    reached = {name: _reached(name) for name in graph()}
    rings = {tuple(sorted(m for m in reached[name] if name in reached[m])) for name in graph() if name in reached[name]}
    return sorted(map(list, rings))


def _reached(start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        fresh = graph().get(waiting.pop(), frozenset()) - found
        found |= fresh
        waiting.extend(fresh)
    return found
