"""Rules of the house about where things are and what may import what."""

import re

import pytest

from tests.repository.tree import APPS, PURE, ROOT, circles, graph, imports, modules, python_files, tracked

BANNED = re.compile(r"(^|/)(utils?|helpers?|common|misc)(\.py$|/)")
LAYERS = ("models", "actions", "queries", "forms", "views")
SUBJECTS = {
    "materiality": {
        *(
            "library",
            "drafts",
            "translations",
            "mappings",
            "indicators",
            "frameworks",
            "categories",
            "organisation",
            "proposals",
            "cycles",
            "stakeholders",
            "scores",
        ),
        *(
            "comparison",
            "method",
            "ranking",
            "review",
            "robustness",
            "why",
            "years",
            "people",
            "audit",
            "verification",
            "jobs",
            "tables",
            "site",
            "fields",
            "keys",
            "factors",
        ),
    },
    "surveys": {
        *("surveys", "plans", "questionnaire", "instrument", "profile", "invitations", "mailings", "responses"),
        *("imports", "matches", "paper", "fieldwork", "screening", "jobs", "verification"),
    },
    "reports": {"outputs", "outline", "index", "matrix", "tables"},
}
ROOT_FILES = {"__init__.py", "apps.py", "hooks.py", "tasks.py", "urls.py"}
ROOT_FILES_OF = {
    "materiality": {"settings.py", "environment.py", "celery.py", "wsgi.py"},
    "reports": {"outputs.py"},
}
# Within an app imports go from a higher number to a lower one, or stay on the floor.
RANKS = {
    "materiality": {
        **{"scoring": 0, "lineage": 0, "library_file": 0.5, "models": 1, "platform": 2, "drafts": 2.5, "queries": 3},
        **{"tables": 4, "formats": 5, "actions": 6, "forms": 7, "views": 8, "templatetags": 6, "management": 8},
    },
    "surveys": {
        **{"questionnaire": 0, "intake": 0.5, "matching": 0.7, "models": 1, "invitations": 2, "responses": 2.5},
        **{"queries": 3, "exports": 4, "paper": 4, "respond": 5, "actions": 6, "forms": 7, "views": 8},
        **{"templatetags": 6, "management": 8},
    },
    "reports": {
        **{"matrix": 0, "gri": 0, "outline": 0.5, "models": 1, "queries": 3, "documents": 4, "outputs": 5},
        **{"actions": 6, "forms": 7, "views": 8, "management": 8},
    },
}
# Modules that stand lower, or higher, than their folder, each with its reason.
LOW = {
    "materiality.celery": 0,  # knows the settings only
    "materiality.environment": 0,
    "materiality.platform.memory": 0,
    "materiality.platform.temporary": 0,
    "materiality.platform.bilingual": 0.9,  # columns of models are read through it
    "materiality.tables.read": 0,  # pure: bytes in, cells out
    "materiality.tables.records": 0,
    "materiality.tables.guards": 0,
    "materiality.tables.limited": 0,
    "materiality.tables.problems": 0,
    "materiality.tables.write": 0,
    "surveys.respond.keys": 2.1,  # which key opens what, for whoever reads what is sealed
    "surveys.respond.drafts": 2.2,  # numbers of answers in progress, for counting and queries
}
# Modules outside the layers that one other imports, each with its reason.
ALONE = {
    "materiality.environment": "settings read the environment, nothing else does",
    "materiality.hooks": "an app's declarations, read by its AppConfig",
    "surveys.hooks": "an app's declarations, read by its AppConfig",
    "materiality.formats.catalogues": "the columns of one kind of sheet",
    "materiality.formats.categories": "the columns of one kind of sheet",
    "materiality.formats.indicators": "the columns of two kinds of sheet",
    "materiality.formats.proposals": "the columns of one kind of sheet",
    "materiality.platform.memory": "what settings say to the system first",
    "materiality.platform.prepared": "all that needs psycopg, which SQLite does without",
    "materiality.platform.seats": "what a web process says to the system, tested by processes of its own",
    "materiality.platform.temporary": "a folder and a lock, taken when settings are read",
    "materiality.platform.uploads": "a step of reading every request, named in settings; a task forgets its counts",
    "reports.hooks": "an app's declarations, read by its AppConfig",
    "surveys.exports.spss": "a file format",
    "surveys.responses.errors": "a file format, loaded where a file has errors",
    "reports.documents.gri_index": "one file an output",
    "reports.documents.why": "one file an output",
}
THIRD_PARTY = re.compile(r"\.min\.(js|css)$|node_modules|\.(ttf|otf|ttc|woff2?)$")


