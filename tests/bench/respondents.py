"""Complete respondents against the real web server: CPU, bytes, throughput, and every answer checked afterwards."""

import os
import random
import re
import socket
import statistics
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path

import psutil

from tests.bench.lean_client import Respondent, Tally
from tests.services.installation import BIN, Installation

WARM_UP, MEASURED, CONCURRENCY, LONGEST_SECONDS = 60, 400, 4, 60.0

_HEAD = ("web server", "respondents", "CPU each", "HTML, gzip", "per second", "p50", "p99", "verified")

_MAKE = """
import json
from datetime import date
from materiality.actions.open_cycle import open_cycle
from surveys.actions.build_survey import build_survey
from surveys.actions.open_survey import open_survey
titles = {"title_zh": "测量", "title_en": "Measurement"}
period = {"period_start": date(2026, 1, 1), "period_end": date(2026, 12, 31)}
cycle = open_cycle(code=CODE, gri_edition="2016", by=None, **titles, **period)
survey = build_survey(cycle=cycle, code=CODE, several_per_browser=True, by=None, **titles)
open_survey(survey=survey, by=None)
print(json.dumps(survey.items.count()))
"""
_READ = """
import json
from surveys.models import Draft, Response
rows = Response.objects.filter(survey__code=CODE).values_list("comment", "ratings")
print(json.dumps([[comment, bytes(ratings).hex()] for comment, ratings in rows] + [["drafts", Draft.objects.count()]]))
"""


def main() -> None:
    """Measure both web servers on the same database and print a table."""
    with tempfile.TemporaryDirectory(prefix="yiti-bench-") as folder:
        site = Installation(Path(folder), os.environ.get("DATABASE_URL", ""))
        try:
            site.manage("migrate", "--verbosity", "0")
            site.manage("collectstatic", "--noinput", "--verbosity", "0")
            site.manage("load_library")
            print(f"database: {'PostgreSQL' if site.environment['DATABASE_URL'] else 'SQLite'}")
            print(f"| {' | '.join(_HEAD)} |\n|{'---|' * len(_HEAD)}")
            for server, command in _servers(port := _free_port()).items():
                print(_measure(site, server, command, port), flush=True)
        finally:
            site.stop()


def _servers(port: int) -> dict[str, list[str]]:
    gunicorn = ["gunicorn", "materiality.wsgi:application", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
    granian = ["granian", "materiality.wsgi:application", "--interface", "wsgi", "--http", "1", "--port", str(port)]
    lean = ["--workers", "2", "--runtime-mode", "st", "--log-level", "warning", "--blocking-threads"]
    return {
        "gunicorn gthread, 2 × 4": [*gunicorn, "--workers", "2", "--threads", "4", "--log-level", "warning"],
        "granian, 2 × 1": [*granian, *lean, "1"],
        "granian, 2 × 2": [*granian, *lean, "2"],
    }


def _measure(site: Installation, server: str, command: list[str], port: int) -> str:
    code = f"bench-{re.sub(r'[^a-z0-9]+', '-', server)}-{os.getpid()}"
    site.python(f"CODE = {code!r}\n{_MAKE}")
    process = psutil.Process(site.start(server, str(BIN / command[0]), *command[1:]).pid)
    _wait(port)
    _drive(port, code, "warm", WARM_UP)
    before, begun = _cpu(process), time.perf_counter()
    tallies = _drive(port, code, "run", MEASURED)
    seconds, cpu = time.perf_counter() - begun, _cpu(process) - before
    site.kill(server)
    answered = {name: ratings for tally in tallies for name, ratings in tally.answered.items()}
    verified = _verified(site, code, answered)
    waits = sorted(wait for tally in tallies for wait in tally.seconds)
    html = statistics.median(size for tally in tallies for size in tally.html_bytes)
    return (
        f"| {server} | {len(answered)} | {1000 * cpu / len(answered):.1f} ms | {html / 1000:.1f} KB "
        f"| {len(answered) / seconds:.0f} | {1000 * waits[len(waits) // 2]:.1f} ms "
        f"| {1000 * waits[len(waits) * 99 // 100]:.1f} ms | {verified} of {len(answered)} |"
    )


def _drive(port: int, code: str, name: str, respondents: int) -> list[Tally]:
    """So many respondents by four client processes at once; none begins after the time is up."""
    share = respondents // CONCURRENCY
    tasks = [(port, code, f"{name}-{client}", share) for client in range(CONCURRENCY)]
    with get_context("spawn").Pool(CONCURRENCY) as pool:
        return pool.starmap(_client, tasks)


def _client(port: int, code: str, name: str, respondents: int) -> Tally:
    tally, chance, end = Tally(), random.Random(name), time.monotonic() + LONGEST_SECONDS
    for number in range(respondents):
        if time.monotonic() > end:
            break
        Respondent(port, tally).answer(f"/s/{code}/", f"{name}-{number}", chance)
    return tally


def _verified(site: Installation, code: str, answered: dict[str, bytes]) -> int:
    """How many respondents' ratings stand in the database exactly as given, once each."""
    stored = site.python(f"CODE = {code!r}\n{_READ}")
    names = [name for name, _ in stored]
    by_name = dict(stored)
    return sum(names.count(name) == 1 and by_name[name] == ratings.hex() for name, ratings in answered.items())


def _cpu(process: psutil.Process) -> float:
    """Seconds of CPU that the server and its workers have used."""
    times = [member.cpu_times() for member in (process, *process.children(recursive=True))]
    return sum(time.user + time.system for time in times)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(port: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            time.sleep(1)
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the web server does not answer")


if __name__ == "__main__":
    sys.exit(main())
