"""How many ratings a mean needs for an interval of a chosen width."""

import numpy as np

from materiality.scoring.intervals import Z, t_quantile


def variances(number: np.ndarray, total: np.ndarray, squares: np.ndarray, *, least: int, k: int) -> np.ndarray:
    """Variance of ratings per cell [G, items] from counts, sums and sums of squares (int64).

    Cells with fewer than `least` ratings get the variance within all cells together: their own says little, and could
    tell what single persons said. Where nothing is known at all, that of ratings spread evenly over 1..`k`.
    """
    around = squares - np.divide(total.astype(float) ** 2, number, out=np.zeros(number.shape), where=number > 0)
    freedom = np.maximum(number - 1, 0)
    pooled = around[number > 1].sum() / freedom.sum() if freedom.sum() else (k**2 - 1) / 12
    own = np.divide(around, freedom, out=np.zeros(number.shape), where=freedom > 0)
    return np.where(number >= max(least, 2), own, pooled)


def needed_ratings(variance: np.ndarray, half_width: float, k: int) -> np.ndarray:
    """int64: the fewest ratings of this variance whose 95 % interval is at most ± `half_width` points on 0–100.

    At least 2, as in `planning.ratings_needed`; ValueError for a width that is not positive.
    """
    if half_width <= 0:
        raise ValueError("the width of an interval is positive")
    unit = np.asarray(variance, float) * (100 / ((k - 1) * half_width)) ** 2
    # The normal interval is narrower than Student's, so that its number is a place to start counting from.
    number = np.maximum(2, np.ceil(Z**2 * unit))
    while (short := t_quantile(number - 1) ** 2 * unit > number).any():
        number = number + short
    return number.astype(np.int64)
