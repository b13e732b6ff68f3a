"""A web process keeps to a processor of its own.

Its threads hand each request on to one another, and Python runs one of them at a time. Left alone, the system wakes
each on the other processor, whose caches are cold: a fifth of what a request costs.
"""

import os
import socket
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from zlib import crc32

# What a seat is called: a name that one process of a machine may have.
NAME = "yiti-processor-{}"
_CORES = "/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list"
_held: list[socket.socket] = []


def take_seat() -> int | None:
    """Keep all threads of this process, and those to come, to the first processor that no other process has taken.

    Its number; None, and all as before, without a free one, with one processor only, and on other systems than Linux.
    It is free again when the process has died, whatever ends it. What the process starts would be kept there, too.
    """
    if sys.platform != "linux" or len(allowed := sorted(os.sched_getaffinity(0))) < 2:
        return None
    # Containers do not see each other's seats: each begins elsewhere.
    first = crc32(socket.gethostname().encode()) % len(allowed)
    for processor in in_order(allowed, _core, first):
        seat = socket.socket(socket.AF_UNIX)
        try:
            # In no folder: no installation sees another's data, and a file would outlive who has made it.
            seat.bind("\0" + NAME.format(processor))
            _keep_to(processor)
        except OSError:  # another has it, or the system does not let us
            seat.close()
            continue
        _held.append(seat)
        return processor
    return None


def in_order(processors: Sequence[int], core: Callable[[int], str], first: int) -> list[int]:
    """One processor of each core before all second ones (hyper-threads share a core), from the place `first` on."""
    rank: dict[int, int] = {}
    on_core: Counter[str] = Counter()
    for processor in [*processors[first:], *processors[:first]]:
        name = core(processor)
        on_core[name] += 1
        rank[processor] = on_core[name]
    return sorted(rank, key=rank.__getitem__)


def _core(processor: int) -> str:
    with suppress(OSError):
        return Path(_CORES.format(processor)).read_text("utf-8")
    return str(processor)


def _keep_to(processor: int) -> None:
    for thread in os.listdir("/proc/self/task"):
        with suppress(ProcessLookupError):  # it has ended since
            os.sched_setaffinity(int(thread), {processor})
