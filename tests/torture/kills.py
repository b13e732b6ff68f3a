"""kill -9 of web, worker, broker, beat and database while people answer, jobs run and files come in: nothing lost,
nothing twice. SQLite has no process of its own; `--database postgresql` also kills those of a PostgreSQL.
"""

import random
import re
import threading
import time

import psutil

from tests.bench.lean_client import Respondent, Tally
from tests.bench.measuring import table
from tests.torture.crowd import SURVEY
from tests.torture.site import installed_on, server_of, status

KILLS, ANSWERS, JOBS = {True: 20, False: 200}, {True: 100, False: 1_000}, {True: 10, False: 200}
FILES, ROWS = {True: 2, False: 10}, {True: 1_500, False: 15_000}
MOST_SECONDS = 10.0
PROCESSES = {
    "web": "granian",
    "worker": "celery.*worker",
    "beat": "celery.*beat",
    "broker": "valkey",
}
# One process of a PostgreSQL is enough: all others end with it, and begin anew.
DATABASE = r"^postgres: "
_FILES = """
import csv
import io
import json
from materiality.models import Cycle
from surveys.actions.imports import request_import
from surveys.actions.plans import build_survey
from surveys.actions.surveys import open_survey
from pathlib import Path
values = {"title_zh": "收件", "title_en": "Intake", "code": "intake"}
survey = build_survey(cycle=Cycle.objects.get(), values=values, plans={}, by=None)
survey = open_survey(survey=survey, by=None)
head, *rows = filter(None, csv.reader(io.StringIO(Path(SOURCE).read_bytes().decode("utf-8-sig"), newline="")))
for number in range(FILES):
    file = Path(SOURCE).with_name(f"intake-{number}.csv")
    with file.open("w", newline="") as stream:
        csv.writer(stream).writerows([head, *([f"f{number}-{token}", *rest] for token, *rest in rows)])
    request_import(survey=survey, path=file, file_name=file.name, by=None)
print(json.dumps(len(rows)))
"""
_CONFIRM = """
import json
from surveys.actions.imports import confirm_import
from surveys.models import ResponseImport, Survey
from surveys.management.commands.import_responses import balance_json
for row in ResponseImport.objects.filter(state="checked", confirmed_at=None):
    said = {doubt["id"]: doubt["choices"][0] for doubt in balance_json(row)["doubts"] if doubt["choices"]}
    confirm_import(imported=row, by=None, answers={"said": said})
found = Survey.objects.get(code="intake")
print(json.dumps([list(found.imports.values_list("state", flat=True)), found.responses.count()]))
"""
SCORE = """
import json
from materiality.models import Cycle
from materiality.platform import jobs
print(json.dumps([str(jobs.request_job("score", inputs={}, by=None, cycle=Cycle.objects.get()).pk) for _n in range(N)]))
"""
READ = """
import json
from materiality.models import Job
from surveys.models import Response
print(json.dumps([list(Response.objects.exclude(comment="").values_list("comment", flat=True)),
                  list(Job.objects.filter(kind="score").values_list("state", flat=True))]))
"""


class Patient(Respondent):
    """Presses again where the connection breaks or the server is away, as a person would, for up to a minute."""

    def _exchange(self, lines: str, body: bytes) -> tuple[bytes, bytes]:
        end = time.monotonic() + 60
        while True:
            try:
                head, found = super()._exchange(lines, body)
                if not head.startswith((b"HTTP/1.1 503", b"HTTP/1.1 502")):
                    return head, found
            except (OSError, AssertionError):
                if time.monotonic() > end:
                    raise
            time.sleep(0.3)
            self._connect_again(end)

    def _connect_again(self, end: float) -> None:
        while time.monotonic() < end:
            try:
                self.socket.close()
                self.connect()
                return
            except OSError:
                time.sleep(0.2)


