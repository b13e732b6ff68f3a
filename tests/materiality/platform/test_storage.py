"""Full, read-only and locked databases: what is said, and that respondents' pages go on."""

import errno
import sqlite3
import time

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client

from materiality.platform.storage import storage_trouble
from surveys.models import Draft, Response, Tally
from surveys.responses.tallies import in_passing
from tests.factories.people import log_in

pytestmark = pytest.mark.django_db
on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="a limit of SQLite")


@pytest.fixture
def no_room():
    """The database may not grow, as on a full disk."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count")
        usual = cursor.fetchone()[0]
        cursor.execute("PRAGMA max_page_count = 1")
        yield
        cursor.execute(f"PRAGMA max_page_count = {usual}")


@pytest.fixture
def read_only():
    """The database takes nothing at all."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        yield
        cursor.execute("PRAGMA query_only = OFF")


def caused(problem: BaseException, by: BaseException) -> BaseException:
    problem.__cause__ = by
    return problem


def sqlite_error(name: str) -> sqlite3.OperationalError:
    problem = sqlite3.OperationalError("words that differ from version to version")
    problem.sqlite_errorname = name
    return problem


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (OSError(errno.ENOSPC, "full"), 507),
        (OSError(errno.EROFS, "read-only"), 507),
        (OSError(errno.ENOENT, "no such file"), None),
        (sqlite_error("SQLITE_FULL"), 507),
        (sqlite_error("SQLITE_READONLY_DBMOVED"), 507),
        (sqlite_error("SQLITE_BUSY"), 503),
        (sqlite_error("SQLITE_ERROR"), None),
        (caused(ValueError(), by=sqlite_error("SQLITE_FULL")), 507),
        (caused(InterfaceError(), by=psycopg.InterfaceError("the connection is closed")), 503),
        (caused(OperationalError(), by=psycopg.OperationalError("server closed the connection unexpectedly")), 503),
        (psycopg.errors.CannotConnectNow(), 503),
        (psycopg.errors.AdminShutdown(), 503),
        (psycopg.errors.OutOfMemory(), None),
        (psycopg.errors.UndefinedTable(), None),
        (ValueError(), None),
        (None, None),
    ],
)
def test_trouble_is_known_by_its_error_at_the_bottom(problem, status):
    assert storage_trouble(problem) == status


@pytest.fixture
def respondent(plain_survey):
    """(survey's address, browser) with the first page seen and nothing begun."""
    return f"/s/{plain_survey.code}/", Client(raise_request_exception=False, headers={"accept-language": "en"})


def begin(address: str, browser: Client, **posted: str):
    return browser.post(address, {"group": "employees", "consent": "yes", "go": "start"} | posted)


@on_sqlite
def test_respondents_post_on_a_read_only_database_is_a_kind_507(respondent, read_only):
    address, browser = respondent
    response = begin(address, browser)
    assert (response.status_code, response["Retry-After"]) == (507, "60")
    html = response.content.decode()
    assert "There is no room to store anything at the moment" in html and "没有保存" in html
    assert "Traceback" not in html and "Error" not in html


@on_sqlite
def test_respondents_pages_answer_on_a_read_only_database_and_openings_are_kept(respondent, read_only):
    address, browser = respondent
    assert browser.get(address).status_code == 200 and browser.get(address).status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = OFF")
    assert in_passing.store() and Tally.objects.get(measure="opened").number == 2


@on_sqlite
@pytest.mark.django_db(transaction=True)
def test_answers_on_a_full_disk_are_refused_whole_and_taken_when_there_is_room(respondent, no_room):
    address, browser = respondent
    statuses = set()
    for _time in range(60):  # until the free space inside the file is used up
        statuses.add(begin(address, Client(raise_request_exception=False)).status_code)
    assert statuses == {303, 507}
    assert browser.get(address).status_code == 200
    begun = Draft.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1000000")
    assert begin(address, browser).status_code == 303
    assert Draft.objects.count() == begun + 1 and Response.objects.count() == 0


@on_sqlite
def test_staffs_post_on_a_read_only_database_is_a_507(read_only):
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = OFF")
    browser = Client(raise_request_exception=False)
    log_in(browser, "administrator")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
    sent = browser.post("/people/new/", {"username": "new", "first_name": "New", "role": "viewer"})
    assert (sent.status_code, browser.get("/people/").status_code) == (507, 200)


@on_sqlite
@pytest.mark.django_db(transaction=True)
def test_first_page_answers_at_once_while_another_holds_the_lock(respondent):
    address, browser = respondent
    browser.get(address)
    other = sqlite3.connect(connection.settings_dict["NAME"], uri=True, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        before = time.monotonic()
        assert browser.get(address).status_code == 200
        assert time.monotonic() - before < 2
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert in_passing.store() and Tally.objects.get(measure="opened").number == 2
