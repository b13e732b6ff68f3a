"""Import of 15,000 responses of 186 items: file to committed rows, beside a stock django-import-export resource."""

import tempfile
from pathlib import Path

from tests.bench.measuring import manage, median, run_process, table
from tests.services.installation import Installation

RUNS = 3
SIZE = 15_000


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="yiti-bench-") as folder:
        _measure(Path(folder))


def _measure(folder: Path) -> None:
    source = _installation(folder / "source", SIZE)
    files = {}
    for suffix in ("csv", "xlsx"):
        files[suffix] = folder / f"responses.{suffix}"
        source.manage("export_responses", "demo", str(files[suffix]))
    rows = []
    start = median([manage(source.environment, "score", "nowhere", fails=True) for _run in range(RUNS)])
    rows.append(["process start (a command that finds no cycle)", start.seconds, start.megabytes, ""])
    took = {}
    for suffix, path in files.items():
        runs = []
        for run in range(RUNS):
            target = _installation(folder / f"{suffix}{run}", 0)
            runs.append(manage(target.environment, "import_responses", "demo", str(path)))
            stored = target.python("from surveys.models import Response; print(Response.objects.count())")
            assert stored == SIZE, stored
        took[suffix] = median(runs)
        rows.append([f"import_responses, {suffix}, whole process", took[suffix].seconds, took[suffix].megabytes, ""])
    baseline = run_process(
        [*_python(), "-m", "tests.bench.stock_resource", str(files["csv"])],
        _installation(folder / "stock", 0).environment,
    )
    times = f"{baseline.seconds / took['csv'].seconds:.0f} ×"
    rows.append(["stock resource, a field per item, `use_bulk` off, csv", baseline.seconds, baseline.megabytes, times])
    table([f"{SIZE:,} × 186", "seconds", "peak MB", "beside import_responses"], rows)


def _installation(data: Path, size: int) -> Installation:
    data.mkdir()
    made = Installation(data)
    made.manage("migrate", "--verbosity", "0")
    made.manage("load_library")
    made.manage("load_demo", "--responses", str(size))
    return made


def _python() -> list[str]:
    import sys

    return [sys.executable]
