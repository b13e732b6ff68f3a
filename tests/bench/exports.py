"""Export of 15,000 responses of 186 items in every format, beside XlsxWriter on the same rows."""

import sys
import tempfile
from pathlib import Path

from tests.bench.measuring import manage, median, run_process, table
from tests.services.installation import Installation

RUNS = 5
SIZE = 15_000


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="yiti-bench-") as folder:
        _measure(Path(folder))


def _measure(folder: Path) -> None:
    made = Installation(folder)
    made.manage("migrate", "--verbosity", "0")
    made.manage("load_library")
    made.manage("load_demo", "--responses", str(SIZE))
    nowhere = str(folder / "nothing.csv")
    start = median(
        [manage(made.environment, "export_responses", "nowhere", nowhere, fails=True) for _run in range(RUNS)]
    )
    stock = [sys.executable, "-m", "tests.bench.stock_xlsx", "demo", str(folder / "stock.xlsx")]
    # Turn by turn, so that a busy moment of the machine does not fall on one of them alone.
    took: dict[str, list] = {name: [] for name in ("csv", "xlsx", "zip", "stock")}
    for _run in range(RUNS):
        for suffix in ("csv", "xlsx", "zip"):
            took[suffix].append(manage(made.environment, "export_responses", "demo", str(folder / f"r.{suffix}")))
        took["stock"].append(run_process(stock, made.environment))
    figures = {name: median(runs) for name, runs in took.items()}
    rows = [["process start (a command that finds no survey)", start.seconds, start.megabytes, "", ""]]
    names = {"csv": "CSV", "xlsx": "XLSX with codebook", "zip": "SPSS", "stock": "XlsxWriter, constant_memory"}
    for name, label in names.items():
        beyond = figures[name].megabytes - start.megabytes
        share = f"{figures[name].seconds / figures['stock'].seconds:.2f}"
        rows.append([f"{label}, whole process", figures[name].seconds, figures[name].megabytes, beyond, share])
    table([f"{SIZE:,} × 186", "seconds", "peak MB", "MB beyond the process", "time beside XlsxWriter"], rows)
