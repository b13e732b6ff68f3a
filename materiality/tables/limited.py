"""Reads an uploaded file in a process of its own, so that no file takes more time or memory than allowed."""

import contextlib
import faulthandler
import os
import pickle
import resource
import select
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from materiality.tables.problems import FileProblem

MEGABYTE = 1_000_000
SECONDS, MEGABYTES = 60, 2_000
Found = TypeVar("Found")


def within_limits(
    read: Callable[[], Found],
    seconds: int = 0,
    megabytes: int = 0,
    told: Callable[..., None] | None = None,
) -> Found:
    """What `read` returns or raises. FileProblem `too_slow`, `too_much_memory` where it needs more than that.

    A forked process, as a thread cannot be stopped and the reader, being no Python, heeds no signal while it works:
    `read` must neither touch the database nor wait for other threads. `megabytes` come on top of what is held already;
    `seconds` are of the processor, and three times as many on the clock; SECONDS and MEGABYTES unless given. `told` is
    called, here, with whatever the reading says by `tell`.
    """
    seconds, megabytes = seconds or SECONDS, megabytes or MEGABYTES
    receiving, sending = os.pipe()
    child = os.fork()
    if not child:
        os.close(receiving)
        _work(read, sending, seconds, megabytes)
    os.close(sending)
    answer, status = _heard(child, receiving, seconds, told)
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        raise FileProblem("too_slow", limit=seconds)
    if status or answer is None:
        raise FileProblem("too_much_memory", limit=megabytes)  # the reader gives up as soon as it gets none
    is_good, found = answer
    if is_good:
        return found
    raise found


def _heard(child: int, pipe: int, seconds: int, told: Callable[..., None] | None) -> tuple[Any, int]:
    """The answer and the exit status of the child, which is gone afterwards, whatever happens."""
    answer, status = None, None
    try:
        for is_answer, said in _said(pipe, seconds):
            if is_answer:
                answer = said
            elif told:
                told(*said)
        status = _ended(child)
    finally:
        os.close(pipe)
        if status is None:
            os.kill(child, signal.SIGKILL)
            _ended(child)
    return answer, status


_to_parent: BinaryIO | None = None


def tell(*said: object) -> None:
    """Say something on the way, from within `within_limits`: how many rows are read by now."""
    if _to_parent:
        _say(False, said)


def _say(is_answer: bool, said: object) -> None:
    message = pickle.dumps((is_answer, said), pickle.HIGHEST_PROTOCOL)
    _to_parent.write(len(message).to_bytes(8, "big") + message)
    _to_parent.flush()


def _ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _said(pipe: int, seconds: int) -> Iterator[tuple[bool, Any]]:
    """All that the process says until it ends. FileProblem where it is still at it when its time is over."""
    held, until = bytearray(), time.monotonic() + 3 * seconds
    while select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0]:
        piece = os.read(pipe, 1 << 20)
        if not piece:
            return
        held += piece
        while len(held) >= 8 and len(held) >= (end := 8 + int.from_bytes(held[:8], "big")):
            yield pickle.loads(held[8:end])
            del held[:end]
    raise FileProblem("too_slow", limit=seconds)


def _work(read: Callable[[], Any], sending: int, seconds: int, megabytes: int) -> None:
    """The life of the child, which ends here: nothing that belongs to its parent is closed or flushed."""
    global _to_parent
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
        _to_parent = os.fdopen(sending, "wb")
        _say(True, _outcome(read))
        status = 0
    os._exit(status)


def _outcome(read: Callable[[], Any]) -> tuple[bool, Any]:
    try:
        return True, read()
    except MemoryError:
        raise
    except Exception as error:
        return False, error