@pytest.mark.parametrize(("app", "above"), [("materiality", ("surveys", "reports")), ("surveys", ("reports",))])
def test_apps_depend_one_way(app, above):
    wrong = [(path, name) for path in python_files(f"{app}/") for name in imports(path) if name.split(".")[0] in above]
    assert wrong == []


@pytest.mark.parametrize("package", PURE)
def test_pure_packages_import_no_django(package):
    files = python_files(package)
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


def test_drafts_of_respondents_are_read_in_their_room_only():
    """Answers in progress are the respondent's; staff code is told numbers by surveys/respond/drafts.py."""
    inside = ("surveys/respond/", "surveys/models/", "surveys/migrations/")
    others = [path for app in APPS for path in python_files(f"{app}/") if not path.startswith(inside)]
    assert [path for path in others if _names_drafts(path)] == []


def test_respondents_lean_on_no_staff_code():
    staff = re.compile(r"(materiality|surveys|reports)\.(actions|forms|views|resources)\b")
    assert [
        (path, name) for path in python_files("surveys/respond/") for name in imports(path) if staff.match(name)
    ] == []


def _names_drafts(path: str) -> bool:
    """Whether a file imports the model, or names it or its table in a text."""
    model = any(name.startswith("surveys.models") and name.endswith(".Draft") for name in imports(path))
    return model or bool(re.search(r"\bsurveys_draft\b|\bsurveys\.Draft\b", (ROOT / path).read_text("utf-8")))


def test_no_file_name_says_nothing():
    assert [path for path in tracked() if BANNED.search(path)] == []


def test_no_third_party_file_is_committed():
    assert [path for path in tracked() if THIRD_PARTY.search(path)] == []


def test_no_signals_and_no_logic_in_save():
    source = {path: (ROOT / path).read_text("utf-8") for app in APPS for path in python_files(f"{app}/")}
    wrong = [path for path, text in source.items() if "django.db.models.signals" in text or "def save(self" in text]
    assert wrong == []


def test_files_hold_at_most_600_lines():
    lines = {path: len((ROOT / path).read_text("utf-8").splitlines()) for path in python_files()}
    assert {path: number for path, number in lines.items() if number > 600 and "/migrations/" not in path} == {}


@pytest.mark.parametrize("app", APPS)
def test_layers_name_their_files_by_subject(app):
    """In every layer the same subject has the same name; a file without a subject has no place there."""
    files = [path for layer in LAYERS for path in python_files(f"{app}/{layer}/")]
    names = {path.rsplit("/", 1)[1].removesuffix(".py") for path in files} - {"__init__"}
    assert names - SUBJECTS[app] == set()


@pytest.mark.parametrize("app", APPS)
def test_root_of_an_app_holds_what_the_layout_names(app):
    names = {path.split("/")[1] for path in python_files(f"{app}/") if path.count("/") == 1}
    assert names - ROOT_FILES - ROOT_FILES_OF.get(app, set()) == set()


def test_no_import_circle():
    assert circles() == []


def test_layers_import_downwards():
    up = sorted(
        (name, other)
        for name, others in graph().items()
        for other in others
        if name.split(".")[0] == other.split(".")[0] and _rank(other) > _rank(name)
    )
    assert up == []


def test_module_that_one_other_imports_has_a_reason():
    importers: dict[str, set[str]] = {}
    for name, others in graph().items():
        for other in others:
            importers.setdefault(other, set()).add(name)
    outside = ("views", "models", "commands", "templatetags")
    single = {
        name
        for name, by in importers.items()
        if len(by) == 1 and not set(outside) & set(name.split(".")) and not modules()[name].endswith("__init__.py")
    }
    # A room of its own, as the subject has one in the other layers, or a pure module with tests of its own.
    assert {name for name in single if not _has_a_room(name)} == set()
    assert set(ALONE) <= single


def _has_a_room(name: str) -> bool:
    app, _, rest = name.partition(".")
    folder = rest.split(".")[0]
    return folder in LAYERS or f"{app}/{folder}" in PURE or name in ALONE


def _rank(name: str) -> float:
    """How high a module stands in its app; roots of the app stand above all."""
    app, *rest = name.split(".")
    if not rest or len(rest) == 1 and rest[0] not in RANKS[app]:
        return LOW.get(name, 9)
    return LOW.get(name, RANKS[app].get(rest[0], 9))


def test_top_level_is_the_agreed_one():
    agreed = {
        "manage.py", "pyproject.toml", "README.md", "materiality", "surveys", "reports", "tests", "fixtures",
        "Makefile", "Procfile", "docs", "deploy", "LICENSE",
    }  # fmt: skip
    top = {path.split("/")[0] for path in tracked()}
    assert {name for name in top if name not in agreed and not name.startswith((".", "requirements"))} == set()


STDLIB = set(__import__("sys").stdlib_module_names)
