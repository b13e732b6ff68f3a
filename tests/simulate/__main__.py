"""How often intervals and certainties are right: six scenarios, drawn anew each time, scored by the product's code."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from materiality.scoring.cells import cells_of, fit
from materiality.scoring.certainty import normal_cdf
from materiality.scoring.cube import NOT_ASKED, CubeBuilder
from materiality.scoring.estimates import scores_of
from materiality.scoring.method import Method
from materiality.scoring.parts import PartsBuilder, deal_by_cluster
from materiality.scoring.run import Counts, run
from materiality.scoring.tiers import place

K, ISSUES, LOT = 5, 40, 5
SIZES = {"users": 300, "employees": 120, "partners": 60, "government": 25, "media": 20}


@dataclass(frozen=True)
class World:
    """What is true in one scenario. top: how high ratings lie; habit, person, cluster: deviations of a group's,
    a person's and a cluster's way of rating; asked(rng) -> bool[G, I, 2]; size: factor of the groups' responses.
    """

    name: str
    method: Method = Method()
    top: float = 3.4
    habit: float = 0.0
    person: float = 0.5
    cluster: float = 0.0
    size: float = 1.0
    asked: Callable[[np.random.Generator], np.ndarray] | None = None


def partly(rng: np.random.Generator) -> np.ndarray:
    """Users rate six issues in ten; business is rated by employees and partners alone."""
    asked = np.ones((len(SIZES), ISSUES, 2), bool)
    asked[0, rng.permutation(ISSUES)[: ISSUES * 4 // 10]] = False
    asked[[0, 3, 4], :, 1] = False
    return asked


WORLDS = (
    World("everybody asked everything"),
    World("incomplete plan, groups with habits", habit=0.5, asked=partly),
    World("ratings at the top", top=4.4),
    World("small groups: 8 to 12 responses", size=0.04),
    World("clusters of five, declared", cluster=0.4),
    World("double materiality by shares", method=Method(rule="either", thresholds="shares")),
)


def drawn(world: World, rng: np.random.Generator) -> tuple[Counts, np.ndarray]:
    """One survey's responses counted, and the true means float[G, I, 2] of its groups."""
    groups = len(SIZES)
    sizes = np.maximum(8, (np.array(list(SIZES.values())) * world.size).astype(int))
    issue = rng.normal(world.top, 0.35, (ISSUES, 2)) + rng.normal(0, 0.3, (ISSUES, 1))
    level = issue + rng.normal(0, 0.15, (groups, ISSUES, 2)) + world.habit * rng.normal(0, 1, (groups, 1, 1))
    columns = [(i, d) for i in range(ISSUES) for d in (0, 1)]
    builder = CubeBuilder(list(SIZES), [f"I-{i:02}" for i in range(ISSUES)], K, columns)
    parts = PartsBuilder(groups, ISSUES, K, columns)
    asked = np.ones(level.shape, bool) if world.asked is None else world.asked(rng)
    clustered = []
    for g, size in enumerate(sizes.tolist()):
        lot = np.arange(size) // LOT
        shift = world.person * rng.normal(0, 1, size) + (world.cluster * rng.normal(0, 1, lot[-1] + 1))[lot]
        latent = level[g] + shift[:, None, None] + rng.normal(0, 0.8, (size, ISSUES, 2))
        ratings = np.clip(np.rint(latent), 1, K).astype(np.uint8)
        ratings[:, ~asked[g]] = NOT_ASKED
        flat, own = ratings.reshape(size, -1), np.full(size, g)
        builder.add(own, flat)
        part = np.arange(size) % 40
        if world.cluster:
            dealt = deal_by_cluster(np.zeros(size, int), 1, [f"{n:03}" for n in lot.tolist()], range(size))
            part, clustered = dealt.part, [*clustered, list(SIZES)[g]]
        parts.add(own, part.astype(np.uint8), flat)
    cube = builder.cube()
    if world.cluster:
        cube = replace(cube, parts=parts.parts())
    return Counts.of(cube, clustered=clustered), expected_means(level, world)


def expected_means(level: np.ndarray, world: World) -> np.ndarray:
    """The mean of a clipped and rounded rating, over persons, clusters and answers."""
    spread = np.sqrt(world.person**2 + world.cluster**2 + 0.8**2)
    edges = np.arange(1, K) + 0.5
    below = normal_cdf((edges - level[..., None]) / spread)
    return K - below.sum(axis=-1)


def truth(counts: Counts, means: np.ndarray, method: Method) -> np.ndarray:
    """The scores float[I, 2] that the estimator gives for the true means of the groups, in code order."""
    order = [list(SIZES).index(group) for group in counts.ratings.groups]
    score = 100 * (means[order] - 1) / (K - 1)
    cells = cells_of(replace(counts.ratings, score=score), method)
    return scores_of(cells, fit(cells), method).score


def simulated(world: World, repeats: int, seed: int) -> tuple[float, float, float, float]:
    """Share of 95% intervals that hold the true score; of rank intervals that hold the true rank; certainty of tiers
    as said, and share of tiers that are the true ones.
    """
    rng, held, ranked, said, right = np.random.default_rng(seed), [], [], [], []
    for _repeat in range(repeats):
        counts, means = drawn(world, rng)
        method = replace(world.method, seed=int(rng.integers(2**31)))
        true = truth(counts, means, method)
        placing = place(true, method)
        for at, issue in enumerate(run(counts, method, {}).issues):
            for d, name in enumerate(("society", "business")):
                low = getattr(issue, f"{name}_low")
                if low is not None:
                    held.append(low <= true[at, d] <= getattr(issue, f"{name}_high"))
            if issue.rank_low is not None:
                ranked.append(issue.rank_low <= placing.rank[at] <= issue.rank_high)
            if issue.tier_certainty is not None:
                said.append(issue.tier_certainty)
                right.append(issue.tier == placing.tiers[at])
    return tuple(float(np.mean(each)) for each in (held, ranked, said, right))


def main(arguments: list[str]) -> None:
    """Print the table; the first argument is the number of repeats."""
    repeats = int(arguments[0]) if arguments else 400
    print(f"{repeats} surveys a scenario, {ISSUES} issues, {len(SIZES)} groups\n")
    print("| scenario | 95% intervals | rank intervals | certainty said | tiers right | seconds |")
    print("|---|---|---|---|---|---|")
    for number, world in enumerate(WORLDS):
        start = time.perf_counter()
        held, ranked, said, right = (f"{100 * each:.1f}" for each in simulated(world, repeats, number))
        print(
            f"| {world.name} | {held} | {ranked} | {said} | {right} | {time.perf_counter() - start:.0f} |", flush=True
        )


if __name__ == "__main__":
    main(sys.argv[1:])
