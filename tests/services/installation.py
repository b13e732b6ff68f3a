"""A whole installation in a folder of its own: real processes, real database, real broker."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from materiality.management.commands.supervise import read_procfile
from tests.services.commands import ROOT, Command, Commands

BIN = Path(sys.executable).parent
CELERY = ("--app", "materiality")


class Installation:
    """Commands and processes of Yiti with a data folder of their own; `stop` ends every process it started."""

    def __init__(self, data: Path, database_url: str = "", **environment: str) -> None:
        self.data = data
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("YITI_", "DJANGO_"))}
        for name in ("DATABASE_URL", "REDIS_URL", "PORT"):
            kept.pop(name, None)
        self.environment = {
            **kept,
            "YITI_DATA": str(data),
            "YITI_KEYS": str(data / "keys"),
            "DATABASE_URL": database_url,
        }
        self.environment |= environment
        self.processes: dict[str, subprocess.Popen | Command] = {}
        self._commands: Commands | None = None

    def manage(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
        """Run a management command to its end."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            command = self._command(("manage.py", *arguments), out, err)
            code = command.wait(600)  # a busy machine needs minutes to migrate
            printed = []
            for file in (out, err):
                file.seek(0)
                printed.append(file.read().decode())
        done = subprocess.CompletedProcess(arguments, code, *printed)
        assert not check or done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done

    def _command(self, arguments: tuple[str, ...], out, err) -> Command:
        self._commands = self._commands or Commands(self.environment)
        return self._commands.start(arguments, out, err)

    def python(self, code: str) -> object:
        """Run Python inside Django and give back the JSON that it prints last."""
        done = self.manage(*shell(code))
        return json.loads(done.stdout.strip().splitlines()[-1])

    def python_at_once(self, codes: list[str]) -> list[object]:
        """Run each in a process of its own, all at the same time; the JSON that each prints last."""
        names = [f"process-{number}" for number in range(len(codes))]
        for name, code in zip(names, codes, strict=True):
            (self.data / f"{name}.log").unlink(missing_ok=True)
            self.start_command(name, *shell(code))
        for name in names:
            assert self.processes.pop(name).wait(120) == 0, (self.data / f"{name}.log").read_text()
        return [json.loads((self.data / f"{name}.log").read_text().strip().splitlines()[-1]) for name in names]

    def start(self, name: str, *command: str, **environment: str) -> subprocess.Popen:
        """Start a process in a group of its own; its output goes to a file in the data folder.

        Not in a session of its own: among sessions Linux shares processors out whatever `nice` says.
        """
        with (self.data / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment | environment, stdout=log, stderr=log, process_group=0
            )
        self.processes[name] = process
        return process

    def start_command(self, name: str, *arguments: str, program: str = "manage.py") -> Command:
        """Start a management command likewise."""
        with (self.data / f"{name}.log").open("ab") as log:
            self.processes[name] = self._command((program, *arguments), log, log)
        return self.processes[name]

    def start_valkey(self) -> None:
        """The embedded Valkey, waited for until its socket is there."""
        self.start_command("valkey", "run_valkey")
        wait_for(lambda: (self.data / "valkey.sock").exists(), "Valkey", 20)

    def start_worker(self, **environment: str) -> None:
        """A worker; with further variables one that reads its settings anew."""
        arguments = (*CELERY, "worker", "--loglevel", "info")
        if environment:
            self.start("worker", str(BIN / "celery"), *arguments, **environment)
        else:
            self.start_command("worker", *arguments, program="celery")

    def start_beat(self) -> None:
        self.start_command("beat", *CELERY, "beat", "--loglevel", "info", program="celery")

    def kill(self, name: str) -> None:
        """kill -9 of a process and its children."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def empty(self) -> None:
        """Delete what lies in the data folder; not the secret, which ready processes have read."""
        for path in self.data.iterdir():
            if path.name == "keys":
                for key in path.iterdir():
                    key.unlink()
            elif path.is_dir():
                shutil.rmtree(path)
            elif path.name != "secret_key":
                path.unlink()

    def stop(self) -> None:
        """End everything."""
        self.end_processes()
        if self._commands is not None:
            self._commands.close()
            self._commands = None

    def end_processes(self) -> None:
        """End all processes that were started, kindly at first."""
        for process in self.processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)
        self.processes.clear()


def procfile_command(name: str) -> list[str]:
    """A command of the Procfile, by the Python that runs this."""
    line = read_procfile((ROOT / "Procfile").read_text("utf-8"))[name]
    return ["sh", "-c", line.replace(".venv/bin/granian", f"{shlex.quote(sys.executable)} -m granian")]


def shell(code: str) -> tuple[str, ...]:
    """The management command that runs Python."""
    return "shell", "--no-imports", "--command", code


def wait_for(condition, what: str, seconds: float, every: float = 0.2) -> None:
    """Wait until the condition holds; fail with a name after so many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(every)
