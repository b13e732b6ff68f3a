"""Respondents and staff for a long while: the memory of every process stays flat."""

import random
import time

import psutil

from tests.bench.lean_client import Respondent, Tally
from tests.bench.measuring import table
from tests.torture.crowd import PAGES, SURVEY
from tests.torture.site import Staff, installed, start_web

SECONDS = {True: 60, False: 1_200}
MOST_GROWTH = 1.15


def main(small: bool) -> None:
    """Print memory after a tenth of the time and at the end."""
    chance = random.Random(6)
    with installed() as made:
        made.manage("load_demo", "--responses", "1000")
        made.manage("score", "demo")
        made.python(SURVEY)
        port = start_web(made)
        person = Staff(made, port, "lead", "lead")
        web = psutil.Process(made.processes["web"].pid)
        begun, first, answers = time.monotonic(), 0.0, 0
        while (gone := time.monotonic() - begun) < SECONDS[small]:
            Respondent(port, Tally()).answer("/s/crowd/", "x", chance)
            answers += 1
            code, _body = person.get(chance.choice(PAGES))
            assert code == 200, code
            if not first and gone > SECONDS[small] / 5:
                first = _memory(web)
        last = _memory(web)
    rows = [["web", answers, first, last, last / first]]
    table(["process", "respondents", "MB early", "MB at the end", "times"], rows)
    assert last / first <= MOST_GROWTH, rows


def _memory(web: psutil.Process) -> float:
    return sum(each.memory_info().rss for each in (web, *web.children(recursive=True))) / 1e6
