"""Reads an uploaded file in a process of its own, so that no file takes more time or memory than allowed."""

import contextlib
import faulthandler
import os
import pickle
import resource
import select
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from materiality.tables.problems import FileProblem

MEGABYTE = 1_000_000
SECONDS, MEGABYTES = 60, 2_000
Found = TypeVar("Found")


def within_limits(read: Callable[[], Found], seconds: int = SECONDS, megabytes: int = MEGABYTES) -> Found:
    """What `read` returns or raises. FileProblem `too_slow`, `too_much_memory` where it needs more than that.

    A forked process, as a thread cannot be stopped and the reader, being no Python, heeds no signal while it works:
    `read` must neither touch the database nor wait for other threads. `megabytes` come on top of what is held already;
    `seconds` are of the processor, and three times as many on the clock.
    """
    receiving, sending = os.pipe()
    child = os.fork()
    if not child:
        os.close(receiving)
        _work(read, sending, seconds, megabytes)
    os.close(sending)
    with os.fdopen(receiving, "rb") as answer:
        told = _told(answer.fileno(), time.monotonic() + 3 * seconds)
    if told is None:
        os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if told is None or status in (-signal.SIGXCPU, -signal.SIGKILL):
        raise FileProblem("too_slow", limit=seconds)
    if status:
        raise FileProblem("too_much_memory", limit=megabytes)  # the reader gives up as soon as it gets none
    is_good, found = pickle.loads(told)
    if is_good:
        return found
    raise found


def _told(pipe: int, until: float) -> bytes | None:
    """Everything that the process says; None where it is still at it when its time is over."""
    pieces = []
    while True:
        if not select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]:
            return None
        piece = os.read(pipe, 1 << 20)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)


def _work(read: Callable[[], Any], sending: int, seconds: int, megabytes: int) -> None:
    """The life of the child, which ends here: nothing that belongs to its parent is closed or flushed."""
    status = 1
    with contextlib.suppress(BaseException):
        faulthandler.disable()
        signal.signal(signal.SIGXCPU, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # an allocation that fails says so on stderr, at length
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        with contextlib.suppress(OSError, ValueError):  # systems without /proc, or that do not limit memory
            held = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
            resource.setrlimit(resource.RLIMIT_AS, (held + megabytes * MEGABYTE,) * 2)
        told = pickle.dumps(_outcome(read), pickle.HIGHEST_PROTOCOL)
        with os.fdopen(sending, "wb") as answer:
            answer.write(told)
        status = 0
    os._exit(status)


def _outcome(read: Callable[[], Any]) -> tuple[bool, Any]:
    try:
        return True, read()
    except MemoryError:
        raise
    except Exception as error:
        return False, error
