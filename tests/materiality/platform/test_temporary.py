"""Temporary folders of processes, dead and alive."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
WRITE = """
import sys, tempfile
from materiality import settings
left = tempfile.NamedTemporaryFile(delete=False)
assert str(settings.FILE_UPLOAD_TEMP_DIR) == tempfile.gettempdir()
print(left.name, flush=True)
sys.stdin.readline()
"""


def process(data: Path) -> tuple[subprocess.Popen, Path]:
    """A process that has read the settings, and a temporary file that it has open."""
    started = subprocess.Popen(
        [sys.executable, "-c", WRITE], cwd=ROOT, env=os.environ | {"YITI_DATA": str(data), "DATABASE_URL": ""},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return started, Path(started.stdout.readline().strip())


def test_files_of_a_killed_process_lie_in_the_data_folder_and_are_swept_at_the_next_start(tmp_path):
    data = tmp_path / "data"
    killed, left = process(data)
    living, kept = process(data)
    assert data / "tmp" in left.parents and left.exists()
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert left.exists()
    (data / "tmp" / "tmpabc" / "inside").mkdir(parents=True)  # where backups used to gather what they seal
    third, own = process(data)
    assert not left.parent.exists() and kept.exists() and own.exists()
    assert not (data / "tmp" / "tmpabc").exists()
    for each in (living, third):
        each.communicate("\n")
    assert list((data / "tmp").glob("run-*")) == []
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "yiti.sqlite3").stat().st_mode) == 0o600


def test_older_data_folder_is_closed_to_strangers_and_stays_open_to_its_group(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    data.chmod(0o755)
    (data / "yiti.sqlite3").touch()
    (data / "yiti.sqlite3").chmod(0o644)
    started, _file = process(data)
    started.communicate("\n")
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (data, data / "yiti.sqlite3")]
    assert modes == [0o750, 0o640]
