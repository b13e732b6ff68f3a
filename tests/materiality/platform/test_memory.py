"""No process of ours leaves its memory behind, or lets others of its account read it."""

import os
import subprocess
import sys

import pytest

from tests.repository.tree import ROOT

_LOOK = """
import ctypes, django, os, resource, time
django.setup()
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE), flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
def test_memory_is_written_nowhere_and_read_by_nobody(tmp_path):
    told = {"YITI_DATA": str(tmp_path / "data"), "YITI_KEYS": str(tmp_path / "keys")}
    environment = {**os.environ, **told, "DJANGO_SETTINGS_MODULE": "materiality.settings"}
    process = subprocess.Popen(
        [sys.executable, "-c", _LOOK], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "0 (0, 0)\n"
    finally:
        process.kill()
        process.wait()
