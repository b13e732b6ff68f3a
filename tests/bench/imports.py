"""Import of 15,000 responses of 186 items: file to committed rows, beside a stock django-import-export resource."""

import csv
import tempfile
from pathlib import Path

from openpyxl import Workbook

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
    files["foreign.csv"] = folder / "foreign.csv"
    _write_foreign(files["csv"], files["foreign.csv"])
    files["foreign.xlsx"] = folder / "foreign.xlsx"
    _write_workbook(files["foreign.csv"], files["foreign.xlsx"])
    rows = []
    start = median([manage(source.environment, "score", "nowhere", fails=True) for _run in range(RUNS)])
    rows.append(["process start (a command that finds no cycle)", start.seconds, start.megabytes, ""])
    took = {}
    for suffix, path in files.items():
        runs = []
        for run in range(RUNS):
            target = _installation(folder / f"{suffix}{run}", 0)
            runs.append(manage(target.environment, "import_responses", "demo", str(path), *_match(suffix)))
            stored = target.python("from surveys.models import Response; print(Response.objects.count())")
            assert stored == SIZE, stored
        took[suffix] = median(runs)
        words = f"{suffix.rpartition('.')[2]} of another tool by `--match auto`" if "." in suffix else suffix
        times = "" if suffix == "csv" else f"{took[suffix].seconds / took['csv'].seconds:.1f} × the csv"
        rows.append([f"import_responses, {words}, whole process", took[suffix].seconds, took[suffix].megabytes, times])
    baseline = run_process(
        [*_python(), "-m", "tests.bench.stock_resource", str(files["csv"])],
        _installation(folder / "stock", 0).environment,
    )
    times = f"{baseline.seconds / took['csv'].seconds:.0f} ×"
    rows.append(["stock resource, a field per item, `use_bulk` off, csv", baseline.seconds, baseline.megabytes, times])
    table([f"{SIZE:,} × 186", "seconds", "peak MB", "beside import_responses"], rows)


def _match(suffix: str) -> list[str]:
    return ["--match", "auto"] if suffix.startswith("foreign") else []


def _write_workbook(plain: Path, workbook: Path) -> None:
    book = Workbook(write_only=True)
    page = book.create_sheet("Sheet1")
    with plain.open(encoding="utf-8", newline="") as source:
        for row in csv.reader(source):
            page.append(row)
    book.save(workbook)


def _write_foreign(plain: Path, foreign: Path) -> None:
    """The same responses as another tool writes them: questions in words, answers in words."""
    with Path("fixtures/issue_library.csv").open(encoding="utf-8-sig", newline="") as library:
        names = {row["code"]: row["name_zh"] for row in csv.DictReader(library)}
    questions = {"society": "以下议题对社会和环境的影响有多重要？", "business": "以下议题对公司运营的影响有多大？"}
    levels = {
        "society": ["非常不重要", "比较不重要", "一般", "比较重要", "非常重要"],
        "business": ["非常小", "比较小", "一般", "比较大", "非常大"],
    }
    with plain.open(encoding="utf-8-sig", newline="") as source, foreign.open("w", encoding="utf-8") as target:
        rows, writer = csv.reader(source), csv.writer(target, lineterminator="\n")
        header = next(rows)
        first = next(place for place, name in enumerate(header) if ":" in name)
        items = [name.partition(":")[::2] for name in header if ":" in name]
        last = first + len(items)
        words = [{str(n): word for n, word in enumerate(levels[each], 1)} | {"DK": "不了解"} for _code, each in items]
        asked = [f"{questions[each]}[{names[code]}]" for code, each in items]
        writer.writerow(header[:first] + asked + header[last:])
        for row in rows:
            cells = zip(words, row[first:last], strict=True)
            writer.writerow(row[:first] + [known.get(cell, cell) for known, cell in cells] + row[last:])


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
