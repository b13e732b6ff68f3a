"""Two members of staff and eight callers of /readyz without pause: do respondents wait for them?"""

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing import get_context

from tests.bench.lean_client import Respondent, Tally
from tests.bench.measuring import table
from tests.torture.site import Staff, installed, start_web, status

MOST_TIMES = 2.0
CALLERS = 8
SURVEY = """
import json
from materiality.models import Cycle
from surveys.actions.plans import build_survey
from surveys.actions.surveys import open_survey
cycle = Cycle.objects.get(code="demo")
values = {"title_zh": "拥挤", "title_en": "Crowd", "code": "crowd", "split": True}
survey = build_survey(cycle=cycle, values=values, plans={}, by=None)
open_survey(survey=survey, by=None)
print(json.dumps(survey.pk))
"""
PAGES = ("/cycles/demo/scores/", "/cycles/demo/matrix/", "/cycles/demo/surveys/demo/fieldwork/", "/audit/", "/library/")


def main(small: bool) -> None:
    """Print the respondents' waits quiet and among the crowd; the crowd may double the 99th percentile at most."""
    with installed() as made:
        made.manage("load_demo", "--responses", "2000")
        made.manage("score", "demo")
        made.python(SURVEY)
        port = start_web(made)
        staff = [Staff(made, port, f"staff-{number}", "lead") for number in range(2)]
        seconds = 15 if small else 60
        _respondents(port, 5)
        quiet = _respondents(port, seconds)
        counts, crowd = _crowd(port, staff, seconds, lambda: _respondents(port, seconds))
        rows = [[name, len(each), *_waits(each)] for name, each in (("quiet", quiet), ("in the crowd", crowd))]
        table(["respondents", "requests", "p50 ms", "p99 ms", "longest ms"], rows)
        # p99 says little where the crowd asked less: before staff had processes of their own it was answered so much.
        before = {"staff pages": 2_183 / 70, "/readyz": 133_774 / 70}
        asked = [
            [name, number, number / (seconds + 10), before.get(name, "")] for name, number in sorted(counts.items())
        ]
        table(["meanwhile", "number", "a second", "before, a second"], asked)
    times = rows[1][3] / rows[0][3]
    print(f"\np99 in the crowd: {times:.1f} times the quiet one (at most {MOST_TIMES:g})")
    assert times <= MOST_TIMES, times


def _waits(seconds: list[float]) -> list[float]:
    ordered = sorted(seconds)
    return [1000 * ordered[len(ordered) * part // 100] for part in (50, 99)] + [1000 * ordered[-1]]


def _respondents(port: int, seconds: float) -> list[float]:
    """One after another, a request every 20 ms or so, as a phone sends them; the waits."""
    tally, chance, end = Tally(), random.Random(1), time.monotonic() + seconds
    while time.monotonic() < end:
        Respondent(port, tally).answer("/s/crowd/", "x", chance)
        time.sleep(0.05)
    return tally.seconds


def _crowd(
    port: int, staff: list[Staff], seconds: float, meanwhile: Callable[[], list[float]]
) -> tuple[dict[str, int], list[float]]:
    """Each caller is a process of its own, which the one that measures need not wait for: in life they are on other
    machines.
    """
    with get_context("spawn").Pool(len(staff) + CALLERS, initializer=os.nice, initargs=(19,)) as pool:
        end = time.time() + seconds + 10
        pages = [pool.apply_async(_turn_pages, (port, person.cookies(), end)) for person in staff]
        asked = [pool.apply_async(_ask_ready, (port, end)) for _caller in range(CALLERS)]
        time.sleep(5)
        waits = meanwhile()
        codes = Counter(code for each in pages for code in each.get())
        counts = {f"staff pages answered {code}": number for code, number in codes.items()}
        counts["staff pages"] = codes.total()
        return counts | {"/readyz": sum(each.get() for each in asked)}, waits


def _turn_pages(port: int, cookies: str, end: float) -> list[int]:
    codes = []
    while time.time() < end:
        codes.append(status(port, random.choice(PAGES), Cookie=cookies))
    return codes


def _ask_ready(port: int, end: float) -> int:
    number = 0
    while time.time() < end:
        status(port, "/readyz")
        number += 1
    return number
