"""What is in memory, keys and answers too, is written nowhere when a process dies, and no other program of the same
account may read it.
"""

import ctypes
import resource
import sys

_PR_SET_DUMPABLE = 4


def close_memory() -> None:
    """For this process and those it forks; no file of memory (core) for the programs it starts either."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
