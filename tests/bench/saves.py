"""What it costs to save answers as they are given, in an anonymous survey: per save and per respondent.

One save an issue, both ratings together, as somebody gives them who takes 8.6 s an issue; and the same people without.
"""

import tempfile
import time
from contextlib import ExitStack
from multiprocessing.pool import ThreadPool
from pathlib import Path
from random import Random

import psutil

from tests.bench.lean_client import Respondent, Tally, Tapping
from tests.bench.measuring import table
from tests.bench.respondents import MAKE, cpu_of, free_port, new_postgresql, wait_for_port, web_server
from tests.services.installation import Installation

RUNS, CLIENTS = {"split": 240, "full": 48}, 4


def main() -> None:
    """Print a table: milliseconds of the server's CPU."""
    rows = []
    for database in ("SQLite", "PostgreSQL"):
        with ExitStack() as stack:
            url = stack.enter_context(new_postgresql()) if database == "PostgreSQL" else ""
            site = Installation(Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="yiti-bench-"))), url)
            stack.callback(site.stop)
            site.manage("migrate", "--verbosity", "0")
            site.manage("collectstatic", "--noinput", "--verbosity", "0")
            site.manage("load_library")
            rows += [[database, kind, *_measured(site, kind)] for kind in RUNS]
    table(["database", "questionnaire", "saves each", "ms a save", "ms each, saved", "ms each, by page"], rows)


def _measured(site: Installation, kind: str) -> list[object]:
    code = f"saves-{kind}"
    site.python(f"CODE, SPLIT, ANONYMOUS = {code!r}, {kind == 'split'}, True\n{MAKE}")
    port = free_port()
    process = psutil.Process(site.start("web", *web_server(port)).pid)
    wait_for_port(port)
    _drive(port, code, False, RUNS[kind] // 4)
    spent, saves = {}, 0
    for taps in (False, True):
        before = cpu_of(process)
        saves = _drive(port, code, taps, RUNS[kind])
        spent[taps] = 1000 * (cpu_of(process) - before) / RUNS[kind]
    site.kill("web")
    each = saves / RUNS[kind]
    return [each, (spent[True] - spent[False]) / each, spent[True], spent[False]]


def _drive(port: int, code: str, taps: bool, people: int) -> int:
    """So many respondents by a few clients at once; how often they saved apart from their pages."""
    tasks = [(port, code, taps, people // CLIENTS, client) for client in range(CLIENTS)]
    with ThreadPool(CLIENTS) as pool:
        return sum(pool.starmap(_client, tasks))


def _client(port: int, code: str, taps: bool, people: int, seed: int) -> int:
    tally, chance = Tally(), Random(f"{seed} {time.time()}")
    for _person in range(people):
        (Tapping if taps else Respondent)(port, tally).answer(f"/s/{code}/", "x", chance)
    return tally.saves
