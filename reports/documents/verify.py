#!/usr/bin/env python3
"""Check an evidence pack with Python's standard library alone: python3 verify.py PACK.zip (or the unpacked folder).

It counts the rows of responses where the pack has them, and the scores of a run again from those of the groups: habits,
plain and comparable scores, priorities, ranks, cuts, tiers and what follows for parents. It ends with 1
where something does not hold, and with 2 where it cannot tell.
"""

import csv
import hashlib
import io
import json
import math
import sys
import zipfile
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

DIMENSIONS = ("society", "business")
DECIMALS = 9
NOT_HERE = "Not recomputed here: variances, intervals, certainty, rank intervals and the digest of the responses."
RESPONSES, HIDDEN = "responses.csv", "*"
FIGURES = "figures.csv"  # in place of ratings.csv where the run rests on figures from elsewhere


def verify(pack: Path) -> list[str]:
    """What does not hold, a sentence each; nothing where all hashes, scores and links of the audit chain do."""
    try:
        files = _files(pack)
        return [*_hashes(files), *_responses(files), *_scores(files), *_chain(files)]
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


# Group, issue, dimension → how often each value was given, None where the rows hide it.
Counted = dict[tuple[str, str, str], dict[str, int] | None]


def _counted(files: dict[str, bytes]) -> tuple[dict[str, int], Counted]:
    """How many rows of responses each group has, and what stands in them."""
    reader = csv.reader(io.StringIO(files[RESPONSES].decode()))
    items = [name.rpartition(":")[::2] for name in next(reader)[1:]]
    rows: dict[str, list[list[str]]] = {}
    for row in reader:
        rows.setdefault(row[0], []).append(row)
    found: Counted = {}
    for group, own in rows.items():
        for (issue, dimension), cells in zip(items, list(zip(*own, strict=True))[1:], strict=True):
            numbers = dict(Counter(each for each in cells if each.isdigit()))
            found[group, issue, dimension] = None if HIDDEN in cells else numbers
    return {group: len(own) for group, own in rows.items()}, found


def _responses(files: dict[str, bytes]) -> list[str]:
    """The rows of responses are as many as the run counted, and give the counts of every cell that they show."""
    if RESPONSES not in files:
        return []
    sizes, given = _counted(files)
    valid = {group: each["valid"] for group, each in json.loads(files["screening.json"]).get("groups", {}).items()}
    found = [
        f"{group}: {RESPONSES} has {number} rows, the run counted {valid.get(group)}"
        for group, number in sizes.items()
        if number != valid.get(group)
    ]
    shown = {(row.pop("group"), row.pop("issue"), row.pop("dimension")): row for row in _rows(files, "ratings.csv")}
    for cell in sorted(shown.keys() | {cell for cell, numbers in given.items() if numbers}):
        numbers = {value: int(number) for value, number in shown.get(cell, {}).items() if int(number)}
        if cell[0] in sizes and given.get(cell, {}) not in (None, numbers):
            found.append(f"{cell[1]} {cell[2]} {cell[0]}: the counts are not those of the responses")
    return found


def _scores(files: dict[str, bytes]) -> list[str]:
    """Scores of groups from the counts of their ratings, and all that follows from the scores of groups.

    Figures from elsewhere were not counted here: their scores are those of the file.
    """
    run = json.loads(files["run.json"])
    elsewhere = FIGURES in files
    rows = _rows(files, FIGURES if elsewhere else "ratings.csv")
    counted = {(row["group"], row["issue"], row["dimension"]): row for row in rows}
    what = "reported figure" if elsewhere else "counts"
    found = []
    for issue in [*run["issues"], *run["primary_issues"]]:
        for group, dimensions in issue["groups"].items():
            for dimension, cell in dimensions.items():
                row = counted.get((group, issue["code"], dimension))
                own = row and (float(row["score"]) if elsewhere else _score(row, run["scale"]))
                if row and not _same(cell["score"], own):
                    found.append(f"{issue['code']} {dimension} {group}: the score is not that of the {what}")
    return found + _Recount(files).differing()


