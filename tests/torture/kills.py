"""kill -9 of web, worker, broker and beat while people answer and jobs run: nothing lost, nothing twice.

The database is SQLite, which has no process of its own; PostgreSQL's crash is left to PostgreSQL.
"""

import random
import re
import socket
import threading
import time

import psutil

from tests.bench.lean_client import Respondent, Tally
from tests.bench.measuring import table
from tests.torture.crowd import SURVEY
from tests.torture.site import installed, status

KILLS, ANSWERS, JOBS = {True: 20, False: 200}, {True: 100, False: 1_000}, {True: 10, False: 200}
MOST_SECONDS = 10.0
PROCESSES = {
    "web": "granian",
    "worker": "celery.*worker",
    "beat": "celery.*beat",
    "broker": "valkey",
}
_SCORE = """
import json
from materiality.models import Cycle
from materiality.platform import jobs
print(json.dumps([str(jobs.request_job("score", inputs={}, by=None, cycle=Cycle.objects.get()).pk) for _n in range(N)]))
"""
_READ = """
import json
from materiality.models import Job
from surveys.models import Response
print(json.dumps([list(Response.objects.exclude(comment="").values_list("comment", flat=True)),
                  list(Job.objects.filter(kind="score").values_list("state", flat=True))]))
"""


class Patient(Respondent):
    """Presses again where the connection breaks or the server is away, as a person would, for up to a minute."""

    def __init__(self, port: int, tally: Tally) -> None:
        self.port = port
        super().__init__(port, tally)

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
            self._connect(end)

    def _connect(self, end: float) -> None:
        while time.monotonic() < end:
            try:
                self.socket.close()
                self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=30)
                return
            except OSError:
                time.sleep(0.2)


def main(small: bool) -> None:
    """Print what was killed how often and how long the service was away; fails where something is lost or doubled."""
    chance, given, unsure = random.Random(3), [], []
    with installed() as made:
        made.manage("load_demo", "--responses", "300")
        made.python(SURVEY)
        made.start_command("supervise", "supervise")
        port = int(made.environment["PORT"])
        _wait(port, 60)
        over = threading.Event()
        numbers = iter(range(ANSWERS[small]))
        threads = [threading.Thread(target=_answer, args=[port, numbers, given, unsure, over]) for _client in range(3)]
        for thread in threads:
            thread.start()
        made.python(_SCORE.replace("N)", f"{JOBS[small]})"))
        counts, away = dict.fromkeys(PROCESSES, 0), []
        while sum(counts.values()) < KILLS[small]:
            time.sleep(chance.uniform(0.2, 2.0))
            name = chance.choice(list(PROCESSES))
            if victim := _victim(made.processes["supervise"].pid, name, chance):
                victim.kill()
                counts[name] += 1
                away.append(_wait(port, 30))
        for thread in threads:
            thread.join(120)
        over.set()
        states = _states(made)
        comments, jobs = made.python(_READ)
    lost = [name for name in given if name not in comments]
    doubled = [name for name in set(comments) if comments.count(name) > 1]
    table(["killed", "times"], sorted(counts.items()))
    print(f"\n{len(given)} answers acknowledged, {len(unsure)} given up unacknowledged; {len(lost)} lost, ", end="")
    print(f"{len(doubled)} doubled; jobs: {states}; the longest time away: {max(away):.1f} s")
    assert not lost and not doubled and set(jobs) == {"done"}, (lost[:5], doubled[:5], states)
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


def _victim(supervisor: int, name: str, chance: random.Random) -> psutil.Process | None:
    """A process of this kind, a worker of the web server as often as its master."""
    found = []
    for each in psutil.Process(supervisor).children(recursive=True):
        try:
            if re.search(PROCESSES[name], " ".join(each.cmdline())):
                found.append(each)
        except psutil.Error:
            continue
    return chance.choice(found) if found else None


def _wait(port: int, seconds: float) -> float:
    """Until a respondent's page answers; how long that took."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        if status(port, "/s/crowd/") == 200:
            return time.monotonic() - begun
        time.sleep(0.1)
    return seconds


def _states(made) -> dict[str, int]:
    """Of the jobs, once none is under way any more, or after four minutes."""
    end = time.monotonic() + 240
    while True:
        _comments, states = made.python(_READ)
        counts = {state: states.count(state) for state in set(states)}
        if set(states) <= {"done", "failed"} or time.monotonic() > end:
            return counts
        time.sleep(2)
