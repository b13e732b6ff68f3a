"""Split questionnaires: how many issues each respondent gets, and which (rule: product.md, Survey)."""

from collections.abc import Collection, Sequence
from random import Random

LEAST = 12


def issues_each(issues: int, expected: int, min_n: int, least: int = LEAST) -> int:
    """How many of `issues` issues each respondent of a group gets so that `expected` respondents rate every issue about
    2 · `min_n` times, and never fewer than `least`: min(I, max(least, ceil(2 · min_n · I / expected))).

    All of them where nobody is expected (0).
    """
    if expected <= 0:
        return issues
    return min(issues, max(least, -(-2 * min_n * issues // expected)))


def draw_part(
    counts: Sequence[int],
    size: int,
    *,
    primaries: Sequence[object],
    core: Collection[int],
    allowed: Collection[int],
    rng: Random,
) -> list[int]:
    """The issues of one respondent, as sorted indices: the core, and so many others that there are `size` in all.

    `counts` (uint32[I]) is how often each issue has been given in this group; `primaries` names the primary of each
    issue. Only `allowed` issues are given, of the core too. Those given least often come first; among these the
    primaries that the part has least of; and among these chance decides, by `rng` (random.SystemRandom() in
    production: no seed may lead from a part to a respondent). Fewer where fewer are allowed; more where the core is
    larger than `size`. So the counts of allowed issues outside the core never differ by more than 1.
    """
    part = [issue for issue in core if issue in allowed]
    held: dict[object, int] = {}
    for issue in part:
        held[primaries[issue]] = held.get(primaries[issue], 0) + 1
    waiting = set(allowed).difference(part)
    levels: dict[int, list[int]] = {}
    for issue in waiting:
        levels.setdefault(int(counts[issue]), []).append(issue)
    wanted = size - len(part)
    for level in sorted(levels):
        if wanted <= 0:
            break
        part += _drawn(levels[level], wanted, primaries, held, rng)
        wanted = size - len(part)
    return sorted(part)


def _drawn(
    tied: list[int], wanted: int, primaries: Sequence[object], held: dict[object, int], rng: Random
) -> list[int]:
    """At most `wanted` of the tied issues; `held` (issues per primary in the part) is counted on."""
    free: dict[object, list[int]] = {}
    for issue in tied:
        free.setdefault(primaries[issue], []).append(issue)
    drawn = []
    for _turn in range(min(wanted, len(tied))):
        fewest = min(held.get(primary, 0) for primary in free)
        candidates = [issue for primary, own in free.items() if held.get(primary, 0) == fewest for issue in own]
        issue = candidates[rng.randrange(len(candidates))]
        primary = primaries[issue]
        drawn.append(issue)
        held[primary] = fewest + 1
        free[primary].remove(issue)
        if not free[primary]:
            del free[primary]
    return drawn