def _score(row: dict[str, str], k: int) -> float | None:
    """Mean of the ratings 1..K on 0-100."""
    numbers = [int(row[str(value)]) for value in range(1, k + 1)]
    total = sum(numbers)
    mean = sum(value * number for value, number in enumerate(numbers, start=1)) / total if total else None
    return None if mean is None else 100 * (mean - 1) / (k - 1)


def _same(stored: float | None, now: float | None) -> bool:
    if stored is None or now is None:
        return stored is now
    return math.isclose(stored, now, rel_tol=1e-9, abs_tol=1e-9)


class _Recount:
    """The run counted again from the scores of its groups (scoring.md)."""

    def __init__(self, files: dict[str, bytes]) -> None:
        run = self.run = json.loads(files["run.json"])
        self.method, self.parents = run["method"], run.get("parents", {})
        self.rated = {each["code"]: each for each in [*run["issues"], *run["primary_issues"]] if "base" in each}
        groups = json.loads(files["screening.json"]).get("groups", {})
        self.valid = {group: each["valid"] for group, each in groups.items()}
        self.hidden: set[str] = set()  # issues of which a cell counts that the pack does not show
        self.plain: dict[tuple[str, str], float] = {}
        self.score: dict[tuple[str, str], float | None] = {}
        self.habits: dict[tuple[str, str], float] = {}
        for dimension in DIMENSIONS:
            self._fit(dimension)
        self._without_groups()

    @property
    def unchecked(self) -> list[str]:
        """Issues whose scores follow from what the pack does not hold: small cells, or a panel."""
        panel = any(self.method[f"panel_{dimension}"] for dimension in DIMENSIONS)
        every = panel or bool(self.hidden and self.method["estimator"] != "plain")
        return sorted(self.rated if every else self.hidden)

    def differing(self) -> list[str]:
        """What the run says otherwise; nothing of issues that cannot be checked, and of those compared with them."""
        found = []
        if self.method["scoring"] < 2:
            return found
        for (code, dimension), value in self.plain.items():
            if code not in self.hidden and not _same(self.rated[code][f"plain_{dimension}"], value):
                found.append(f"{code} {dimension}: the plain score is not that of the groups")
        if self.unchecked:
            return found
        for (group, dimension), value in self.habits.items():
            if self.run["habits"] and not _near(self.run["habits"].get(group, {}).get(dimension), value):
                found.append(f"{group} {dimension}: the habit is not that of its scores")
        cuts = self.run["cuts"]
        for number in sorted({each["level"] for each in self.run["primary_issues"]}):
            rows = [each for each in self.run["primary_issues"] if each["level"] == number]
            found += self._level(rows, cuts["primary"][str(number)])
        return found + self._level(self.run["issues"], cuts)

    def _counting(self, dimension: str) -> dict[str, dict[str, tuple[float, float]]]:
        """Issue → group → weight and score of the cells that count."""
        found: dict[str, dict[str, tuple[float, float]]] = {}
        for code, issue in self.rated.items():
            for group, cells in issue["groups"].items():
                cell, weight = cells[dimension], self.method["weights"].get(group, {}).get(dimension, 1)
                weight *= self.valid.get(group, 0) if self.method["weighting"] == "by_response" else 1
                if weight <= 0 or cell["n"] < self.method["min_n"]:
                    continue
                if cell["score"] is None:
                    self.hidden.add(code)
                else:
                    found.setdefault(code, {})[group] = (weight, cell["score"])
        return found

    def _fit(self, dimension: str) -> None:
        cells = self._counting(dimension)
        for code, own in cells.items():
            self.plain[code, dimension] = sum(w * s for w, s in own.values()) / sum(w for w, _s in own.values())
        parts = _components(cells)
        main = min(parts, key=lambda codes: (-len(codes), codes[0]), default=[])
        comparable = self.method["estimator"] != "plain"
        for codes in parts:
            habits = _habits({code: cells[code] for code in codes}, self.plain, dimension)
            self.habits |= {(group, dimension): value for group, value in habits.items()}
            for code in codes:
                own, value = cells[code], self.plain[code, dimension]
                if comparable:
                    moved = sum(w * habits[g] for g, (w, _s) in own.items()) / sum(w for w, _s in own.values())
                    value = min(100.0, max(0.0, value - moved)) if codes is main else None
                self.score[code, dimension] = value

    def _used(self) -> list[str]:
        """The dimensions that the rule looks at."""
        alone = {1: ["society"], 0: ["business"]}.get(self.method["lam"])
        return alone if alone and self.method["rule"] != "either" else list(DIMENSIONS)

    def _without_groups(self) -> None:
        for code, issue in self.rated.items() if self.method["all_groups"] else ():
            if any(issue["base"][each]["counted"] < issue["base"][each]["asked"] for each in self._used()):
                self.score |= {(code, each): None for each in DIMENSIONS}

    def of(self, code: str, dimension: str) -> float | None:
        """The score of an issue, of a parent without ratings of its own the mean of its children."""
        if code in self.rated:
            found = self.score.get((code, dimension))
            return None if found is None else round(found, DECIMALS)
        below = [self.of(child, dimension) for child, parent in self.parents.items() if parent == code]
        scored = [each for each in below if each is not None]
        return round(sum(scored) / len(scored), DECIMALS) if scored and 2 * len(scored) >= len(below) else None

    def _priority(self, society: float | None, business: float | None) -> float | None:
        lam = self.method["lam"]
        if lam in (0, 1):
            return society if lam else business
        return None if None in (society, business) else round(lam * society + (1 - lam) * business, DECIMALS)

    def _level(self, rows: list[dict], cuts: dict) -> list[str]:
        """What differs in issues that are compared with one another."""
        found = []
        scores = {row["code"]: [self.of(row["code"], each) for each in DIMENSIONS] for row in rows}
        priority = {code: self._priority(*each) for code, each in scores.items()}
        ranked = sorted(
            (code for code, value in priority.items() if value is not None), key=lambda c: (-priority[c], c)
        )
        tiers, cut = self._tiers(scores, priority)
        for row in rows:
            code = row["code"]
            told = [*(row[each] for each in DIMENSIONS), row["priority"]]
            if not all(map(_near, told, [*scores[code], priority[code]])):
                found.append(f"{code}: score or priority is not that of the groups")
            if row["rank"] != (ranked.index(code) + 1 if code in ranked else None) or row["tier"] != tiers[code]:
                found.append(f"{code}: rank or tier does not follow from the scores")
        found += [f"cut {name}: not that of the scores" for name, value in cut.items() if not _near(cuts[name], value)]
        return found

    def _tiers(self, scores: dict, priority: dict) -> tuple[dict[str, str], dict[str, float | None]]:
        method = self.method
        if method["rule"] != "either":
            found = {code: value for code, value in priority.items() if value is not None}
            low, high = method["cut_low"], method["cut_high"]
            if method["cuts"] == "shares":
                lows, highs = _by_shares(list(found.values()), method["q_low"], method["q_high"])
                low = _between([v for v in found.values() if v in lows], [v for v in found.values() if v not in lows])
                high = _between(
                    [v for v in found.values() if v not in highs], [v for v in found.values() if v in highs]
                )
            else:
                lows, highs = {v for v in found.values() if v < low}, {v for v in found.values() if v >= high}
            tiers = {code: "high" if v in highs else "low" if v in lows else "medium" for code, v in found.items()}
            return {code: tiers.get(code, "unscored") for code in priority}, {"low": low, "high": high}
        reached, cuts = {}, {}
        for place, dimension in enumerate(DIMENSIONS):
            values = [each[place] for each in scores.values() if each[place] is not None]
            cut, above = method[f"threshold_{dimension}"], set()
            if method["thresholds"] == "shares":
                _none, above = _by_shares(values, 0, method[f"q_{dimension}"])
                cut = _between([v for v in values if v not in above], [v for v in values if v in above])
            else:
                above = {v for v in values if v >= cut}
            cuts[dimension], reached[dimension] = cut, above
        return {code: _either(each, reached) for code, each in scores.items()}, cuts


