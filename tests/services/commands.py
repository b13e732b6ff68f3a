"""Commands of an installation without the cost of starting Python for each: one process has Django and the apps ready
and splits itself for every command, which then runs `manage.py` or `celery` as anybody would, in a process group of its
own, and ends without taking down one by one what was made ready for it.
"""

import atexit
import gc
import os
import pkgutil
import runpy
import select
import socket
import subprocess
import sys
import tempfile
import traceback
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, NoReturn

ROOT = Path(__file__).resolve().parents[2]
MODULE = "tests.services.commands"
# What programs import only when they know their arguments.
LATE = ("celery.bin.celery", "celery.apps.worker", "celery.apps.beat", "django.core.management.commands.shell")


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
            self._process = subprocess.Popen(
                [sys.executable, "-m", MODULE, str(there.fileno())],
                cwd=ROOT, env=environment, pass_fds=[there.fileno()], stdin=subprocess.DEVNULL,
            )  # fmt: skip

    def start(self, arguments: tuple[str, ...], out: BinaryIO, err: BinaryIO) -> Command:
        contents = "\0".join(arguments).encode()
        told, tell = os.pipe()
        try:
            socket.send_fds(self._here, [len(contents).to_bytes(4, "big")], [out.fileno(), err.fileno(), tell])
            self._here.sendall(contents)
        finally:
            os.close(tell)
        return Command(told)

    def close(self) -> None:
        self._here.close()
        self._process.wait(10)


def serve(here: socket.socket) -> list[str]:
    """Wait for commands and split; returns in the process of a command, with its arguments."""
    running: set[int] = set()
    while True:
        size, files, _flags, _address = socket.recv_fds(here, 4, 3)
        running = {pid for pid in running if os.waitpid(pid, os.WNOHANG) == (0, 0)}
        if not size:
            os._exit(0)
        arguments = here.recv(int.from_bytes(size, "big"), socket.MSG_WAITALL).decode().split("\0")
        pid = os.fork()
        if pid == 0:
            here.close()
            return _watched(arguments, *files)
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
    for name in LATE:
        import_module(name)


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
    with socket.socket(fileno=int(sys.argv[1])) as commands:
        get_ready()
        gc.freeze()
        sys.argv = serve(commands)
    sys.path[0] = str(ROOT)
    # The folder of the process that was split may have gone with the data that a test put back.
    os.makedirs(tempfile.gettempdir(), exist_ok=True)
    leave(run(sys.argv[0]))