def main(small: bool, database: str = "sqlite") -> None:
    """Print what was killed how often and how long the service was away; fails where something is lost or doubled."""
    chance, given, unsure = random.Random(3), [], []
    with installed_on(database) as made:
        made.manage("load_demo", "--responses", str(ROWS[small]))
        made.python(SURVEY)
        made.manage("export_responses", "demo", str(made.data / "demo.csv"))
        made.start_command("supervise", "supervise")
        port = int(made.environment["PORT"])
        wait_for_page(port, 60)
        over = threading.Event()
        numbers = iter(range(ANSWERS[small]))
        threads = [threading.Thread(target=_answer, args=[port, numbers, given, unsure, over]) for _client in range(3)]
        for thread in threads:
            thread.start()
        made.python(SCORE.replace("N)", f"{JOBS[small]})"))
        rows = made.python(f"SOURCE, FILES = {str(made.data / 'demo.csv')!r}, {FILES[small]}\n{_FILES}")
        processes = PROCESSES | ({"database": DATABASE} if database == "postgresql" else {})
        counts, away = dict.fromkeys(processes, 0), []
        while sum(counts.values()) < KILLS[small]:
            time.sleep(chance.uniform(0.2, 2.0))
            name = chance.choice(list(processes))
            root = psutil.Process(made.processes["supervise"].pid) if name in PROCESSES else server_of(made)
            if victim := _victim(root, processes[name], chance):
                victim.kill()
                counts[name] += 1
                away.append(wait_for_page(port, 30))
        for thread in threads:
            thread.join(120)
        over.set()
        states = states_of_jobs(made)
        comments, jobs = made.python(READ)
        imports, stored = _imports(made)
    lost = [name for name in given if name not in comments]
    doubled = [name for name in set(comments) if comments.count(name) > 1]
    table(["killed", "times"], sorted(counts.items()))
    print(f"\n{len(given)} answers acknowledged, {len(unsure)} given up unacknowledged; {len(lost)} lost, ", end="")
    print(f"{len(doubled)} doubled; jobs: {states}; the longest time away: {max(away):.1f} s")
    print(f"{len(imports)} files of {rows:,} rows: {sorted(set(imports))}, {stored:,} responses of them")
    assert not lost and not doubled and set(jobs) == {"done"}, (lost[:5], doubled[:5], states)
    assert (set(imports), stored) == ({"stored"}, FILES[small] * rows), (imports, stored)
    assert max(away) <= MOST_SECONDS, max(away)


def _answer(port: int, numbers, given: list[str], unsure: list[str], over: threading.Event) -> None:
    chance = random.Random(threading.get_ident())
    for number in numbers:
        if over.is_set():
            return
        name = f"kill-{number}"
        try:
            Patient(port, Tally()).answer("/s/crowd/", name, chance)
            given.append(name)
        except (OSError, AssertionError, TypeError, IndexError):
            unsure.append(name)


def _victim(root: psutil.Process, pattern: str, chance: random.Random) -> psutil.Process | None:
    """A process of this kind, a worker of the web server as often as its master."""
    found = []
    for each in root.children(recursive=True):
        try:
            if re.search(pattern, " ".join(each.cmdline())):
                found.append(each)
        except psutil.Error:
            continue
    return chance.choice(found) if found else None


def wait_for_page(port: int, seconds: float) -> float:
    """Until a respondent's page answers; how long that took."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        if status(port, "/s/crowd/") == 200:
            return time.monotonic() - begun
        time.sleep(0.1)
    return seconds


def _imports(made) -> tuple[list[str], int]:
    """States of the imports, confirmed as soon as they are checked, and their responses; waits four minutes at most."""
    end = time.monotonic() + 240
    while True:
        states, stored = made.python(_CONFIRM)
        if set(states) <= {"stored", "refused"} or time.monotonic() > end:
            return states, stored
        time.sleep(2)


def states_of_jobs(made) -> dict[str, int]:
    """Of the jobs, once none is under way any more, or after four minutes."""
    end = time.monotonic() + 240
    while True:
        _comments, states = made.python(READ)
        counts = {state: states.count(state) for state in set(states)}
        if set(states) <= {"done", "failed"} or time.monotonic() > end:
            return counts
        time.sleep(2)