def _components(cells: dict[str, dict]) -> list[list[str]]:
    """Issues that are joined by groups which rated them, each in code order."""
    left, found = set(cells), []
    while left:
        part, groups = set(), set(cells[min(left)])
        while more := {code for code in left - part if groups & cells[code].keys()}:
            part |= more
            groups |= {group for code in more for group in cells[code]}
        found.append(sorted(part))
        left -= part
    return found


def _habits(cells: dict[str, dict], plain: dict, dimension: str) -> dict[str, float]:
    """b of (L + w w') b = r for the groups of one component, by elimination."""
    groups = sorted({group for own in cells.values() for group in own})
    weight = {group: own[group][0] for own in cells.values() for group in own}
    rows = []
    for g in groups:
        line = [weight[g] * weight[h] for h in groups] + [0.0]
        for code, own in cells.items():
            if g in own:
                line[-1] += weight[g] * (own[g][1] - plain[code, dimension])
                line[groups.index(g)] += weight[g]
                for h in own:
                    line[groups.index(h)] -= weight[g] * weight[h] / sum(w for w, _s in own.values())
        rows.append(line)
    for at in range(len(rows)):
        best = max(range(at, len(rows)), key=lambda n: abs(rows[n][at]))
        rows[at], rows[best] = rows[best], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for other in range(len(rows)):
            if other != at:
                rows[other] = [a - rows[other][at] * b for a, b in zip(rows[other], rows[at], strict=True)]
    return {group: row[-1] for group, row in zip(groups, rows, strict=True)}


