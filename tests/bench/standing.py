"""Scores from the cube: a run, robustness, the pages of an issue and of the method."""

import tempfile
from pathlib import Path

import numpy as np

from materiality.scoring.cube import CubeBuilder
from materiality.scoring.method import Method
from materiality.scoring.movers import movers
from materiality.scoring.robustness import robustness
from materiality.scoring.run import Counts, run
from tests.bench.measuring import table, timed
from tests.services.installation import Installation

SIZES = ((6, 93, "60"), (30, 500, "600"))
PAGES = """
import json, statistics, time
from django.contrib.auth import get_user_model
from django.test import Client
from materiality.actions.scores import score_cycle
from materiality.models import Cycle
from surveys.responses.counting import count_cycle
cycle = Cycle.objects.get(code="demo")
score_cycle(cycle=cycle, counted=count_cycle(cycle), by=None)
client = Client(HTTP_HOST="127.0.0.1")
client.force_login(get_user_model().objects.create(username="bench", role="analyst"))
sent = {"estimator": "comparable", "weighting": "balanced", "min_n": 5, "lam": 70, "rule": "priority", "cuts": "shares"}
sent |= {"q_high": 30, "q_low": 30, "seed": 1, "weight_users_society": 3}
asked = {
    "why page": lambda: client.get("/cycles/demo/scores/SOC-03-01/"),
    "method page's answer": lambda: client.post("/cycles/demo/method/try/", sent, headers={"HX-Request": "true"}),
    "groups compared": lambda: client.get("/cycles/demo/groups-compared/"),
    "robustness page": lambda: client.get("/cycles/demo/robustness/"),
    "start page, for comparison": lambda: client.get("/"),
}
found = {}
for name, ask in asked.items():
    took = []
    for _time in range(7):
        start = time.perf_counter()
        assert ask().status_code == 200, name
        took.append(time.perf_counter() - start)
    found[name] = statistics.median(took)
print(json.dumps(found))
"""


def random_counts(groups: int, issues: int, responses: int = 6000) -> tuple[object, Counts]:
    """The cube of random responses that were asked everything, and what is counted of it."""
    rng = np.random.default_rng(1)
    columns = [(issue, dimension) for issue in range(issues) for dimension in (0, 1)]
    codes = [f"I-{n:03}" for n in range(issues)]
    builder = CubeBuilder([f"g{n:02}" for n in range(groups)], codes, 5, columns)
    builder.add(rng.integers(0, groups, responses), rng.integers(1, 6, (responses, len(columns))).astype(np.uint8))
    cube = builder.cube()
    return cube, Counts.of(cube)


def main() -> None:
    """Print the table."""
    rows = [row for groups, issues, aim in SIZES for row in _engine(groups, issues, aim)]
    with tempfile.TemporaryDirectory(prefix="yiti-bench-") as folder:
        made = Installation(Path(folder))
        made.manage("prepare", "--demo")
        aims = {"why page": " (aim 120 ms)", "method page's answer": " (aim 300 ms)"}
        found = made.python(PAGES)
        rows += [["demo, 15,000 responses", name + aims.get(name, ""), took] for name, took in found.items()]
    table(["size", "what", "seconds"], rows)


def _engine(groups: int, issues: int, aim: str) -> list[list[object]]:
    cube, counts = random_counts(groups, issues)
    method, label = Method(), f"{groups} groups × {issues} issues"
    parents = {code: f"P{n // 4}" for n, code in enumerate(cube.issues)}
    measured = {
        f"run with draws (aim {aim} ms)": lambda: run(counts, method, parents),
        "robustness, all scenarios (aim 5 s)": lambda: robustness(cube, counts, method, parents),
        "what would move one issue": lambda: movers(counts, method, parents, only=cube.issues[3]),
    }
    return [[label, what, timed(function)] for what, function in measured.items()]
