"""The files of the project as git knows them, or as they lie where there is no git."""

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
    """Tracked Python files below a folder."""
    return [path for path in tracked() if path.endswith(".py") and path.startswith(under)]


def imports(path: str) -> set[str]:
    """Dotted names of the modules that a file imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found.add(node.module)
    return found