def _by_shares(values: list[float], bottom: float, top: float) -> tuple[set[float], set[float]]:
    """The values of the lowest and of the highest share: a tie across one boundary moves up, across both neither."""
    ranked, n = sorted(values, reverse=True), len(values)
    high, low = (int((Decimal(str(float(each))) * n).quantize(Decimal(1), ROUND_HALF_UP)) for each in (top, bottom))
    low = min(low, n - high)
    highs = {value for value in values if high and value >= ranked[high - 1]}
    lows = {value for value in values if low and value <= ranked[n - low]}
    lows -= {ranked[n - low - 1]} if low and low < n else set()
    if high and low and ranked[high - 1] == ranked[high] == ranked[n - low - 1] == ranked[n - low]:
        highs -= {ranked[high - 1]}
    return lows, highs


def _between(below: list[float], above: list[float]) -> float | None:
    return (max(below) + min(above)) / 2 if below and above else None


def _either(scores: list[float | None], reached: dict[str, set[float]]) -> str:
    society, business = (score in reached[each] for each, score in zip(DIMENSIONS, scores, strict=True))
    if None in scores and not (society or business):
        return "unscored"
    return {(1, 1): "double", (1, 0): "impact", (0, 1): "financial", (0, 0): "neither"}[int(society), int(business)]


def _near(stored: float | None, now: float | None) -> bool:
    """The same but for the last digits, which depend on the order of additions."""
    return stored is now if None in (stored, now) else math.isclose(stored, now, rel_tol=1e-7, abs_tol=1e-7)


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
    """What holds in a pack in which everything does, and what was not looked at."""
    files = _files(pack)
    rows = _rows(files, FIGURES) if FIGURES in files else []
    said = ["Hashes, scores and the audit chain hold."]
    if rows:
        by = "; ".join(dict.fromkeys(row["reported_by"] for row in rows))
        said.append(f"The run rests on {len(rows)} figures from elsewhere, reported by {by}.")
    if RESPONSES in files:
        sizes, _given = _counted(files)
        left = json.loads(files["responses.json"])["groups"].items()
        why = [f"{group} ({each['why']})" for group, each in left if not each["rows"]]
        if sizes:
            said.append(f"They were counted from {sum(sizes.values())} responses of {len(sizes)} groups.")
        said += [f"Without rows of responses: {', '.join(why)}."] if why else []
    if left := json.loads(files["manifest.json"]).get("left_out"):
        said.append(f"Files left out: {', '.join(f'{name} ({why})' for name, why in left.items())}.")
    if codes := unchecked(pack):
        said.append(f"The scores of {', '.join(codes)} rest on what the pack does not show, and were not checked.")
    return " ".join([*said, NOT_HERE])


def unchecked(pack: Path) -> list[str]:
    """Codes of the issues whose scores cannot be checked."""
    return _Recount(_files(pack)).unchecked


if __name__ == "__main__":
    given = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    problems = verify(given)
    print("\n".join(problems) or held(given))
    sys.exit(1 if problems else 2 if unchecked(given) else 0)
