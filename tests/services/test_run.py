"""`make run`: from nothing to a page, and Ctrl-C ends every process."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from tests.services.installation import ROOT, Installation, wait_for

pytestmark = pytest.mark.services


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def status(port: int, path: str) -> int | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except OSError:
        return None


def end(process: subprocess.Popen) -> None:
    """End what is left of it: honcho puts each of its processes into a group of its own."""
    with contextlib.suppress(psutil.NoSuchProcess):
        for left in (*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)):
            with contextlib.suppress(psutil.NoSuchProcess):
                left.kill()
    process.wait(10)


@pytest.fixture
def running():
    """`make run` in a data folder of its own; (port, data folder, process)."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="yiti-run-") as folder:
        made = Installation(Path(folder), PORT=str(port))
        process = made.start("make", "make", "-C", str(ROOT), "run")
        try:
            yield port, Path(folder), process
        finally:
            end(process)


def test_make_run_answers_and_ctrl_c_ends_every_process(running):
    port, folder, process = running
    wait_for(lambda: status(port, "/readyz") == 200, "readiness", 90)
    printed = (folder / "make.log").read_text()
    assert f"http://127.0.0.1:{port}/" in printed
    login = re.search(r"Staff login: admin / (\S+)", printed)
    assert login and (folder / "first-login.txt").read_text().strip() == f"admin / {login[1]}"
    assert status(port, "/healthz") == 200 and status(port, "/login/") == 200
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) >= 4
    # What a terminal's Ctrl-C does: SIGINT to the whole foreground group.
    os.killpg(process.pid, signal.SIGINT)
    process.wait(30)
    _gone, alive = psutil.wait_procs(family, timeout=15)
    assert alive == []


def test_readyz_says_what_is_away(tmp_path):
    made = Installation(tmp_path)
    made.manage("migrate", "--verbosity", "0")
    code = (
        "from django.test import Client; r = Client(headers={'host': '127.0.0.1'}).get('/readyz'); import json;"
        "print(json.dumps([r.status_code, r.json()]))"
    )
    assert made.python(code) == [503, {"database": "ok", "broker": "away", "worker": "unknown"}]


def test_procfile_binds_to_loopback_by_default():
    assert "YITI_BIND:-127.0.0.1" in (ROOT / "Procfile").read_text()
