"""Many who write at once put it into few commits, and each learns of its own alone."""

import pytest

pytestmark = pytest.mark.services
THREADS = 24

_WRITE = """
import json
from threading import Barrier, Thread
from django.db import connection
from materiality.models import KeyCheck
from materiality.platform.commits import changed_for_good, committed
from materiality.platform.statements import changed
ADD = "INSERT INTO materiality_keycheck (purpose, fingerprint, created_at) VALUES (%s, %s, '2026-01-01 00:00:00')"
changed_for_good(ADD, ["taken", ""])
found, start = {}, Barrier(THREADS)
def job(number):
    changed(ADD, [f"of {number}", ""])
    if number % 5 == 0:
        raise ValueError(number)
    if number % 7 == 0:
        changed(ADD, ["taken", ""])
    return number
def write(number):
    start.wait()
    try:
        found[number] = committed(lambda: job(number))
        changed_for_good("UPDATE materiality_keycheck SET fingerprint = 'again' WHERE purpose = %s", [f"of {number}"])
    except Exception as problem:
        found[number] = type(problem).__name__
    finally:
        connection.close()
threads = [Thread(target=write, args=(number,)) for number in range(THREADS)]
for each in threads:
    each.start()
for each in threads:
    each.join()
rows = KeyCheck.objects.filter(purpose__startswith="of ", fingerprint="again").values_list("purpose", flat=True)
print(json.dumps([sorted(found.items()), sorted(rows)]))
"""


def test_each_of_many_writers_gets_what_it_wrote_or_why_it_did_not(installation):
    found, stored = installation.python(f"THREADS = {THREADS}\n{_WRITE}")
    expected = {
        number: "ValueError" if number % 5 == 0 else "IntegrityError" if number % 7 == 0 else number
        for number in range(THREADS)
    }
    assert dict(found) == expected
    assert stored == sorted(f"of {number}" for number, given in expected.items() if given == number)


_BREAK = """
import json, sqlite3, time
from threading import Thread
from django.db import connection
from materiality.platform.commits import committed
class Unknowable(sqlite3.OperationalError):
    @property
    def sqlite_errorname(self):
        raise MemoryError
def unknowable():
    raise Unknowable
found = []
def write(job):
    try:
        found.append(committed(job))
    except BaseException as problem:
        found.append(type(problem).__name__)
    finally:
        connection.close()
# While the first sleeps, the others gather behind it.
jobs = [lambda: time.sleep(2), unknowable, lambda: 1, lambda: 2]
threads = [Thread(target=write, args=(job,), daemon=True) for job in jobs]
for each in threads:
    each.start()
    time.sleep(0.2)
for each in threads:
    each.join(20)
last = Thread(target=write, args=(lambda: 3,), daemon=True)
last.start()
last.join(20)
print(json.dumps([connection.vendor, found]))
"""


def test_no_writer_waits_forever_for_one_who_could_not_even_tell_what_went_wrong(installation):
    vendor, found = installation.python(_BREAK)
    if vendor == "sqlite":
        assert found == [None, "MemoryError", "MemoryError", "MemoryError", 3]
    else:
        assert sorted(found, key=str) == [1, 2, 3, None, "Unknowable"]
