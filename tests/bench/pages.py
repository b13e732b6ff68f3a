"""All staff pages on the demo of 15,000 responses: queries, and processor time of the process.

Medians of seven views in each language, and the least of all: what else runs on the machine disturbs that least.
"""

import tempfile
from pathlib import Path

from tests.bench.measuring import table
from tests.services.installation import Installation

AIM = 60
INSIDE = """
import json, statistics, time
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from surveys.models import Survey
from tests.repository.pages import shown_rows, staff_pages
client = Client(headers={"host": "127.0.0.1"})
shown = shown_rows(client)
shown |= {"<slug:survey>": ["demo", "drafted"], "<(str|slug):(code|issue)>": ["TEC-02-03"]}
shown["responses/<uuid:pk>"] = [Survey.objects.get(code="demo").responses.first().pk]
paths = [path for paths in staff_pages(shown).values() for path in paths]
paths += ["/cycles/demo/matrix/?level=primary", "/cycles/demo/matrix/?weighting=pooled&group=users"]
rows = []
for path in paths:
    line, least = [], []
    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        took = []
        for run in range(8):
            start = time.process_time()
            answer = client.get(path)
            took.append(round(1000 * (time.process_time() - start), 1))
        line += [round(statistics.median(took[1:]), 1)]
        least += [took[0], min(took)]
    if answer.status_code == 200 and "html" in answer.headers["Content-Type"]:
        with CaptureQueriesContext(connection) as queries:
            page = client.get(path)
        rows.append([path, len(queries), *line, min(least), least[0], len(page.content) // 1024])
print(json.dumps(sorted(rows, key=lambda row: -row[4])))
"""


def main() -> None:
    """Print the table, the slowest pages first."""
    with tempfile.TemporaryDirectory(prefix="yiti-bench-") as folder:
        made = Installation(Path(folder))
        made.manage("prepare", "--demo")
        rows = made.python(INSIDE)
    slow = [row[0] for row in rows if row[4] > AIM]
    print(f"{len(rows)} pages; above {AIM} ms: {', '.join(slow) or 'none'}\n")
    table(["page", "queries", "zh ms", "en ms", "least ms", "first ms", "KB"], rows)
