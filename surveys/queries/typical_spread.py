"""How far single ratings of a group usually lie apart, from an earlier run of this installation."""

from dataclasses import dataclass, field

import numpy as np
from django.db.models import Case, When

from materiality.models import Run
from materiality.scoring.cube import Cube
from materiality.scoring.scores import moments
from surveys.questionnaire.planning import DEFAULT_SPREAD

# The demo's answers are made up: taken only where there is nothing else.
_DEMO = "demo"
_FEWEST = 30


@dataclass(frozen=True)
class Spread:
    """Standard deviations of single ratings in points on 0–100: by group (code), and for any other group.

    `run` is where they come from; None = the stated default.
    """

    run: Run | None = None
    everywhere: float = DEFAULT_SPREAD
    by_group: dict[str, float] = field(default_factory=dict)

    def of(self, group: str) -> float:
        """The group's own, where enough ratings tell it."""
        return self.by_group.get(group, self.everywhere)


def typical_spread() -> Spread:
    """The spread within issues and dimensions in the newest run, pooled per group (at least 30 degrees of freedom)."""
    demo_last = Case(When(cycle__code=_DEMO, then=1), default=0)
    run = Run.objects.select_related("cycle").order_by(demo_last, "-created_at").first()
    return Spread() if run is None else spread_of(run)


def spread_of(run: Run) -> Spread:
    """The spread in this run; the default where it holds too few ratings."""
    cube = Cube.from_bytes(bytes(run.cube))
    found = moments(cube)
    freedom = np.maximum(found.n - 1, 0)
    squares = np.where(freedom > 0, found.var, 0) * freedom
    points = 100 / (cube.k - 1)
    by_group = {
        group: points * float(np.sqrt(squares[place].sum() / freedom[place].sum()))
        for place, group in enumerate(cube.groups)
        if freedom[place].sum() >= _FEWEST
    }
    if freedom.sum() < _FEWEST:
        return Spread()
    return Spread(run, points * float(np.sqrt(squares.sum() / freedom.sum())), by_group)
