"""Scores of the demo's method by plain loops from an exported CSV: independent of the product's own code."""

import csv
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from statistics import fmean, variance

OPENS = datetime.fromisoformat("2026-01-05T00:00:00+08:00")
CLOSES = datetime.fromisoformat("2026-03-01T00:00:00+08:00")
DIMENSIONS = ("society", "business")


def reference(path: Path) -> dict:
    """{"responses": counts, "scores": {code: {dimension: score}}, "n": {(group, code, dimension): n}}."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    submitted = [row for row in rows if row["submitted_at"]]
    flags = {id(row): _flags(row) for row in submitted}
    seen: set[str] = set()
    for row in sorted(submitted, key=lambda row: datetime.fromisoformat(row["submitted_at"])):
        if row["token"] in seen:
            flags[id(row)].add("duplicate")
        seen.add(row["token"])
    valid = [row for row in submitted if not flags[id(row)]]
    ratings = defaultdict(list)
    for row in valid:
        for name, cell in row.items():
            if ":" in name and cell.isdigit():
                ratings[(row["group"], *name.split(":"))].append(int(cell))
    return {
        "responses": {
            "total": len(rows),
            "unfinished": len(rows) - len(submitted),
            "submitted": len(submitted),
            "valid": len(valid),
            "flags": Counter(flag for found in flags.values() for flag in found),
        },
        "n": {key: len(values) for key, values in ratings.items()},
        "scores": _scores(ratings),
        "variances": _scores(ratings, of_variance=True),
    }


def _flags(row: dict) -> set[str]:
    cells = [cell for name, cell in row.items() if ":" in name]
    rated = [cell for cell in cells if cell.isdigit()]
    answered = len(rated) + cells.count("DK")
    asked = len(cells) - cells.count("NA")
    started, ended = (datetime.fromisoformat(row[name]) for name in ("started_at", "submitted_at"))
    most = Counter(rated).most_common(1)[0][1] if rated else 0
    found = set()
    if not asked or answered * 2 < asked:
        found.add("incomplete")
    if len(rated) >= 20 and 20 * most >= 19 * len(rated):
        found.add("straight_line")
    if answered and (ended - started).total_seconds() < answered:
        found.add("speeding")
    if not OPENS <= ended <= CLOSES:
        found.add("out_of_window")
    if row["consent"] == "no":
        found.add("no_consent")
    return found


def _scores(ratings: dict, of_variance: bool = False) -> dict[str, dict[str, float | None]]:
    """S (or V) per issue and dimension: equal weights over groups with at least 5 ratings, K = 5, all asked everything.

    So the comparable score is the plain mean. Variances are moderated: those of a group's other issues say something.
    """
    counted = {key: values for key, values in ratings.items() if len(values) >= 5}
    result: dict[str, dict[str, float | None]] = {}
    for code in {code for _group, code, _dimension in ratings}:
        result[code] = {}
        for dimension in DIMENSIONS:
            cells = {g: values for (g, c, d), values in counted.items() if (c, d) == (code, dimension)}
            if of_variance:
                terms = [_moderated(counted, g, dimension, values) / len(cells) ** 2 for g, values in cells.items()]
                result[code][dimension] = sum(terms) if terms else None
            else:
                means = [25 * (fmean(values) - 1) for values in cells.values()]
                result[code][dimension] = fmean(means) if means else None
    return result


def _moderated(counted: dict, group: str, dimension: str, values: list[int]) -> float:
    """The variance of a cell's score."""
    all_of_group = [variance(own) for (g, _code, d), own in counted.items() if (g, d) == (group, dimension)]
    prior, weight, free = fmean(all_of_group), min(4, len(all_of_group) - 1), len(values) - 1
    return 625 * (free * variance(values) + weight * prior) / (free + weight) / len(values)
