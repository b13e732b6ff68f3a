"""Scoring: responses in the database → run stored, beside pandas on the same file and the bare numpy count."""

import sys
import tempfile
from pathlib import Path

from tests.bench.measuring import manage, median, run_process, table
from tests.services.installation import Installation

RUNS = 5
SIZES = (15_000, 150_000)
PANDAS = """
import sys, pandas as pd
frame = pd.read_csv(sys.argv[1], na_values=["DK"], keep_default_na=True, encoding="utf-8-sig")
items = [name for name in frame.columns if ":" in name]
frame.groupby("group")[items].agg(["count", "mean", "var"])
"""
NUMPY = """
import sys, time, sqlite3, numpy as np
start = time.perf_counter()
rows = sqlite3.connect(sys.argv[1]).execute("SELECT group_id, ratings FROM surveys_response ORDER BY id").fetchall()
ratings = np.frombuffer(b"".join(r for _g, r in rows), np.uint8).reshape(len(rows), -1)
group = np.array([g for g, _r in rows])
keys = (group[:, None] * ratings.shape[1] + np.arange(ratings.shape[1])) * 256 + ratings
np.bincount(keys.ravel())
print(time.perf_counter() - start)
"""
INSIDE = """
import json, time
from materiality.actions.scores import score_cycle
from materiality.models import Cycle
from surveys.responses.counting import count_cycle
took = []
for run in range(5):
    start = time.perf_counter()
    cycle = Cycle.objects.get(code="demo")
    score_cycle(cycle=cycle, counted=count_cycle(cycle), by=None)
    took.append(time.perf_counter() - start)
print(json.dumps(sorted(took)))
"""


def main() -> None:
    """Print the table."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="yiti-bench-") as folder:
        for size in SIZES:
            rows += _measure(Path(folder) / str(size), size)
    table(["responses × 186", "what", "seconds", "peak MB"], rows)


def _measure(data: Path, size: int) -> list[list[object]]:
    data.mkdir()
    made = Installation(data)
    made.manage("migrate", "--verbosity", "0")
    made.manage("load_library")
    made.manage("load_demo", "--responses", str(size))
    exported = data / "responses.csv"
    made.manage("export_responses", "demo", str(exported))
    start = median([manage(made.environment, "score", "nowhere", fails=True) for _run in range(RUNS)])
    score = median([manage(made.environment, "score", "demo") for _run in range(RUNS)])
    inside = made.python(INSIDE)
    pandas = median([run_process([sys.executable, "-c", PANDAS, str(exported)], made.environment) for _run in range(3)])
    numpy = median(
        [run_process([sys.executable, "-c", NUMPY, str(data / "yiti.sqlite3")], made.environment) for _run in range(3)]
    )
    label = f"{size:,}"
    return [
        [label, "process start (a command that finds no cycle)", start.seconds, start.megabytes],
        [label, "`score`, whole process", score.seconds, score.megabytes],
        [label, "the same inside a running process, first run", max(inside), ""],
        [label, "the same inside a running process, median", sorted(inside)[len(inside) // 2], ""],
        [label, "pandas read_csv + groupby (count, mean, var), whole process", pandas.seconds, pandas.megabytes],
        [label, "bare numpy count from the database, whole process", numpy.seconds, numpy.megabytes],
    ]
