#!/usr/bin/env python3
"""Check an evidence pack with Python's standard library alone: python3 verify.py PACK.zip (or the unpacked folder)."""

import csv
import hashlib
import io
import json
import math
import sys
import zipfile
from pathlib import Path

DIMENSIONS = ("society", "business")
FIGURES = "figures.csv"  # in place of ratings.csv where the run rests on figures from elsewhere


def verify(pack: Path) -> list[str]:
    """What does not hold, a sentence each; nothing where all hashes, scores and links of the audit chain do."""
    try:
        files = _files(pack)
        return [*_hashes(files), *_scores(files), *_chain(files)]
    except (OSError, zipfile.BadZipFile, KeyError, ValueError) as problem:
        return [f"{pack}: this is no evidence pack that can be read ({type(problem).__name__}: {problem})"]


def _files(pack: Path) -> dict[str, bytes]:
    if pack.is_dir():
        return {str(path.relative_to(pack).as_posix()): path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    with zipfile.ZipFile(pack) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _hashes(files: dict[str, bytes]) -> list[str]:
    """Every file is the one that the manifest names, and none is there besides."""
    listed = {row["file"]: row["sha256"] for row in json.loads(files["manifest.json"])["files"]}
    found = [f"{name}: named in the manifest and not there" for name in sorted(listed.keys() - files.keys())]
    found += [f"{name}: not in the manifest" for name in sorted(files.keys() - listed.keys() - {"manifest.json"})]
    for name in sorted(listed.keys() & files.keys()):
        if hashlib.sha256(files[name]).hexdigest() != listed[name]:
            found.append(f"{name}: SHA-256 is not that of the manifest")
    return found


def _rows(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[name].decode("utf-8-sig"))))


def _scores(files: dict[str, bytes]) -> list[str]:
    """Scores of groups from the counts of their ratings, and plain scores of issues from those of the groups.

    Figures from elsewhere were not counted here: their scores are those of the file.
    """
    run = json.loads(files["run.json"])
    method = run["method"]
    elsewhere = FIGURES in files
    rows = _rows(files, FIGURES if elsewhere else "ratings.csv")
    counted = {(row["group"], row["issue"], row["dimension"]): row for row in rows}
    what = "reported figure" if elsewhere else "counts"
    found = []
    for issue in [*run["issues"], *run["primary_issues"]]:
        if "plain_society" not in issue:
            continue  # derived from the issues below it
        for dimension in DIMENSIONS:
            cells = {group: each[dimension] for group, each in issue["groups"].items()}
            for group, cell in cells.items():
                row = counted.get((group, issue["code"], dimension))
                own = row and (float(row["score"]) if elsewhere else _score(row, run["scale"]))
                if row and not _same(cell["score"], own):
                    found.append(f"{issue['code']} {dimension} {group}: the score is not that of the {what}")
            if method["weighting"] == "balanced" and not _same(
                issue[f"plain_{dimension}"], _plain(cells, method, dimension)
            ):
                found.append(f"{issue['code']} {dimension}: the plain score is not that of the groups")
    return found


def _score(row: dict[str, str], k: int) -> float | None:
    """Mean of the ratings 1..K on 0-100."""
    numbers = [int(row[str(value)]) for value in range(1, k + 1)]
    total = sum(numbers)
    mean = sum(value * number for value, number in enumerate(numbers, start=1)) / total if total else None
    return None if mean is None else 100 * (mean - 1) / (k - 1)


def _plain(cells: dict, method: dict, dimension: str) -> float | None:
    """Weighted mean over the groups with at least min_n ratings."""
    parts = [
        (method["weights"].get(group, {}).get(dimension, 1), cell["score"])
        for group, cell in cells.items()
        if cell["n"] >= method["min_n"] and cell["score"] is not None
    ]
    weight = sum(each for each, _score in parts)
    return sum(each * score for each, score in parts) / weight if weight else None


def _same(stored: float | None, now: float | None) -> bool:
    if stored is None or now is None:
        return stored is now
    return math.isclose(stored, now, rel_tol=1e-9, abs_tol=1e-9)


def _chain(files: dict[str, bytes]) -> list[str]:
    """Each event names the hash of the one before, and the last is the head of the manifest."""
    rows = _rows(files, "audit.csv")
    head = json.loads(files["manifest.json"])["audit_head"]
    found = [
        f"audit event {after['number']}: does not follow on event {before['number']}"
        for before, after in zip(rows, rows[1:], strict=False)
        if after["previous_hash"] != before["hash"]
    ]
    if rows and (rows[-1]["hash"], int(rows[-1]["number"])) != (head["hash"], head["number"]):
        found.append("audit.csv: its last event is not the head that the manifest names")
    return found


def held(pack: Path) -> str:
    """What holds in a pack in which everything does, in a sentence or two."""
    rows = _rows(files, FIGURES) if FIGURES in (files := _files(pack)) else []
    said = "Hashes, scores and the audit chain hold."
    by = "; ".join(dict.fromkeys(row["reported_by"] for row in rows))
    return f"{said} The run rests on {len(rows)} figures from elsewhere, reported by {by}." if rows else said


if __name__ == "__main__":
    given = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    problems = verify(given)
    print("\n".join(problems) or held(given))
    sys.exit(1 if problems else 0)
