"""The supervisor with processes that end, and those that do not want to."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest
from django.core.management import CommandError, call_command

from materiality.management.commands import supervise
from materiality.management.commands.supervise import Supervised, read_procfile
from tests.services.installation import wait_for

ROOT = Path(__file__).resolve().parents[3]


def test_procfile_is_read_with_comments_and_colons():
    assert read_procfile("# first\n\nweb: run --at a:80\nbeat:  tick\n") == {"web": "run --at a:80", "beat": "tick"}


@pytest.mark.parametrize("line", ["web", "web:", ": run"])
def test_procfile_line_without_name_or_command_is_refused(line):
    with pytest.raises(ValueError, match="name: command"):
        read_procfile(line)


def test_process_that_the_procfile_does_not_name_is_refused():
    with pytest.raises(CommandError, match="no mail"):
        call_command("supervise", "web", "mail")


@pytest.fixture
def short():
    """A folder whose path is short, as that of a socket has to be."""
    with tempfile.TemporaryDirectory(prefix="yiti-", dir="/tmp") as folder:
        yield Path(folder)


def test_staff_listens_in_the_data_folder_or_elsewhere_or_nowhere(settings, short, monkeypatch):
    monkeypatch.setattr(supervise, "ELSEWHERE", short)
    full, long = Path("/proc/full"), short / ("long" * 40)
    settings.FILE_UPLOAD_TEMP_DIR = short / "run"
    assert Path(supervise.staff_socket()).parent == short / "run"
    for refused in (None, full, long):
        settings.FILE_UPLOAD_TEMP_DIR = refused
        found = Path(supervise.staff_socket()).parent
        assert found.parent == short and found.stat().st_mode & 0o777 == 0o700
    monkeypatch.setattr(supervise, "ELSEWHERE", full)
    assert supervise.staff_socket() == ""


@pytest.mark.parametrize("names", ["web", "web staff"])
def test_staff_is_handed_on_only_where_it_can_be_answered(tmp_path, names):
    """On a disk that takes no file web answers all; so it does where no process for staff is asked for."""
    procfile = tmp_path / "Procfile"
    told = tmp_path / "told"
    procfile.write_text(f"web: echo web$YITI_STAFF_SOCKET >> {told}; kill $PPID\nstaff: echo staff >> {told}\n")
    full = (
        "import sys; from pathlib import Path; from django.conf import settings; import django; django.setup();"
        "from django.core.management import call_command; from materiality.management.commands import supervise;"
        "settings.FILE_UPLOAD_TEMP_DIR = None; supervise.ELSEWHERE = Path('/proc/full');"
        "call_command('supervise', *sys.argv[1:])"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "materiality.settings"}
    environment.pop("YITI_STAFF_SOCKET", None)
    command = [sys.executable, "-c", full, str(procfile), *names.split()]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=60)
    assert set(told.read_text().split()) == {"web"}


def test_pauses_grow_to_the_longest_and_begin_again_after_a_steady_run(monkeypatch):
    moment = [1000.0]
    monkeypatch.setattr(supervise.time, "monotonic", lambda: moment[0])
    one, pauses = Supervised("one", "exit 3"), []

    def end_after(seconds: float) -> None:
        one.look()
        one.process.wait()
        moment[0] += seconds
        assert "status 3" in one.look()
        pauses.append(one.due - moment[0])
        if one.due > moment[0]:
            assert one.look() == ""
        assert one.process is None
        moment[0] = one.due

    for _time in range(8):
        end_after(1)
    end_after(supervise.STEADY)
    assert pauses == [0, 0.5, 1, 2, 4, 4, 4, 4, 0]


def test_ended_process_comes_back_and_sigterm_ends_all_that_it_left(tmp_path):
    """A master is killed: its child goes with it, both come anew, and nothing outlives the supervisor."""
    procfile = tmp_path / "Procfile"
    (tmp_path / "stubborn.py").write_text(
        "import os, subprocess, time\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        f"open({str(tmp_path / 'pids')!r}, 'a').write(f'{{os.getpid()}} {{child.pid}}\\n')\n"
        "time.sleep(600)\n"
    )
    procfile.write_text(f"stubborn: exec {sys.executable} {tmp_path / 'stubborn.py'}\n")
    process = subprocess.Popen([sys.executable, "manage.py", "supervise", str(procfile)], cwd=ROOT)
    try:
        first = pids(tmp_path, 1)
        os.kill(first[0], signal.SIGKILL)
        second = pids(tmp_path, 2)
        assert len(second) == 4 and not any(map(alive, first))
        process.terminate()
        assert process.wait(15) == 0
        wait_for(lambda: not any(map(alive, second)), "the end of all", 5)
    finally:
        process.kill()
        process.wait()


def alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be reaped does not."""
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def pids(folder: Path, starts: int) -> list[int]:
    """The processes of so many starts, once they are there."""
    written = folder / "pids"
    wait_for(lambda: written.exists() and len(written.read_text().splitlines()) >= starts, f"start {starts}", 15)
    time.sleep(0.1)
    return [int(pid) for pid in written.read_text().split()]
