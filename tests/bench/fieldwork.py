"""The page of fieldwork with 1,000,000 responses × 24 items: views, one count, and plain grouping beside it."""

import tempfile
from pathlib import Path

from tests.bench.measuring import table
from tests.services.installation import Installation

RESPONSES = 1_000_000

PART = 200_000

BUILD = """
import json
from datetime import datetime, timezone
from materiality.models import Group
from tests.factories.surveys import make_open_survey, make_survey_cycle
cycle = make_survey_cycle({"environment": 6, "society": 6})
for place in range(4):
    Group.objects.create(cycle=cycle, code=f"group-{place}", name_zh="群体", name_en="Group", order=9, target=300_000)
survey = make_open_survey(cycle, closes_at=datetime(2190, 1, 1, tzinfo=timezone.utc))
assert survey.items.count() == 24
print(json.dumps([cycle.code, survey.code, survey.pk]))
"""

FILL = """
import json
from datetime import datetime, timedelta, timezone
import numpy as np
from django.db import connection, transaction
from surveys.models import Response, Survey
from surveys.questionnaire.ratings import arrival_ids
cycle, survey, key = NAMES
chance = np.random.default_rng(BEGUN)
groups = list(Survey.objects.get(pk=key).cycle.groups.values_list("pk", flat=True))
begin = datetime(2026, 1, 5, tzinfo=timezone.utc)
prepare = Response._meta.pk.get_db_prep_value
adapt = connection.ops.adapt_datetimefield_value
columns = ["id", "survey_id", "group_id", "channel", "language", "token", "started_at", "submitted_at", "unfinished",
           "consent", "comment", "ratings", "profile", "named", "flags", "overruled", "overruled_reason"]
sql = "INSERT INTO surveys_response (%s) VALUES (%s)" % (", ".join(columns), ", ".join(["%s"] * len(columns)))
size = 20_000
with transaction.atomic(), connection.cursor() as cursor:
    for start in range(0, PART, size):
        ratings = chance.choice(np.array([1, 2, 3, 4, 5, 254, 255], np.uint8), (size, 24))
        group, flags = chance.choice(groups, size).tolist(), chance.choice([0] * 17 + [1, 2, 4], size).tolist()
        seconds, took = chance.integers(0, 55 * 86_400, size).tolist(), chance.integers(20, 900, size).tolist()
        rows = []
        for at, pk in enumerate(arrival_ids(size)):
            ended = begin + timedelta(seconds=seconds[at])
            rows.append((prepare(pk, connection), key, group[at], ("link", "batch")[at % 2], "en", "",
                adapt(ended - timedelta(seconds=took[at])), adapt(ended), False, True, "", ratings[at].tobytes(), "{}",
                "[]", flags[at], 0, ""))
        cursor.executemany(sql, rows)
print(json.dumps(PART))
"""

MEASURE = """
import json, resource, statistics, time
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from materiality.platform import jobs
from materiality.models import Job, User
from surveys.models import Survey
from surveys.responses.fieldwork import count_fieldwork
cycle, survey, key = NAMES
def timed(do, runs=1):
    took = []
    for run in range(runs):
        start = time.perf_counter()
        do()
        took.append(1000 * (time.perf_counter() - start))
    return round(statistics.median(took), 1)
rows = []
jobs.send_job = lambda job: None
row = Survey.objects.select_related("cycle").get(pk=key)
def grouped():
    with connection.cursor() as cursor:
        cursor.execute("SELECT group_id, channel, flags, overruled, unfinished, COUNT(*) FROM surveys_response "
                       "WHERE survey_id = %s GROUP BY 1, 2, 3, 4, 5", [key])
        cursor.fetchall()
rows.append(["plain COUNT(*) GROUP BY group, channel and kind", timed(grouped, 3), "", ""])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
rows.append(["one count of everything", timed(lambda: count_fieldwork(row), 3), "",
             f"{(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024:.0f} MB more"])
client = Client(headers={"host": "127.0.0.1"})
client.force_login(User.objects.create_superuser("bench", password=None),
                   backend="django.contrib.auth.backends.ModelBackend")
page = reverse("fieldwork", args=[cycle, survey])
rows.append(["first view, which counts", timed(lambda: client.get(page)), "", ""])
for name, url in {"fieldwork": page, "responses": reverse("responses", args=[cycle]),
                  "surveys": reverse("surveys", args=[cycle]), "cycle": reverse("cycle", args=[cycle])}.items():
    median = timed(lambda: client.get(url), 9)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    assert answer.status_code == 200, url
    rows.append([name, median, len(queries), f"{len(answer.content) // 1024} KB"])
    if name == "fieldwork":
        assert f"<dd>{RESPONSES:,}</dd>" in answer.content.decode()
print(json.dumps(rows))
"""


def main(database_url: str = "") -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="yiti-bench-") as folder:
        made = Installation(Path(folder), database_url)
        made.manage("prepare")
        made.manage("load_library")
        names = made.python(BUILD)
        for begun in range(0, RESPONSES, PART):
            made.python(_filled(FILL, names, PART=PART, BEGUN=begun))
        rows = made.python(_filled(MEASURE, names, RESPONSES=RESPONSES))
    table(["with 1,000,000 responses", "ms", "queries", ""], rows)


def _filled(code: str, names: list, **numbers: int) -> str:
    """The code with what its capital words stand for."""
    for word, value in {"NAMES": names, **numbers}.items():
        code = code.replace(word, repr(value))
    return code
