"""Runs of one cycle that are made at the same time: each has a number of its own, and none fails."""

import pytest

pytestmark = pytest.mark.services
PROCESSES, EACH = 3, 4
_SCORE = f"""
import json
from materiality.actions.scores import score_cycle
from materiality.models import Cycle
from surveys.responses.counting import count_cycle
cycle = Cycle.objects.get(code="demo")
counted = count_cycle(cycle)
print(json.dumps([score_cycle(cycle=cycle, counted=counted, by=None).number for _run in range({EACH})]))
"""


def test_runs_at_once_have_numbers_without_gap(installation, default_library):
    installation.manage("load_demo", "--responses", "60")
    numbers = installation.python_at_once([_SCORE] * PROCESSES)
    assert sorted(sum(numbers, [])) == list(range(1, PROCESSES * EACH + 1))
    assert "sound" in installation.manage("verify_audit").stdout
