"""Timing of processes and functions."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.services.installation import ROOT


@dataclass(frozen=True)
class Took:
    """Medians over runs: seconds of wall time, and the largest peak of memory in MB."""

    seconds: float
    megabytes: float


def run_process(command: Sequence[str], environment: dict[str, str], *, fails: bool = False) -> Took:
    """One run of a process: wall time and peak memory of itself. AssertionError where it fails (or does not)."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = process.stdout.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - start
    assert (status != 0) == fails, output.decode()
    return Took(took, usage.ru_maxrss / 1024)


def manage(environment: dict[str, str], *arguments: str, fails: bool = False) -> Took:
    """One run of a management command."""
    return run_process([sys.executable, "manage.py", *arguments], environment, fails=fails)


def median(runs: Sequence[Took]) -> Took:
    """Median time, largest memory."""
    return Took(statistics.median(run.seconds for run in runs), max(run.megabytes for run in runs))


def timed(function: Callable[[], object], runs: int = 5) -> float:
    """Median seconds of a function."""
    took = []
    for _run in range(runs):
        start = time.perf_counter()
        function()
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a Markdown table."""
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row) + " |")
    sys.stdout.flush()
