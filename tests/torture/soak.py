"""Respondents and staff for a long while: the memory of every process stays flat."""

import random
import time

from tests.bench.lean_client import Respondent, Tally
from tests.bench.measuring import table
from tests.torture.crowd import PAGES, SURVEY
from tests.torture.site import Staff, installed, memory_of_web, start_web

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
        begun, first, answers = time.monotonic(), 0.0, 0
        while (gone := time.monotonic() - begun) < SECONDS[small]:
            Respondent(port, Tally()).answer("/s/crowd/", "x", chance)
            answers += 1
            code, _body = person.get(chance.choice(PAGES))
            assert code == 200, code
            if not first and gone > SECONDS[small] / 5:
                first = memory_of_web(made)
        last = memory_of_web(made)
    rows = [["web", answers, first, last, last / first]]
    table(["process", "respondents", "MB early", "MB at the end", "times"], rows)
    assert last / first <= MOST_GROWTH, rows
