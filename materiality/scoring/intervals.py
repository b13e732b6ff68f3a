"""95 % intervals of scores: Student's t by the expansion of scoring.md."""

import numpy as np

Z = 1.959964
LEAST_FREEDOM = 3


def t_quantile(freedom: np.ndarray) -> np.ndarray:
    """97.5 % point of Student's t for `freedom` degrees (at least 3 are taken), within 0.01 from 4 on."""
    nu, z = np.maximum(freedom, LEAST_FREEDOM), Z
    return (
        z
        + (z**3 + z) / (4 * nu)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * nu**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * nu**3)
    )


def intervals(score: np.ndarray, var: np.ndarray, freedom: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ends of S ± t √V on 0–100, NaN where V is 0 or unknown. Sampling error only (scoring.md)."""
    half = t_quantile(freedom) * np.sqrt(np.where(var > 0, var, np.nan))
    return np.clip(score - half, 0, 100), np.clip(score + half, 0, 100)
