"""Each process has a processor for itself while it lives, by real processes."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

from materiality.platform.seats import in_order
from tests.repository.tree import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks Linux")
SIT = """
import json, os, sys, threading
from materiality.platform import seats
seats.NAME = sys.argv[1]
os.sched_setaffinity(0, json.loads(sys.argv[2]))
threading.Thread(target=threading.Event().wait, daemon=True).start()
seat = seats.take_seat()
threading.Thread(target=threading.Event().wait, daemon=True).start()
threads = [list(os.sched_getaffinity(int(thread))) for thread in os.listdir("/proc/self/task")]
print(json.dumps([seat, threads]), flush=True)
sys.stdin.read()
"""
LOAD = """
import json, os, sys
from materiality.platform import seats
seats.NAME = sys.argv[1]
import materiality.wsgi
print(json.dumps([len(os.sched_getaffinity(0)), round(sys.getswitchinterval(), 6)]))
"""
ALL = sorted(os.sched_getaffinity(0)) if sys.platform == "linux" else []
needs_two = pytest.mark.skipif(len(ALL) < 2, reason="needs two processors")


@pytest.fixture
def name() -> str:
    """Of seats that only this test takes."""
    return f"yiti-test-{uuid4().hex}-{{}}"


@contextmanager
def sitting(name: str, allowed: list[int]) -> Iterator[tuple[subprocess.Popen, int | None]]:
    """A process that may use these processors, and its seat, to which all of its threads keep."""
    process = subprocess.Popen(
        [sys.executable, "-c", SIT, name, json.dumps(allowed)], stdin=-1, stdout=-1, cwd=ROOT, text=True
    )
    try:
        seat, threads = json.loads(process.stdout.readline())
        assert threads == [allowed if seat is None else [seat]] * 3
        yield process, seat
    finally:
        process.kill()
        process.communicate()


@needs_two
def test_seat_is_had_by_one_process_and_free_again_when_that_is_killed(name):
    two = ALL[:2]
    with sitting(name, two) as (_, first), sitting(name, two) as (killed, second), sitting(name, two) as (_, third):
        assert {first, second} == set(two) and third is None
        killed.kill()
        killed.wait()
        with sitting(name, two) as (_, back):
            assert back == second


def test_process_with_one_processor_takes_no_seat(name):
    with sitting(name, ALL[:1]) as (_, seat):
        assert seat is None


def test_second_threads_of_cores_come_last_and_the_first_is_elsewhere_on_another_machine():
    cores = {0: "0,4", 1: "1,5", 4: "0,4", 5: "1,5", 6: "6"}
    assert in_order(sorted(cores), cores.__getitem__, 0) == [0, 1, 6, 4, 5]
    assert in_order(sorted(cores), cores.__getitem__, 3) == [5, 6, 0, 1, 4]
    assert in_order([2], str, 0) == [2]


@needs_two
@pytest.mark.parametrize(
    ("socket", "pinned", "loaded"),
    [
        ("/nowhere/staff.sock", "", [1, 0.005]),
        ("/nowhere/staff.sock", "off", [len(ALL), 0.005]),
        ("", "", [len(ALL), 0.0002]),
    ],
    ids=["web", "told not to", "staff too"],
)
def test_only_a_process_that_hands_staff_on_keeps_to_a_processor(tmp_path, name, socket, pinned, loaded):
    told = {"YITI_DATA": str(tmp_path / "data"), "YITI_KEYS": str(tmp_path / "keys"), "YITI_STAFF_SOCKET": socket}
    told |= {"YITI_WEB_PINNED": pinned} if pinned else {}
    done = subprocess.run(
        [sys.executable, "-c", LOAD, name], cwd=ROOT, env={**os.environ, **told}, capture_output=True, text=True
    )
    assert json.loads(done.stdout or done.stderr) == loaded
