"""The clock of all processes is set back and forth while people answer and jobs run: nothing is lost, nothing stops.

Needs libfaketime (Debian: `faketime`); without it the round is left out and says so. Pauses and limits of time are
measured by the monotonic clock, which nobody sets.
"""

import random
import tempfile
import time
from pathlib import Path

from tests.bench.lean_client import Respondent, Tally
from tests.bench.measuring import table
from tests.torture.crowd import SURVEY
from tests.torture.kills import READ, SCORE, states_of_jobs, wait_for_page
from tests.torture.site import installed_on, status

POINTS = {True: 6, False: 20}
# Seconds by which clocks go wrong: zones, summer time, a dead battery, a server of time that errs.
JUMPS = (3_600, -3_600, 86_400, -86_400, 61, -61, 20 * 86_400, -20 * 86_400)
MOST_SECONDS = 60.0
LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


def main(small: bool, database: str = "sqlite") -> None:
    """Print by how much the clock was set, and how long a job took afterwards."""
    if not LIBRARIES:
        print("left out: libfaketime is not installed here")
        return
    with tempfile.TemporaryDirectory(prefix="yiti-clock-") as folder:
        clock = Path(folder) / "clock"
        clock.write_text("+0")
        faked = {
            **{"LD_PRELOAD": str(LIBRARIES[0]), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_CACHE_DURATION": "1"},
            **{"FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"},
        }
        with installed_on(database, **faked) as made:
            _turn(made, clock, POINTS[small])


def _turn(made, clock: Path, points: int) -> None:
    chance, given, rows = random.Random(8), [], []
    made.manage("load_demo", "--responses", "300")
    made.python(SURVEY)
    made.start_command("supervise", "supervise")
    port = int(made.environment["PORT"])
    wait_for_page(port, 90)
    for point in range(points):
        jump = JUMPS[point % len(JUMPS)]
        clock.write_text(f"{jump:+d}")
        time.sleep(2)
        name = f"clock-{point}"
        Respondent(port, Tally()).answer("/s/crowd/", name, chance)
        given.append(name)
        made.python(SCORE.replace("N)", "1)"))
        begun = time.monotonic()
        states = states_of_jobs(made)
        rows.append([point, jump, time.monotonic() - begun, str(states), status(port, "/readyz")])
    clock.write_text("+0")
    comments, jobs = made.python(READ)
    table(["point", "clock, s", "job done after s", "jobs", "/readyz"], rows)
    wrong = [name for name in given if comments.count(name) != 1]
    print(f"\n{len(given)} answers acknowledged, {len(wrong)} lost or doubled")
    sound = made.manage("verify_audit", check=False)
    print(sound.stdout.strip().splitlines()[-1])
    assert not wrong and set(jobs) == {"done"} and sound.returncode == 0, (wrong, jobs, sound.stderr)
    assert max(row[2] for row in rows) <= MOST_SECONDS, rows
