"""Where a label may stand relative to its mark: touching it, or on rings around it with a leader."""

from dataclasses import dataclass

import numpy as np

GAP = 1.5  # px between a mark and its leader, a leader and its text
_DISTANCES = (6, 12, 19, 27, 37, 50, 66, 86, 112, 146, 190, 250)  # px from the mark to the text
_ANGLES = 20


@dataclass(frozen=True)
class Template:
    """Places relative to a mark: the attachment point, and which part of the box lies on it (arrays of one length)."""

    dx: np.ndarray
    dy: np.ndarray
    fx: np.ndarray  # share of the box's width left of the attachment point
    fy: np.ndarray  # share of its height above
    led: np.ndarray  # whether a leader is drawn
    cost: np.ndarray


def template(r: float) -> Template:
    """The places around a mark that reaches `r` px: touching ones first, then rings with leaders."""
    rows = [*_touching(r), *_rings(r)]
    columns = np.array(rows, dtype=np.float32).T
    return Template(columns[0], columns[1], columns[2], columns[3], columns[4] > 0, columns[5])


def _touching(r: float) -> list[tuple[float, ...]]:
    near, above, rows = r + 2.0, r + 1.05, []
    for fy, cost in ((0.5, 0.0), (0.35, 0.35), (0.65, 0.35), (0.2, 0.8), (0.8, 0.8)):
        rows += [(near, 0, 0, fy, 0, cost), (-near, 0, 1, fy, 0, cost + 0.6)]
    for fx, cost in ((0.5, 0.9), (0.35, 1.1), (0.65, 1.1), (0.2, 1.3), (0.8, 1.3)):
        rows += [(0, -above, fx, 1, 0, cost), (0, above, fx, 0, 0, cost + 0.2)]
    slant = 0.6 * r
    for sx, fx in ((1, 0), (-1, 1)):
        rows += [(sx * slant, -above, fx, 1, 0, 1.0), (sx * slant, above, fx, 0, 0, 1.2)]
    return rows


def _rings(r: float) -> list[tuple[float, ...]]:
    rows: list[tuple[float, ...]] = []
    for d in _DISTANCES:
        for angle in 2 * np.pi * (np.arange(_ANGLES) + 0.5 * (d % 2)) / _ANGLES:
            ux, uy = np.cos(angle), np.sin(angle)
            place = ((r + d) * ux, (r + d) * uy)
            cost = 2.6 + 0.055 * d + 3.0 * (d / 100) ** 2
            if abs(ux) > 0.5:
                rows.append((*place, float(ux < 0), 0.5, 1, cost))
            else:
                fxs = (0.5,) if abs(ux) < 0.2 else (0.5, 0.12 if ux > 0 else 0.88)
                rows += [(*place, fx, float(uy < 0), 1, cost + 0.2) for fx in fxs]
    return rows
