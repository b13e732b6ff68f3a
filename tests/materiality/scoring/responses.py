"""Responses for tests of scoring: drawn at random, counted into a cube, or looked at one by one."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from materiality.scoring.cube import Cube, CubeBuilder


@dataclass(frozen=True)
class Answers:
    """Valid responses in id order: group of each, rating bytes uint8[R, items], and what the columns mean."""

    groups: tuple[str, ...]
    issues: tuple[str, ...]
    k: int
    columns: tuple[tuple[int, int], ...]
    group_index: np.ndarray
    ratings: np.ndarray

    def cube(self) -> Cube:
        builder = self.builder()
        builder.add(self.group_index, self.ratings)
        return builder.cube()

    def builder(self) -> CubeBuilder:
        return CubeBuilder(self.groups, self.issues, self.k, self.columns)

    def cells(self, group: str, issue: str, dimension: int) -> list[int | None]:
        """The bytes of one group for one item in id order, None throughout where there is no such item."""
        rows = self.ratings[self.group_index == self.groups.index(group)]
        item = (self.issues.index(issue), dimension)
        if item not in self.columns:
            return [None] * len(rows)
        return rows[:, self.columns.index(item)].tolist()


def table(rows: list[tuple[str, list[tuple[int, int]]]], k: int = 5, issues: tuple[str, ...] = ()) -> Answers:
    """Answers from (group, [(society, business) per issue]); groups in the order in which they first appear."""
    groups = tuple(dict.fromkeys(group for group, _ in rows))
    issues = issues or tuple(f"I-{n:02}" for n in range(len(rows[0][1])))
    columns = tuple((issue, dimension) for issue in range(len(issues)) for dimension in (0, 1))
    ratings = np.array([[value for pair in pairs for value in pair] for _, pairs in rows], dtype=np.uint8)
    return Answers(groups, issues, k, columns, np.array([groups.index(group) for group, _ in rows]), ratings)


def random_answers(
    seed: int, responses: int, groups: int, issues: int, k: int = 5, absent: float = 0.2, *, whole: bool = False
) -> Answers:
    """Answers drawn from `seed`; some items are left out of the questionnaire unless `whole`."""
    rng = np.random.default_rng(seed)
    columns = [(issue, dimension) for issue in range(issues) for dimension in (0, 1)]
    if not whole:
        columns = [columns[n] for n in rng.permutation(len(columns))[: rng.integers(1, len(columns) + 1)]]
    shape = (responses, len(columns))
    person = rng.normal(0, 0.8, (responses, 1))
    level = rng.uniform(1, k, len(columns)) + person + rng.normal(0, 1, shape)
    ratings = np.clip(np.rint(level), 1, k).astype(np.uint8)
    ratings[rng.random(shape) < absent] = 0
    ratings[rng.random(shape) < absent / 2] = 254
    ratings[rng.random(shape) < absent / 2] = 255
    return Answers(
        tuple(f"g{n}" for n in range(groups)),
        tuple(f"I-{n:02}" for n in range(issues)),
        k,
        tuple(columns),
        rng.integers(0, groups, responses),
        ratings,
    )


answers = st.builds(
    random_answers,
    seed=st.integers(0, 2**32 - 1),
    responses=st.integers(0, 120),
    groups=st.integers(1, 4),
    issues=st.integers(1, 4),
    k=st.sampled_from([5, 7, 10]),
    absent=st.sampled_from([0.0, 0.2, 0.6]),
)
