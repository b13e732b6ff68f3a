"""Commands of an installation without the cost of starting Python for each. One process has the libraries and splits
itself for every installation; the new one has Django and the apps ready and splits itself for every command, which then
runs `manage.py` or `celery` as anybody would, in a process group of its own, and ends without taking down one by one
what was made ready for it.
"""

import atexit
import gc
import json
import os
import pkgutil
import runpy
import select
import socket
import subprocess
import sys
import tempfile
import traceback
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

ROOT = Path(__file__).resolve().parents[2]
MODULE = "tests.services.commands"
# What needs no settings and takes long to import, and what programs import only when they know their arguments.
LIBRARIES = (
    "celery.apps.beat", "celery.apps.worker", "celery.bin.celery", "django.core.management.commands.shell",
    "django.forms", "django.test", "environs", "fido2.server", "import_export.resources", "kombu.transport.redis",
    "numpy", "openpyxl", "psycopg",
)  # fmt: skip


class Command:
    """A command that runs or has run, with what tests ask of a `subprocess.Popen`."""

    def __init__(self, told: int) -> None:
        self._told = os.fdopen(told, "rb")
        self.pid = int(self._told.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit code; None while it runs."""
        if self.returncode is None and _readable(self._told, 0):
            self.wait()
        return self.returncode

    def wait(self, timeout: float = 120) -> int:
        if self.returncode is None:
            if not _readable(self._told, timeout):
                raise subprocess.TimeoutExpired(f"command {self.pid}", timeout)
            with self._told:
                self.returncode = int(self._told.readline())
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


def _readable(stream: BinaryIO, seconds: float) -> bool:
    return bool(select.select([stream], [], [], seconds)[0])


class Commands:
    """Starts commands in an environment; its process ends with it."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._here, there = socket.socketpair()
        with there:
            _send(_libraries()[1], environment, there.fileno())

    def start(self, arguments: tuple[str, ...], out: BinaryIO, err: BinaryIO) -> Command:
        told, tell = os.pipe()
        try:
            _send(self._here, arguments, out.fileno(), err.fileno(), tell)
        finally:
            os.close(tell)
        return Command(told)

    def close(self) -> None:
        with self._here:
            self._here.shutdown(socket.SHUT_WR)
            _readable(self._here, 10)  # until its process has gone, too


@cache
def _libraries() -> tuple[subprocess.Popen, socket.socket]:
    """The process that has the libraries, and the line to it; it ends with this process."""
    here, there = socket.socketpair()
    with there:
        command = [sys.executable, "-m", MODULE, str(there.fileno())]
        return subprocess.Popen(command, cwd=ROOT, pass_fds=[there.fileno()], stdin=subprocess.DEVNULL), here


def _send(there: socket.socket, what: object, *files: int) -> None:
    contents = json.dumps(what).encode()
    socket.send_fds(there, [len(contents).to_bytes(4, "big")], files)
    there.sendall(contents)


def split(here: socket.socket) -> tuple[Any, list[int]]:
    """Wait for what is sent and split; returns in the new process, with what was sent and the files that came along."""
    running: set[int] = set()
    while True:
        size, files, _flags, _address = socket.recv_fds(here, 4, 3)
        running = {pid for pid in running if os.waitpid(pid, os.WNOHANG) == (0, 0)}
        if not size:
            os._exit(0)
        sent = json.loads(here.recv(int.from_bytes(size, "big"), socket.MSG_WAITALL))
        pid = os.fork()
        if pid == 0:
            here.close()
            return sent, files
        running.add(pid)
        for file in files:
            os.close(file)


def _watched(arguments: list[str], out: int, err: int, tell: int) -> list[str]:
    """Split once more: one process tells how the other ended."""
    command = os.fork()
    if command:
        for file in (out, err):
            os.close(file)
        os.write(tell, b"%d\n" % command)
        code = os.waitstatus_to_exitcode(os.waitpid(command, 0)[1])
        os.write(tell, b"%d\n" % code)
        os._exit(0)
    os.setsid()
    os.dup2(out, 1)
    os.dup2(err, 2)
    for file in (out, err, tell):
        os.close(file)
    return arguments


def get_ready() -> None:
    """Import what commands would import, as `manage.py` would begin; no connection is opened."""
    import django
    from django.apps import apps
    from django.conf import settings

    manage = import_module("manage")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "materiality.settings")
    os.environ.setdefault("YITI_LANGUAGE", manage.terminal_language())
    django.setup()
    import_module(settings.ROOT_URLCONF)
    for app in apps.get_app_configs():
        folder = Path(app.path) / "management" / "commands"
        for found in pkgutil.iter_modules([str(folder)]) if ROOT in folder.parents else ():
            import_module(f"{app.name}.management.commands.{found.name}")


def run(program: str) -> int:
    """Run the program with the arguments of the process; the exit code that Python would give it."""
    try:
        if program == "celery":
            runpy.run_module(program, run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(str(ROOT / program), run_name="__main__")
    except SystemExit as asked:
        if asked.code is None or isinstance(asked.code, int):
            return asked.code or 0
        print(asked.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def leave(code: int) -> NoReturn:
    """End as Python does, up to the freeing of all modules, which takes ten times as long as most commands."""
    from django.db import connections

    connections.close_all()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    for library in LIBRARIES:
        import_module(library)
    gc.freeze()
    environment, lines = split(socket.socket(fileno=int(sys.argv[1])))
    os.environ.clear()
    os.environ.update(environment)
    get_ready()
    gc.freeze()
    command, outputs = split(socket.socket(fileno=lines[0]))
    sys.argv = _watched(command, *outputs)
    sys.path[0] = str(ROOT)
    # The folder of the process that was split may have gone with the data that a test put back.
    os.makedirs(tempfile.gettempdir(), exist_ok=True)
    leave(run(sys.argv[0]))
