"""A whole installation in a folder of its own: real processes, real database, real broker."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


class Installation:
    """Commands and processes of Yiti with a data folder of their own; `stop` ends every process it started."""

    def __init__(self, data: Path, database_url: str = "", **environment: str) -> None:
        self.data = data
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("YITI_", "DJANGO_"))}
        for name in ("DATABASE_URL", "REDIS_URL", "PORT"):
            kept.pop(name, None)
        self.environment = {**kept, "YITI_DATA": str(data), "DATABASE_URL": database_url, **environment}
        self.processes: dict[str, subprocess.Popen] = {}

    def manage(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
        """Run a management command to its end."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert not check or done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done

    def python(self, code: str) -> object:
        """Run Python inside Django and give back the JSON that it prints last."""
        done = self.manage("shell", "--no-imports", "--command", code)
        return json.loads(done.stdout.strip().splitlines()[-1])

    def start(self, name: str, *command: str) -> subprocess.Popen:
        """Start a process in a group of its own; its output goes to a file in the data folder."""
        log = (self.data / f"{name}.log").open("ab")
        process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
        )
        self.processes[name] = process
        return process

    def start_valkey(self) -> None:
        """The embedded Valkey, waited for until its socket is there."""
        self.start("valkey", sys.executable, "manage.py", "run_valkey")
        wait_for(lambda: (self.data / "valkey.sock").exists(), "Valkey", 20)

    def start_worker(self) -> None:
        self.start("worker", str(BIN / "celery"), "--app", "materiality", "worker", "--loglevel", "info")

    def start_beat(self) -> None:
        self.start("beat", str(BIN / "celery"), "--app", "materiality", "beat", "--loglevel", "info")

    def kill(self, name: str) -> None:
        """kill -9 of a process and its children."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def stop(self) -> None:
        """End all processes, kindly at first."""
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


def wait_for(condition, what: str, seconds: float, every: float = 0.2) -> None:
    """Wait until the condition holds; fail with a name after so many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(every)
