"""Rules of the house about where things are and what may import what."""

import re

import pytest

from tests.repository.tree import APPS, PURE, ROOT, imports, python_files, tracked

BANNED = re.compile(r"(^|/)(utils?|helpers?|common|misc)(\.py$|/)")
THIRD_PARTY = re.compile(r"\.min\.(js|css)$|node_modules|\.(ttf|otf|ttc|woff2?)$")


@pytest.mark.parametrize(("app", "above"), [("materiality", ("surveys", "reports")), ("surveys", ("reports",))])
def test_apps_depend_one_way(app, above):
    wrong = [(path, name) for path in python_files(f"{app}/") for name in imports(path) if name.split(".")[0] in above]
    assert wrong == []


@pytest.mark.parametrize("package", PURE)
def test_pure_packages_import_no_django(package):
    files = python_files(f"{package}/")
    wrong = [(path, name) for path in files for name in imports(path) if name.split(".")[0] in ("django", "celery")]
    assert files and wrong == []


def test_scoring_imports_only_numpy_and_itself():
    allowed = {"numpy", "materiality"}
    outside = {
        name
        for path in python_files("materiality/scoring/")
        for name in imports(path)
        if name.split(".")[0] not in allowed | STDLIB
    }
    assert outside == set()


def test_no_file_name_says_nothing():
    assert [path for path in tracked() if BANNED.search(path)] == []


def test_no_third_party_file_is_committed():
    assert [path for path in tracked() if THIRD_PARTY.search(path)] == []


def test_no_signals_and_no_logic_in_save():
    source = {path: (ROOT / path).read_text("utf-8") for app in APPS for path in python_files(f"{app}/")}
    wrong = [path for path, text in source.items() if "django.db.models.signals" in text or "def save(self" in text]
    assert wrong == []


def test_files_stay_small():
    long = {
        path: lines
        for path in python_files()
        if "/migrations/" not in path and (lines := len((ROOT / path).read_text("utf-8").splitlines())) > 250
    }
    assert long == {}


def test_actions_hold_one_public_function_named_after_the_file():
    for app in APPS:
        for path in python_files(f"{app}/actions/"):
            name = path.rsplit("/", 1)[1].removesuffix(".py")
            if name != "__init__":
                public = re.findall(r"^def ([a-z]\w*)\(", (ROOT / path).read_text("utf-8"), re.M)
                assert public == [name], path


def test_top_level_is_the_agreed_one():
    agreed = {
        "manage.py", "pyproject.toml", "README.md", "materiality", "surveys", "reports", "tests", "fixtures",
        "Makefile", "Procfile", "docs", "deploy", "LICENSE",
    }  # fmt: skip
    top = {path.split("/")[0] for path in tracked()}
    assert {name for name in top if name not in agreed and not name.startswith((".", "requirements"))} == set()


STDLIB = set(__import__("sys").stdlib_module_names)
