"""Staff pages on the demo of 15,000 responses: queries and time at the server."""

import tempfile
from pathlib import Path

from tests.bench.measuring import table
from tests.services.installation import Installation

INSIDE = """
import json, statistics, time
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from materiality.models import Edition, Issue, User
user = User.objects.create_superuser("bench", password=None)
client = Client(headers={"host": "127.0.0.1"})
client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
edition, issue = Edition.objects.get(state="published").code, Issue.objects.get(code="TEC-02-03").code
pages = {name: reverse(name) for name in ("start", "library", "cycles", "new_cycle")}
pages["issue"] = reverse("issue", args=[edition, issue])
for name in ("cycle", "groups", "method", "surveys", "responses", "scores", "matrix", "outline", "outputs"):
    pages[name] = reverse(name, args=["demo"])
pages["survey"] = reverse("survey", args=["demo", "demo"])
pages["fieldwork"] = reverse("fieldwork", args=["demo", "demo"])
pages["issue_score"] = reverse("issue_score", args=["demo", issue])
pages["why, sheet to print"] = reverse("issue_sheet", args=["demo", issue])
pages["content_index"] = reverse("content_index", args=["demo"])
pages["matrix, 23 primaries"] = pages["matrix"] + "?level=primary"
pages["matrix, pooled, one group"] = pages["matrix"] + "?weighting=pooled&group=users"
rows = []
for language in ("zh-hans", "en"):
    client.cookies["django_language"] = language
    for name, url in pages.items():
        start = time.perf_counter()
        assert client.get(url).status_code == 200, url
        first = time.perf_counter() - start
        took = []
        for run in range(7):
            start = time.perf_counter()
            client.get(url)
            took.append(time.perf_counter() - start)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url)
        took = 1000 * statistics.median(took)
        rows.append([name, language, len(queries), round(took, 1), round(1000 * first, 1), len(page.content) // 1024])
print(json.dumps(rows))
"""


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="yiti-bench-") as folder:
        made = Installation(Path(folder))
        made.manage("prepare", "--demo")
        rows = made.python(INSIDE)
    table(["page", "language", "queries", "median ms", "first ms", "KB"], rows)
