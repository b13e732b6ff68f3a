"""One commit for all who wait to write: SQLite has one writer at a time, and each commit waits for the disk.

Of many that write at once each had to be given the lock, to come to run, and to wait for the disk by itself. Here those
of a process put what they write into one transaction, whichever of them gets to it first, and the processes queue.
On PostgreSQL, which does the like, everybody writes for themselves.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, NotSupportedError, connections, transaction

from materiality.platform.statements import changed
from materiality.platform.storage import storage_trouble

Found = TypeVar("Found")
_PATIENCE = 20.0


def committed(job: Callable[[], Found]) -> Found:
    """What the job gives, once all that it has written is committed; nothing of it is, where it raises.

    Another thread may do it, over its connection, and do it again where a job beside it raises: let it do nothing but
    read and write rows.
    """
    if _shares_commits():
        return _writers.committed(job)
    try:
        with transaction.atomic():
            return job()
    except NotSupportedError:  # of statements that were prepared before a migration; no more are left of them
        if connections[DEFAULT_DB_ALIAS].in_atomic_block:
            raise
        with transaction.atomic():
            return job()


def changed_for_good(sql: str, values: Sequence[object]) -> int:
    """The same for one statement; how many rows it wrote."""
    if not _shares_commits():
        return changed(sql, values)
    return _writers.committed(lambda: changed(sql, values), is_one=True)


def _shares_commits() -> bool:
    own = connections[DEFAULT_DB_ALIAS]
    return own.vendor == "sqlite" and not own.in_atomic_block and not own.is_in_memory_db()


class _Waiting:
    """A job until it is done; `woken` is held until it is, or until its thread has to do all that wait by then."""

    def __init__(self, job: Callable[[], Any], is_one: bool) -> None:
        self.job, self.is_one, self.woken = job, is_one, Lock()
        self.woken.acquire()
        self.is_done, self.found, self.problem = False, None, None


class _Writers:
    """The threads of a process that write."""

    def __init__(self) -> None:
        self._lock, self._waiting, self._busy = Lock(), [], False

    def committed(self, job: Callable[[], Found], *, is_one: bool = False) -> Found:
        """`is_one`: the job is one statement, which needs no transaction around it where it waits by itself."""
        own = _Waiting(job, is_one)
        with self._lock:
            self._waiting.append(own)
            has_to_wait, self._busy = self._busy, True
        if has_to_wait:
            own.woken.acquire()
        if not own.is_done:
            self._commit_all()
        if own.problem is not None:
            raise own.problem
        return own.found

    def _commit_all(self) -> None:
        with self._lock:
            taken, self._waiting = self._waiting, []
        try:
            _commit(taken)
        except BaseException as problem:  # where it could not even be seen what the matter was, nobody waits forever
            for each in taken:
                if not each.is_done:
                    each.problem, each.is_done = problem, True
        finally:
            with self._lock:
                following = self._waiting[:1]
                self._busy = bool(following)
            for each in (*taken, *following):
                each.woken.release()


_writers = _Writers()


def _commit(jobs: list[_Waiting]) -> None:
    """All in one transaction; where one raises, each in its own, so that it alone learns of it. None tries again what
    the disk or the lock refused to all.
    """
    try:
        alone = len(jobs) == 1 and jobs[0].is_one
        with in_turn(f"{settings.DATA}/turn"), nullcontext() if alone else transaction.atomic():
            for each in jobs:
                each.found = each.job()
    except BaseException as problem:
        if len(jobs) > 1 and not storage_trouble(problem):
            for each in jobs:
                _commit([each])
            return
        for each in jobs:
            each.problem = problem
    for each in jobs:
        each.is_done = True


@contextmanager
def in_turn(path: str | Path, patience: float = _PATIENCE) -> Iterator[None]:
    """One after the other, among all who name this file; who waited longer than `patience` seconds, or cannot open it,
    goes on beside: those before are held up by something else, for which nobody shall wait twice.
    """
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield
        return
    try:
        begun = time.monotonic()
        fcntl.flock(file, fcntl.LOCK_EX)
        if time.monotonic() - begun > patience:
            fcntl.flock(file, fcntl.LOCK_UN)
        yield
    finally:
        os.close(file)
