"""What every test needs."""

import gc
import os
from collections.abc import Iterator
from importlib import import_module
from itertools import chain
from pathlib import Path

import pytest
import pytest_django.fixtures
from django.core.management import call_command
from django.db import connection
from django.test import TestCase
from django.utils import translation
from hypothesis import HealthCheck, settings
from pytest_django.plugin import blocking_manager_key

from materiality.models import Edition
from surveys.models import Survey
from surveys.queries.questionnaire import questionnaire_of
from tests.browser.chromium import chromium  # noqa: F401 - a fixture for all folders
from tests.factories import kept
from tests.tables import MAKERS, SharedRows, Tables

append_only = import_module("materiality.migrations.0005_audit_rows")
editions_keep = import_module("materiality.migrations.0006_editions_keep")


# How long an example takes says something about the machine's load.
settings.register_profile("tests", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")
HEAVY = os.environ.get("YITI_TEST_EXAMPLES") == "heavy"


@pytest.fixture(scope="session")
def tables(request) -> Tables:
    return Tables(request.config.cache.mkdir("yiti-tables"))


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_modify_db_settings, tables):
    """pytest-django's, which finds nothing to migrate where the tables are kept from before."""
    if connection.vendor != "sqlite":
        return request.getfixturevalue("migrated_database")
    with tables.one_at_a_time():
        held = tables.fill(connection.creation._get_test_db_name())
        request.getfixturevalue("migrated_database")
        if held is None:
            with request.getfixturevalue("django_db_blocker").unblock():
                if not connection.introspection.table_names():
                    call_command("migrate", verbosity=0)  # no test of the selection has the tables in its own process
                tables.keep(connection.connection)
        else:
            held.close()


# Under its own name beside the fixture above, which stands in its place.
migrated_database = pytest_django.fixtures.django_db_setup


@pytest.fixture(scope="session")
def sqlite_tables(django_db_setup, tables) -> Path:
    """A migrated SQLite file: copying it takes no time, migrating takes seconds."""
    return tables.file


shared = SharedRows()


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef, request):
    """Before the transaction of a test is begun, the rows that it asks for are put beneath it."""
    is_class = fixturedef.argname == "_django_setup_unittest" and issubclass(request.cls or object, TestCase)
    if is_class:  # its transaction is begun before the fixtures of its tests are asked for
        request.getfixturevalue("django_db_setup")
    if is_class or fixturedef.argname == "_django_db_helper":
        wanted = [name for name in MAKERS if name in request.fixturenames]
        assert len(wanted) < 2, f"one of {wanted} would not be there"
        with request.getfixturevalue("django_db_blocker").unblock():
            shared.put(*wanted or [""])
            kept.begin(*wanted or [""])
    return (yield)


def _rows(name: str) -> None:
    """Where nothing was put beneath the test, its own transaction holds the rows."""
    if connection.vendor != "sqlite":
        MAKERS[name]()


@pytest.fixture
def library_rows(db):
    """The default library, in force."""
    _rows("library_rows")


@pytest.fixture
def demo_rows(db):
    """The cycle "demo" on the default library, with an outline and a run of 120 responses."""
    _rows("demo_rows")


@pytest.fixture
def own_list_rows(db):
    """The first draft of an installation with a list of its own, OWN_LIST."""
    _rows("own_list_rows")


@pytest.fixture
def plain_draft(db):
    """A draft of a small library (see make_draft_edition), which is in force."""
    _rows("plain_draft")
    return Edition.objects.select_related("based_on").get(state=Edition.State.DRAFT)


@pytest.fixture
def plain_survey(db):
    """A survey that takes answers: 17 issues, two groups; nobody has answered yet."""
    _rows("plain_survey")
    questionnaire_of.cache_clear()  # it is known by key and time of opening, which are the same for every test
    return Survey.objects.select_related("cycle").get()


@pytest.fixture(autouse=True)
def settings_language():
    """A request leaves its language active in its thread; no test may depend on which one ran before."""
    translation.deactivate()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """After a test with transactions of its own all tables are emptied, which triggers refuse."""
    marker = item.get_closest_marker("django_db")
    empties = marker is not None and marker.kwargs.get("transaction")
    if not (empties or {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))):
        return (yield)
    for keeper in (append_only, editions_keep):
        _with_schema_editor(item, keeper.drop_triggers)
    try:
        return (yield)
    finally:
        shared.below = None
        # After the last test the tables are gone, too.
        for keeper in (append_only, editions_keep) if nextitem else ():
            _with_schema_editor(item, keeper.add_triggers)


def _with_schema_editor(item, change) -> None:
    with item.config.stash[blocking_manager_key].unblock(), connection.schema_editor() as editor:
        change(None, editor)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In an order in which no process waits at the end, nor all at once; Hypothesis with fewer examples."""
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    items[:] = chain.from_iterable(_spread(list(files.values())))
    # Each function once, of however many items it is; methods lie in their classes.
    tests = {getattr(item.obj, "__func__", item.obj) for item in items if isinstance(item, pytest.Function)}
    for test in tests:
        _choose_examples(test)


def _spread(files: list[list[pytest.Item]]) -> Iterator[list[pytest.Item]]:
    """Files of installations and browsers, which wait half of their time, among those that only count, which are done
    one after the other while the former wait. The longest of both kinds come first, those of installations above all;
    the last quarter counts only.
    """
    waiting = [file for file in files if any(map(file[0].get_closest_marker, WAITING))]
    counting = [file for file in files if file not in waiting]
    waiting.sort(key=lambda file: [not file[0].get_closest_marker(name) for name in WAITING])
    counting.sort(key=_length, reverse=True)
    step, passed = 0.75 * sum(map(_length, counting)) / max(len(waiting), 1), 0.0
    for file in counting:
        while waiting and passed >= 0:
            yield waiting.pop(0)
            passed -= step
        yield file
        passed += _length(file)
    yield from waiting


WAITING = ("services", "browser")


def _length(file: list[pytest.Item]) -> float:
    """About how many seconds the tests of a file take: a tenth where they ask for the database, else a hundredth."""
    return sum(0.1 if "db" in item.fixturenames or item.get_closest_marker("django_db") else 0.01 for item in file)


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end; looking through it again and again for garbage takes time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _choose_examples(test) -> None:
    """Give a property a part or a multiple of the examples that it names; Hypothesis has no public way to do so."""
    chosen = getattr(test, "_hypothesis_internal_use_settings", None)
    if chosen is not None:
        number = chosen.max_examples
        number = 10 * number if HEAVY else max(min(number, 12), number // 6)
        test._hypothesis_internal_use_settings = settings(chosen, max_examples=number)
