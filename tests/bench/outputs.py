"""Outputs of the demo: one by one, all of them in both languages at once, and pages while fifty are being made."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.bench.measuring import Took, manage, table
from tests.services.installation import Installation

LANGUAGES = ("zh-hans", "en")

# The index has 150 disclosures: each disclosure of edition 2021 once, in the rows of the demo's outline.
ONE_BY_ONE = """
import json, statistics, time
from django.utils.translation import override
from materiality.models import Cycle
from reports.actions.outline import import_outline
from reports.gri.index import Entry
from reports.outputs import build_output, output_inputs
from reports.queries.outline import gri_standards, outline_rows
from dataclasses import replace
cycle = Cycle.objects.get(code="demo")
known = [d.identity for d in gri_standards().disclosures.values() if "2021" in d.editions and d.year < 2025][:150]
rows = [replace(row, entries=()) for row in outline_rows(cycle)]
for place, identity in enumerate(known):
    at = place % len(rows)
    rows[at] = replace(rows[at], entries=(*rows[at].entries, Entry(identity=identity)))
import_outline(cycle=cycle, rows=rows, gri_edition="2021", by=None)
cycle.refresh_from_db()
asked = [
    ("gri-index", "pdf", {"layout": "standard"}), ("gri-index", "docx", {"layout": "standard"}),
    ("gri-index", "pdf", {"layout": "section"}), ("gri-index", "docx", {"layout": "section"}),
    ("matrix", "png", {"dpi": "300"}), ("matrix", "pdf", {}), ("matrix", "xlsx", {}), ("matrix", "pptx", {}),
    ("workbook", "xlsx", {}), ("process-text", "docx", {}),
]
found = []
for kind, format, options in asked:
    took = []
    for run in range(5):
        inputs = output_inputs(cycle, kind=kind, format=format, language="zh-hans", options=options)
        start = time.perf_counter()
        contents = build_output(inputs)
        took.append(time.perf_counter() - start)
    name = f"{kind}.{format}" + "".join(f", {value}" for value in options.values())
    found.append([name, statistics.median(took), max(took), len(contents) // 1024])
print(json.dumps(found))
"""

WHILE_ASKED = """
import json, statistics, time
from django.test import Client
from django.urls import reverse
from materiality.models import Cycle, User
from reports.actions.outputs import request_output
user = User.objects.create_superuser("bench", password=None)
client = Client(headers={"host": "127.0.0.1"})
client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
names = ("cycle", "scores", "outline", "outputs", "content_index")
pages = {name: reverse(name, args=["demo"]) for name in names}
cycle, jobs = Cycle.objects.get(code="demo"), []
for url in pages.values():
    client.get(url)
def pass_over():
    slowest = {}
    for name, url in pages.items():
        start, used = time.perf_counter(), time.process_time()
        assert client.get(url).status_code == 200
        slowest[name] = 1000 * (time.perf_counter() - start), 1000 * (time.process_time() - used)
    return slowest
quiet = [pass_over() for run in range(5)]
for number in range(50):
    format = ("pdf", "docx", "xlsx", "csv", "html")[number % 5]
    kind = ("gri-index", "sdg-table", "issue-list")[number % 3]
    jobs.append(request_output(cycle=cycle, kind=kind, format=format, language=("zh-hans", "en")[number % 2], by=user))
start, busy = time.perf_counter(), []
while time.perf_counter() - start < 120:
    busy.append(pass_over())
    if cycle.jobs.filter(state__in=("queued", "running")).count() == 0:
        break
took = time.perf_counter() - start
columns = [(max, quiet, 0), (max, busy, 0), (statistics.median, busy, 0), (statistics.median, busy, 1)]
told = [[name, *(of(each[name][at] for each in among) for of, among, at in columns)] for name in pages]
print(json.dumps([took, told]))
"""


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory(prefix="yiti-bench-") as folder:
        made = Installation(Path(folder))
        try:
            made.manage("prepare", "--demo")
            print("15,000 responses, 93 issues; the index of 150 disclosures\n")
            table(["output", "median s", "slowest s", "KB"], made.python(ONE_BY_ONE))
            print()
            both = _at_once(made, Path(folder) / "files")
            rows = [[f"{language}, beside the other", took.seconds, took.megabytes] for language, took in both.items()]
            table(["every output in every format", "seconds", "peak MB"], rows)
            print()
            made.start_valkey()
            made.environment["YITI_WORKERS"] = "2"
            made.start_worker()
            took, pages = made.python(WHILE_ASKED)
            head = ["page", "slowest ms before", f"slowest ms while two workers make 50 files ({took:.0f} s)"]
            head += ["median ms meanwhile", "of it processor ms"]
            table(head, pages)
        finally:
            made.stop()


def _at_once(made: Installation, out: Path) -> dict[str, Took]:
    """`build_all` of each language in a process of its own, at the same time."""

    def build(language: str) -> Took:
        return manage(made.environment, "build_all", "demo", "--language", language, "--out", str(out / language))

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(LANGUAGES, pool.map(build, LANGUAGES), strict=True))
