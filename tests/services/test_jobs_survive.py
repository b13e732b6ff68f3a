"""A worker killed in the middle of 50 queued outputs loses none and makes none twice."""

import os
import signal
import time

import pytest

from tests.services.installation import wait_for

pytestmark = pytest.mark.services

REQUEST = """
import json
from django.db import transaction
from materiality.models import Cycle
from reports.actions.outputs import request_output
cycle = Cycle.objects.get(code="demo")
kinds = [("matrix", "svg"), ("matrix", "pdf"), ("workbook", "xlsx"), *[("gri-index", "csv")] * 7]
with transaction.atomic():
    for number in range(50):
        kind, format = kinds[number % 10]
        options = {"level": "primary", "bars": number % 20 < 10} if kind == "matrix" else {}
        language = "en" if number % 3 else "zh-hans"
        request_output(cycle=cycle, kind=kind, format=format, language=language, options=options, by=None)
print(json.dumps(True))
"""
STATES = """
import collections, json
from materiality.models import Job
print(json.dumps(collections.Counter(Job.objects.values_list("state", flat=True))))
"""
RESULT = """
import hashlib, json
from django.core.files.storage import default_storage
from materiality.models import AuditEvent
from reports.outputs import stored_path
from reports.models import Output
rows = []
for output in Output.objects.select_related("job").order_by("pk"):
    contents = default_storage.open(stored_path(output)).read()
    rows.append({
        "asked": [output.kind, output.format, output.language, output.parameters],
        "state": output.job.state, "attempt": output.job.attempt, "sha256": output.sha256,
        "whole": hashlib.sha256(contents).hexdigest() == output.sha256 and len(contents) == output.size,
    })
events = AuditEvent.objects.filter(action="make_output").values_list("object_id", flat=True)
files = [name for folder in default_storage.listdir("outputs")[0]
         for name in default_storage.listdir(f"outputs/{folder}")[1]]
print(json.dumps({"outputs": rows, "stored": sorted(events), "files": sorted(files)}))
"""


def kill_in_the_middle_of_a_job(installation) -> dict[str, int]:
    """Kill the worker while a job runs; how many jobs were in which state. Between two jobs it goes on for a moment."""
    worker = installation.processes["worker"]
    while True:
        os.killpg(worker.pid, signal.SIGSTOP)
        states = installation.python(STATES)
        if states.get("running") or states.get("done") == 50:
            installation.kill("worker")
            return states
        os.killpg(worker.pid, signal.SIGCONT)
        time.sleep(0.05)


def test_outputs_survive_a_worker_killed_in_the_middle(installation, default_library):
    installation.manage("load_demo", "--responses", "300")
    installation.manage("score", "demo")
    installation.manage("import_outline", "demo", "fixtures/demo_outline.csv")
    installation.start_valkey()
    installation.start_beat()
    installation.python(REQUEST)
    installation.start_worker()
    # Looking at the folder takes no time: the kill has to come in the middle.
    wait_for(lambda: len(list(installation.data.glob("files/outputs/*/*"))) >= 4, "the first outputs", 60, every=0.02)
    before = kill_in_the_middle_of_a_job(installation)
    assert before["done"] < 50 and before.get("running", 0) > 0, before

    installation.start_worker()
    restarted = time.monotonic()
    wait_for(lambda: installation.python(STATES).get("done", 0) == 50, "all 50 outputs", 60, every=0.5)
    assert time.monotonic() - restarted < 60

    found = installation.python(RESULT)
    outputs = found["outputs"]
    assert [(row["state"], row["whole"]) for row in outputs] == [("done", True)] * 50
    assert len(found["stored"]) == len(set(found["stored"])) == 50
    attempts = [row["attempt"] for row in outputs]
    # A busy machine may also be late with a sign of life, and then a job that lives is taken a second time; it is
    # stored once all the same, as the lines above and below say.
    assert max(attempts) > 1 and attempts.count(1) > 40
    by_request: dict[str, set[str]] = {}
    for row in outputs:
        by_request.setdefault(str(row["asked"]), set()).add(row["sha256"])
    assert [len(digests) for digests in by_request.values()] == [1] * len(by_request)
    assert found["files"] == sorted({row["sha256"] for row in outputs})


ASK_FOR_A_RUN = """
import json
from materiality.models import Cycle
from materiality.platform.jobs import request_job
cycle = Cycle.objects.get(code="demo")
print(json.dumps([str(request_job("score", inputs={}, by=None, cycle=cycle).pk)]))
"""
CHUNKS = """
import json
from materiality.models import Job
from surveys.models import Chunk
states = dict(Chunk.objects.values_list("number", "job__state"))
print(json.dumps([sorted(states.values()), *Job.objects.filter(kind="score").values_list("state", flat=True)]))
"""
RUNS = """
import json
from materiality.models import Job, Run
from surveys.models import Chunk
kept = [
    [run.digest, bytes(run.cube).hex(), bytes(run.back).hex(), run.responses,
     list(run.scores.order_by("issue").values_list("priority", "rank_low", "rank_high", "tier_certainty"))]
    for run in Run.objects.order_by("number")
]
told = {"equal": all(each == kept[0] for each in kept), "runs": len(kept), "chunks": Chunk.objects.count()}
print(json.dumps(told | {"jobs": Job.objects.count()}))
"""


def test_chunks_counted_by_two_workers_survive_one_that_is_killed(installation, default_library):
    """The run is that of one pass, and nothing of the chunks is left."""
    installation.manage("load_demo", "--responses", "4000")
    installation.manage("score", "demo")
    installation.start_valkey()
    installation.start_beat()
    installation.start_worker(YITI_COUNTED_AT_ONCE="100")
    worker, log = installation.processes["worker"], installation.data / "worker.log"
    wait_for(lambda: log.exists() and " ready." in log.read_text(), "the worker", 60)
    installation.python(ASK_FOR_A_RUN)
    while True:
        os.killpg(worker.pid, signal.SIGSTOP)
        states, whole = installation.python(CHUNKS)
        if "running" in states or whole == "done":
            installation.kill("worker")
            break
        os.killpg(worker.pid, signal.SIGCONT)
        time.sleep(0.1)
    assert whole == "running" and len(states) == 41
    installation.start_worker(YITI_COUNTED_AT_ONCE="100")
    wait_for(lambda: installation.python(CHUNKS)[1] == "done", "the run", 90, every=0.5)
    assert installation.python(RUNS) == {"equal": True, "runs": 2, "chunks": 0, "jobs": 1}
