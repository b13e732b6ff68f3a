"""How many responses an interval of a given width takes, full against split (scoring.md, 95 % interval of a score)."""

from math import ceil, sqrt

from materiality.scoring.intervals import Z, t_quantile

# Half-widths of 95 % intervals, in points on 0–100, that a plan is made for.
WIDTHS = (3, 5, 8)
# Points on 0–100: a standard deviation of 1.0 on a scale 1–5, where no earlier run says better.
DEFAULT_SPREAD = 25.0


def half_width(ratings: int, spread: float) -> float | None:
    """Half of the 95 % interval of a group's score, in points: t · spread / √n with n − 1 degrees of freedom.

    `spread` is the standard deviation of single ratings in points on 0–100. None for fewer than 2 ratings.
    """
    if ratings < 2:
        return None
    return float(t_quantile(ratings - 1)) * spread / sqrt(ratings)


def ratings_needed(width: float, spread: float) -> int:
    """The fewest ratings of one issue whose interval is at most ± `width` points (> 0); at least 2."""
    # The normal interval is narrower than Student's, so that its number is a place to start counting from.
    found = max(2, ceil((Z * spread / width) ** 2))
    while half_width(found, spread) > width:
        found += 1
    return found


def responses_needed(width: float, spread: float, *, issues: int, each: int, core: int = 0) -> int | None:
    """The fewest responses after which every issue has the ratings that ± `width` takes.

    Each respondent gets `each` of the group's `issues`, among them `core`, and the rest in turn. None where the part
    holds nothing but the core, so that other issues are never asked.
    """
    wanted, turns, waiting = ratings_needed(width, spread), each - core, issues - core
    if waiting <= 0 or each >= issues:
        return wanted
    return -(-wanted * waiting // turns) if turns > 0 else None


def ratings_of_each(responses: int, *, issues: int, each: int, core: int = 0) -> int:
    """Ratings that so many responses surely give every issue, where everybody answers everything that they get."""
    turns, waiting = each - core, issues - core
    if waiting <= 0 or each >= issues:
        return responses
    return responses * max(0, turns) // waiting
