"""`make run`: from nothing to a page, every process that dies comes back, and Ctrl-C ends all of them."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.services.installation import ROOT, Installation, wait_for

pytestmark = pytest.mark.services
TOKEN = "a-token-of-the-test-and-of-no-installation"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def status(port: int, path: str, **headers: str) -> int | None:
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except OSError:
        return None


def end(process: subprocess.Popen) -> None:
    """End what is left of it: each of the processes is in a group of its own."""
    with contextlib.suppress(psutil.NoSuchProcess):
        for left in (*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)):
            with contextlib.suppress(psutil.NoSuchProcess):
                left.kill()
    process.wait(10)


@pytest.fixture(scope="module")
def running():
    """`make run` in a data folder of its own; (port, installation, process)."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="yiti-run-") as folder:
        made = Installation(Path(folder), PORT=str(port), YITI_HEALTH_TOKEN=TOKEN)
        process = made.start("make", "make", "-C", str(ROOT), "run")
        try:
            wait_for(lambda: status(port, "/readyz") == 200, "readiness", 180)
            supervisor = next(
                each
                for each in psutil.Process(process.pid).children(recursive=True)
                if each.cmdline()[-1] == "supervise"
            )
            yield port, made, process, supervisor
        finally:
            end(process)


def test_make_run_answers_and_prints_the_login(running):
    port, made, process, supervisor = running
    printed = (made.data / "make.log").read_text()
    assert f"http://127.0.0.1:{port}/" in printed
    login = re.search(r"Staff login: admin / (\S+)", printed)
    assert login and (made.data / "first-login.txt").read_text().strip() == f"admin / {login[1]}"
    assert status(port, "/healthz") == 200 and status(port, "/login/") == 200


WORDS = {
    "web master": "wsgi:application",
    "web worker": "wsgi:application",
    "staff master": "wsgi:staff",
    "staff worker": "wsgi:staff",
    "worker": "materiality worker",
    "beat": "materiality beat",
    "valkey": "valkey-server",
}
JOB = """
import json, time
from materiality.models import Cycle, Job
from reports.actions.outputs import request_output
asked = time.monotonic()
made = request_output(
    cycle=Cycle.objects.get(code="demo"), kind="gri-index", format="csv", language="en", by=None, options=None
)
while Job.objects.get(pk=made.job_id).state != "done" and time.monotonic() - asked < 40:
    time.sleep(0.1)
print(json.dumps(Job.objects.get(pk=made.job_id).state))
"""


def processes(supervisor: psutil.Process, role: str) -> list[psutil.Process]:
    """The running processes of a role: those of the supervisor's children, or what a web server's master started."""
    found = [each for each in supervisor.children() if WORDS[role] in _line(each)]
    if role.endswith(" worker"):
        found = [worker for master in found for worker in master.children() if "resource_tracker" not in _line(worker)]
    return found


def _line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
def test_only_workers_of_web_keep_to_a_processor(running):
    _port, _made, _process, supervisor = running
    everywhere = os.sched_getaffinity(0)
    of_role = {role: [set(each.cpu_affinity()) for each in processes(supervisor, role)] for role in WORDS}
    # Other installations of the machine may have the seats.
    kept = [one for one in of_role.pop("web worker") if one != everywhere]
    assert all(len(one) == 1 for one in kept) and len(set.union(set(), *kept)) == len(kept)
    assert all(one == everywhere for found in of_role.values() for one in found)


@pytest.mark.parametrize("role", WORDS)
def test_process_killed_is_back_within_10_seconds_and_a_job_is_done(running, role):
    port, made, process, supervisor = running
    before = processes(supervisor, role)
    assert before
    before[-1].kill()
    # Another web process listens on the same port: nobody waits for the one that is gone.
    wait_for(lambda: status(port, "/healthz") == 200, "an answer of another", 3)

    def back() -> bool:
        now = processes(supervisor, role)
        return len(now) == len(before) and before[-1] not in now

    wait_for(back, f"return of {role}", 10)
    # Importing everything takes as long as the machine lets it, which other tests share.
    wait_for(lambda: status(port, "/healthz") == status(port, "/login/") == 200, "an answer", 30)
    assert made.python(JOB) == "done"


def test_ctrl_c_ends_every_process(running):
    port, made, process, supervisor = running
    wait_for(lambda: status(port, "/readyz", authorization=f"Bearer {TOKEN}") == 200, "readiness after it all", 20)
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= 4
    # What a terminal's Ctrl-C does: SIGINT to the whole foreground group.
    os.killpg(process.pid, signal.SIGINT)
    process.wait(30)
    _gone, alive = psutil.wait_procs(family, timeout=15)
    assert alive == []


def test_readyz_says_what_is_away(tmp_path, sqlite_tables):
    made = Installation(tmp_path, YITI_HEALTH_TOKEN=TOKEN)
    shutil.copy(sqlite_tables, made.data / "yiti.sqlite3")
    code = (
        "from django.test import Client; r = Client(headers={'host': '127.0.0.1', 'authorization': 'Bearer "
        f"{TOKEN}'}}).get('/readyz'); import json; print(json.dumps([r.status_code, r.json()]))"
    )
    away = {"broker": "away", "worker": "unknown", "beat": "unknown"}
    assert made.python(code) == [503, {"database": "ok", "keys": "ok", "space": "ok"} | away]


def test_procfile_binds_to_loopback_by_default():
    assert "YITI_BIND:-127.0.0.1" in (ROOT / "Procfile").read_text()
