"""All staff pages on the demo of 15,000 responses: queries, and processor time of the process, which others share."""

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
    line = [path]
    for language in ("zh-hans", "en"):
        client.cookies["django_language"] = language
        start = time.process_time()
        answer = client.get(path)
        if answer.status_code != 200 or "html" not in answer.headers["Content-Type"]:
            break
        took = [time.process_time() - start]
        for run in range(7):
            start = time.process_time()
            client.get(path)
            took.append(time.process_time() - start)
        line += [round(1000 * each, 1) for each in (took[0], statistics.median(took[1:]))]
    else:
        with CaptureQueriesContext(connection) as queries:
            page = client.get(path)
        first, chinese, _warm, english = line[1:]
        rows.append([path, len(queries), chinese, english, first, len(page.content) // 1024])
print(json.dumps(sorted(rows, key=lambda row: -max(row[2:4]))))
"""


def main() -> None:
    """Print the table, the slowest pages first."""
    with tempfile.TemporaryDirectory(prefix="yiti-bench-") as folder:
        made = Installation(Path(folder))
        made.manage("prepare", "--demo")
        rows = made.python(INSIDE)
    slow = [row[0] for row in rows if max(row[2:4]) > AIM]
    print(f"{len(rows)} pages; above {AIM} ms: {', '.join(slow) or 'none'}\n")
    table(["page", "queries", "zh ms", "en ms", "first ms", "KB"], rows)
