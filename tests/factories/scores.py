"""Scoring runs for tests, made by the real scoring from random answers."""

import numpy as np

from materiality.actions.scores import score_cycle
from materiality.models import Cycle, Issue, Run
from materiality.scoring.cube import SKIPPED, CubeBuilder
from materiality.scoring.run import Counted

FLAGS = {"incomplete": 7, "straight_line": 0, "speeding": 3, "duplicate": 1, "out_of_window": 0, "no_consent": 0}


def make_run(cycle: Cycle, sizes: dict[str, int] | None = None, seed: int = 1, k: int = 5) -> Run:
    """A run of random ratings of all secondaries; `sizes` gives valid responses per group, 20 where not named."""
    return score_cycle(cycle=cycle, counted=make_counted(cycle, sizes, seed, k), by=None)


def make_counted(cycle: Cycle, sizes: dict[str, int] | None = None, seed: int = 1, k: int = 5) -> Counted:
    """What `make_run` scores: a tenth of the ratings is skipped."""
    rng = np.random.default_rng(seed)
    groups = list(cycle.groups.values_list("code", flat=True))
    issues = Issue.objects.filter(edition=cycle.edition, parent__isnull=False).order_by("code")
    codes = list(issues.values_list("code", flat=True))
    numbers = {group: 20 if sizes is None else sizes.get(group, 20) for group in groups}
    group_index = np.repeat(np.arange(len(groups)), list(numbers.values()))
    columns = [(issue, dimension) for issue in range(len(codes)) for dimension in (0, 1)]
    likely = rng.uniform(1.5, k - 0.5, (len(groups), len(columns)))
    ratings = np.clip(np.rint(rng.normal(likely[group_index], 0.9)), 1, k).astype(np.uint8)
    ratings[rng.random(ratings.shape) < 0.1] = SKIPPED
    builder = CubeBuilder(groups, codes, k, columns)
    builder.add(group_index, ratings)
    return Counted(builder.cube(), _responses(numbers), f"{seed:064x}", ["survey"])


def _responses(numbers: dict[str, int]) -> dict:
    valid = sum(numbers.values())
    return {
        "total": valid + 15,
        "unfinished": 4,
        "submitted": valid + 11,
        "valid": valid,
        "flags": FLAGS,
        "groups": {code: {"total": number, "submitted": number, "valid": number} for code, number in numbers.items()},
    }
