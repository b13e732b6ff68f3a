"""The processes of the Procfile: each is started again when it ends, until Ctrl-C or SIGTERM ends them all."""

import ctypes
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

LOOK = 0.1
# Service is to be back within 10 s however often something dies, and web needs 2 s to start.
PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0)  # seconds before a process is started again, the longer the more often it ended
STEADY = 20.0  # who ran so many seconds starts with the first pause again
# Each has a worker that listens for itself on the same port: while one comes back the other answers.
COPIES = {"web": 2}
# Where the data folder takes no socket: it is full or read-only, or its path is longer than an address may be.
ELSEWHERE = Path("/tmp")
GRACE = 10.0  # so many seconds between the wish to end and the end
_PR_SET_PDEATHSIG = 1


def read_procfile(text: str) -> dict[str, str]:
    """Name → shell command of every line `name: command`; ValueError for a line that is none."""
    commands = {}
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, colon, command = line.partition(":")
        if not (colon and name.strip() and command.strip()):
            raise ValueError(f"Procfile: “{line}” is no “name: command”")
        commands[name.strip()] = command.strip()
    return commands


class Supervised:
    """One process: running, or waiting for the end of its pause."""

    def __init__(self, name: str, command: str) -> None:
        self.name, self.command = name, command
        self.process: subprocess.Popen | None = None
        self.ends = 0
        self.started = self.due = 0.0

    def start(self) -> None:
        """In a group of its own, so that a terminal's Ctrl-C reaches only the supervisor, who ends all in order.

        Not in a session of its own: Linux shares processors out among sessions first, and `nice` counts within one.
        """
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            ["sh", "-c", self.command], stdin=subprocess.DEVNULL, process_group=0, preexec_fn=_end_with_parent
        )

    def look(self) -> str:
        """Start what is due, note what has ended; what happened, in words, or nothing."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.start()
            return ""
        code = self.process.poll()
        if code is None:
            return ""
        self.kill()
        self.process = None
        if now - self.started >= STEADY:
            self.ends = 0
        pause = PAUSES[min(self.ends, len(PAUSES) - 1)]
        self.ends += 1
        self.due = now + pause
        return f"{self.name} ended ({_how(code)}) and is started again in {pause:g} s."

    def terminate(self) -> None:
        """Ask the process to end; its children are its own affair."""
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def kill(self) -> None:
        """End the whole group: workers of a killed master would keep its port, or its jobs."""
        if self.process:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Keeps processes running until it is told to stop."""

    def __init__(self, commands: dict[str, str], say=print) -> None:
        self.all = [
            Supervised(name, command) for name, command in commands.items() for _copy in range(COPIES.get(name, 1))
        ]
        self.say = say
        self.stopping = 0

    def run(self) -> None:
        """Return once SIGINT, SIGTERM or SIGHUP came and every process has ended; a second one hastens the end."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._stop)
        try:
            while not self.stopping:
                for one in self.all:
                    if happened := one.look():
                        self.say(happened)
                time.sleep(LOOK)
        finally:
            self._end()

    def _stop(self, number: int, frame: object) -> None:
        self.stopping += 1

    def _end(self) -> None:
        asked = self.stopping
        for one in self.all:
            one.terminate()
        last = time.monotonic() + GRACE
        while any(one.running for one in self.all) and time.monotonic() < last and self.stopping == asked:
            time.sleep(LOOK)
        for one in self.all:
            one.kill()


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"status {code}"


def _end_with_parent() -> None:
    """On Linux a process is asked to end when its supervisor is killed, so that none is left behind."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def staff_socket() -> str:
    """Where processes for staff can listen, in a folder that is ours alone; empty where no folder takes a socket."""
    number = hashlib.sha256(str(settings.DATA).encode()).hexdigest()[:16]
    # The first is swept when its process has died, the second is the same each time: neither piles up.
    for folder in filter(None, (settings.FILE_UPLOAD_TEMP_DIR, ELSEWHERE / f"yiti-{number}")):
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            path = folder / f"staff-{os.environ.get('PORT', '')}.sock"
            path.unlink(missing_ok=True)
            if folder.stat().st_uid == os.getuid():
                with socket.socket(socket.AF_UNIX) as tried:
                    tried.bind(str(path))
                return str(path)
        except OSError:
            continue
    return ""


class Command(BaseCommand):
    help = "Start the processes of the Procfile, or those named, and keep them running; Ctrl-C ends them all."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", metavar="name", help="or, first, the path of another Procfile")

    def handle(self, *args: str, **options: object) -> None:
        names, procfile = options["names"], settings.BASE_DIR / "Procfile"
        if names and Path(names[0]).is_file():
            procfile, *names = Path(names[0]).resolve(), *names[1:]
        os.chdir(settings.BASE_DIR)
        commands = read_procfile(procfile.read_text("utf-8"))
        if unknown := set(names) - set(commands):
            raise CommandError(f"The Procfile has no {', '.join(sorted(unknown))}.")
        wanted = {name: commands[name] for name in names or commands}
        if "staff" in wanted:
            if address := staff_socket():
                os.environ["YITI_STAFF_SOCKET"] = address
            else:  # web answers staff, too
                del wanted["staff"]
        Supervisor(wanted, say=self._say).run()

    def _say(self, happened: str) -> None:
        # A terminal that is gone, or a log on a full disk, is no reason to end.
        with suppress(OSError):
            self.stderr.write(happened)
