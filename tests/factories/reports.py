"""Cycles with a scoring run and an outline, for tests of what is made from them."""

import csv
import zlib
from datetime import date
from itertools import count
from pathlib import Path

import numpy as np

from materiality.actions.cycles import open_cycle
from materiality.actions.scores import score_cycle
from materiality.models import Cycle, Issue, Run
from materiality.scoring.cube import CubeBuilder
from materiality.scoring.run import Counted
from reports.actions.outline import import_outline
from reports.outline.outline import parse_outline
from reports.queries.outline import books_of
from surveys.questionnaire.screening import FLAGS

OUTLINE = Path(__file__).resolve().parents[2] / "fixtures" / "demo_outline.csv"
_numbers = count(1)


def make_cycle(code: str = "", gri_edition: str = "2016") -> Cycle:
    """An open cycle with the default groups; the default library must be loaded."""
    code = code or f"cycle-{next(_numbers)}"
    titles = {"title_zh": "2026 年度评估", "title_en": "2026 annual assessment"}
    period = {"period_start": date(2026, 1, 1), "period_end": date(2026, 12, 31)}
    return open_cycle(code=code, gri_edition=gri_edition, by=None, **titles, **period)


def make_counted(cycle: Cycle, responses: int = 120, seed: int = 1) -> Counted:
    """Ratings of all secondary issues by all groups, drawn from a fixed seed; the last group has three responses."""
    rng = np.random.default_rng(seed)
    issues = list(Issue.objects.filter(edition=cycle.edition, parent__isnull=False).values_list("code", flat=True))
    groups = list(cycle.groups.values_list("code", flat=True))
    columns = [(place, dimension) for place in range(len(issues)) for dimension in (0, 1)]
    mean = rng.normal(3.6, 0.6, len(columns))
    group = np.append(np.arange(responses - 3) % (len(groups) - 1), [len(groups) - 1] * 3)
    ratings = np.clip(np.rint(mean + rng.normal(0, 0.8, (responses, len(columns)))), 1, 5).astype(np.uint8)
    builder = CubeBuilder(groups, issues, 5, columns)
    builder.add(group, ratings)
    number = np.bincount(group, minlength=len(groups)).tolist()
    counts = {code: {"total": n, "submitted": n, "valid": n} for code, n in zip(groups, number, strict=True)}
    summary = {
        **{"total": responses, "unfinished": 0, "submitted": responses, "valid": responses},
        "flags": dict.fromkeys(FLAGS, 0),
        "groups": counts,
    }
    return Counted(builder.cube(), summary, f"{zlib.crc32(ratings.tobytes()):064x}", ["demo"])


def make_run(cycle: Cycle, responses: int = 120, seed: int = 1) -> Run:
    return score_cycle(cycle=cycle, counted=make_counted(cycle, responses, seed), by=None)


def load_demo_outline(cycle: Cycle) -> None:
    """The outline of the fixtures, whose codes are of GRI 2016."""
    import_outline(cycle=cycle, rows=parse_outline(OUTLINE, books_of(cycle)).rows, by=None)


def outline_lines() -> list[dict[str, str]]:
    """The rows of the fixture as the file has them."""
    with OUTLINE.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))
