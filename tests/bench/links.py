"""Export of 3,300,000 personal links, beside one HMAC and one row of csv.writer per link in the same run."""

import sys
import tempfile
from pathlib import Path

from tests.bench.measuring import Took, manage, median, run_process, table
from tests.services.installation import Installation

RUNS = 3
SIZE = 3_300_000
BASELINE = """
import base64, csv, hmac, itertools, struct, sys
from pathlib import Path

secret, size = bytes(32), int(sys.argv[2])


def token(serial):
    head = struct.pack(">II", 1, serial)
    return base64.b32encode(head + hmac.new(secret, head, "sha256").digest()[:7]).decode().lower()


with Path(sys.argv[1]).open("w", newline="") as stream:
    writer = csv.writer(stream)
    writer.writerow(["serial", "group", "url"])
    serials = itertools.islice(itertools.count(), size)
    writer.writerows((n, "users", "http://127.0.0.1:8000/s/demo/i/" + token(n) + "/") for n in serials)
"""


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="yiti-bench-") as folder:
        _measure(Path(folder))


def _measure(folder: Path) -> None:
    made = Installation(folder)
    made.manage("migrate", "--verbosity", "0")
    made.manage("load_library")
    made.manage("load_demo", "--responses", "20")
    batch = made.manage("create_batch", "demo", "users", str(SIZE)).stdout.splitlines()[-1]
    start = median([manage(made.environment, "export_links", "none", "x.csv", fails=True) for _run in range(RUNS)])
    rows = [["process start (a command that finds no batch)", start.seconds, start.megabytes, ""]]
    for suffix in ("csv", "zip"):
        file = str(folder / f"links.{suffix}")
        took = median([manage(made.environment, "export_links", batch, file) for _run in range(RUNS)])
        rows.append([f"export_links, {suffix}, whole process", took.seconds, took.megabytes, _a_second(took)])
    command = [sys.executable, "-c", BASELINE, str(folder / "baseline.csv"), str(SIZE)]
    took = median([run_process(command, made.environment) for _run in range(RUNS)])
    rows.append(["itertools, hmac.new and csv.writer, csv", took.seconds, took.megabytes, _a_second(took)])
    table([f"{SIZE:,} links", "seconds", "peak MB", "links a second"], rows)


def _a_second(took: Took) -> str:
    return f"{SIZE / took.seconds:,.0f}"
