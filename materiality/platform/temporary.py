"""Temporary files lie in the data folder, in a folder of each process; those of killed processes are swept."""

import atexit
import fcntl
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO

_MARK = ".alive"
_held: list[IO] = []


def use_temporary_folder(parent: Path) -> Path | None:
    """Sweep what dead processes left below `parent`, and have everything in this process use a new folder there.

    A process, with the children that it forks, holds a lock as long as it lives, whatever ends it; so this is right
    for containers that share a volume, too. None, and the system's folder as before, where the disk takes no folder.
    """
    try:
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (parent / ".lock").open("a") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            _sweep(parent)
            folder = Path(tempfile.mkdtemp(prefix="run-", dir=parent))
            _hold(folder)
    except OSError:
        return None
    tempfile.tempdir = str(folder)
    atexit.register(_remove, folder, os.getpid())
    return folder


def _sweep(parent: Path) -> None:
    # Whatever has no living owner: backups of before lay beside the folders of processes.
    for folder in parent.glob("*/"):
        try:
            with (folder / _MARK).open("a") as mark:
                fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        except OSError:
            pass
        shutil.rmtree(folder, ignore_errors=True)


def _hold(folder: Path) -> None:
    mark = (folder / _MARK).open("a")
    fcntl.flock(mark, fcntl.LOCK_EX)
    _held.append(mark)


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
