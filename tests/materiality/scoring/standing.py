"""scoring.md, from scores to tiers, once more in plain Python: cuts, tiers, certainty, ranks, primaries, warnings."""

import math
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from statistics import NormalDist, fmean

import numpy as np

from .reference import DIMENSIONS, Reference

NAMES = {(True, True): "double", (True, False): "impact", (False, True): "financial", (False, False): "neither"}


def counted(number, share):
    return int((Decimal(str(share)) * number).quantize(Decimal(1), ROUND_HALF_UP))


def blocks(values):
    """(keys, first place, place after the last) of equal values, from the highest, places counted from 0."""
    result, at = [], 0
    for value in sorted(set(values.values()), reverse=True):
        keys = [key for key in values if values[key] == value]
        result.append((keys, at, at + len(keys)))
        at += len(keys)
    return result


def tiers_by_shares(values, q_high, q_low):
    n = len(values)
    top = counted(n, q_high)
    bottom = min(counted(n, q_low), n - top)
    result = {}
    for keys, first, after in blocks(values):
        over_top, over_bottom = first < top < after, first < n - bottom < after
        if over_top and over_bottom:
            tier = "medium"
        elif first < top:
            tier = "high"
        else:
            tier = "low" if first >= n - bottom else "medium"
        result.update(dict.fromkeys(keys, tier))
    return result


def highest(values, share):
    """Keys among the top share; a tie moves up."""
    top = counted(len(values), share)
    return {key for keys, first, _after in blocks(values) if first < top for key in keys}


def middle(below, above):
    return (max(below) + min(above)) / 2 if below and above else None


@dataclass
class Standing:
    """Issues of one level: score {issue: S} per dimension, e float[K, dimension] by issue."""

    whole: Reference
    codes: list
    score: list
    e: dict

    @cached_property
    def method(self):
        return self.whole.method

    @cached_property
    def rounded(self):
        return [{i: round(value, 9) for i, value in each.items()} for each in self.score]

    @cached_property
    def priority(self):
        parts = self.whole.parts_of_priority()
        return {
            i: round(sum(share * self.rounded[d][i] for d, share in parts), 9)
            for i in self.codes
            if all(i in self.score[d] for d, _share in parts)
        }

    @cached_property
    def mixed(self):
        return {i: sum(share * self.e[i][:, d] for d, share in self.whole.parts_of_priority()) for i in self.priority}

    def var(self, i, d):
        return float((self.e[i][:, d] ** 2).sum()) if i in self.score[d] else None

    def var_priority(self, i):
        if i not in self.priority:
            return None
        total = float((self.mixed[i] ** 2).sum())
        alone = sum(share**2 * self.var(i, d) for d, share in self.whole.parts_of_priority())
        return total if total > 1e-12 * alone else 0.0

    @cached_property
    def reached(self):
        """[society, business], the issues that reach the threshold."""
        method = self.method
        if method.thresholds == "shares":
            shares = (method.q_society, method.q_business)
            return [highest(self.rounded[d], shares[d]) for d in (0, 1)]
        limits = (method.threshold_society, method.threshold_business)
        return [{i for i, value in self.rounded[d].items() if value >= limits[d]} for d in (0, 1)]

    @cached_property
    def cuts(self):
        method, result = self.method, dict.fromkeys(("low", "high", *DIMENSIONS))
        if method.rule == "either":
            if method.thresholds == "absolute":
                return result | {"society": method.threshold_society, "business": method.threshold_business}
            for d, name in enumerate(DIMENSIONS):
                inside = [value for i, value in self.rounded[d].items() if i in self.reached[d]]
                result[name] = middle([v for i, v in self.rounded[d].items() if i not in self.reached[d]], inside)
            return result
        if method.cuts == "absolute":
            return result | {"low": method.cut_low, "high": method.cut_high}
        tier = tiers_by_shares(self.priority, method.q_high, method.q_low)

        def values(*names):
            return [value for i, value in self.priority.items() if tier[i] in names]

        high = middle(values("medium", "low"), values("high"))
        return result | {"low": middle(values("low"), values("medium", "high")), "high": high}

    @cached_property
    def tier(self):
        if self.method.rule == "either":
            return {i: self._either(i) for i in self.codes}
        unscored = dict.fromkeys(self.codes, "unscored")
        if self.method.cuts == "shares":
            return unscored | tiers_by_shares(self.priority, self.method.q_high, self.method.q_low)
        return unscored | {i: self._between(value) for i, value in self.priority.items()}

    def _either(self, i):
        reached = i in self.reached[0], i in self.reached[1]
        return NAMES[reached] if any(reached) or all(i in each for each in self.score) else "unscored"

    def _between(self, value):
        return "high" if value >= self.method.cut_high else "low" if value < self.method.cut_low else "medium"

    @cached_property
    def rank_ends(self):
        ends = {}
        drawn = (
            [self.whole.ranks(each) for each in self.whole.draws(self.priority, self.mixed)] if self.priority else []
        )
        for i in self.priority:
            ordered = sorted(ranks[i] for ranks in drawn)
            ends[i] = ordered[50], ordered[1949]
        return ends

    @cached_property
    def certainty(self):
        """{issue: certainty}; None where it cannot be estimated."""
        method = self.method
        if method.rule == "either":
            known = {
                i: self.tier[i] != "unscored" and all(self.var(i, d) > 0 for d in (0, 1) if i in self.score[d])
                for i in self.codes
            }
            found = self._either_by_shares() if method.thresholds == "shares" else self._either_absolute(known)
        else:
            known = {i: i in self.priority and self.var_priority(i) > 0 for i in self.codes}
            found = self._by_shares() if method.cuts == "shares" else self._absolute(known)
        return {i: found[i] if known[i] else None for i in self.codes}

    def _by_shares(self):
        method, same = self.method, dict.fromkeys(self.codes, 0)
        for draw in self.whole.draws(self.priority, self.mixed) if self.priority else []:
            tier = tiers_by_shares(draw, method.q_high, method.q_low)
            for i in draw:
                same[i] += tier[i] == self.tier[i]
        return {i: number / 2000 for i, number in same.items()}

    def _absolute(self, known):
        centre, e = self.whole.shrunk(self.priority, self.mixed)
        result = {}
        for i in (i for i in self.codes if known[i]):
            spread = math.sqrt(float(e[i] @ e[i]))
            moved = NormalDist(centre[i], spread)
            low, high = moved.cdf(self.method.cut_low), 1 - moved.cdf(self.method.cut_high)
            result[i] = {"low": low, "high": high, "medium": 1 - low - high}[self.tier[i]]
        return result

    def _moved(self, d):
        return {i: self.e[i][:, d] for i in self.score[d]}

    def _either_by_shares(self):
        same = {i: np.ones(2000, bool) for i in self.codes}
        shares = (self.method.q_society, self.method.q_business)
        for d in (0, 1):
            for n, draw in enumerate(self.whole.draws(self.rounded[d], self._moved(d)) if self.score[d] else []):
                inside = highest(draw, shares[d])
                for i in draw:
                    same[i][n] &= (i in inside) == (i in self.reached[d])
        return {i: float(each.mean()) for i, each in same.items()}

    def _either_absolute(self, known):
        # Takes a second, in every process that collects tests, though few of them come by here.
        from scipy.stats import multivariate_normal

        limits = (self.method.threshold_society, self.method.threshold_business)
        drawn = [self.whole.shrunk(self.rounded[d], self._moved(d)) if self.score[d] else ({}, {}) for d in (0, 1)]
        result = {}
        for i in (i for i in self.codes if known[i]):
            axes = [d for d in (0, 1) if i in self.score[d]]
            sign = np.array([1.0 if i in self.reached[d] else -1.0 for d in axes])
            e = np.stack([drawn[d][1][i] for d in axes])
            away = sign * [drawn[d][0][i] - limits[d] for d in axes]
            cov = (e @ e.T) * np.outer(sign, sign)
            result[i] = float(multivariate_normal.cdf(away, mean=np.zeros(len(axes)), cov=cov))
        return result


def leaves(whole):
    """The issues of the reference, without parents."""
    e = whole.deviations[1]
    return Standing(whole, list(range(whole.size)), whole.score, {i: e[:, i] for i in range(whole.size)})


def parents(whole, children):
    """Derived parents of `children` {parent: [issue]}; each is a mean of its scored children, half of them at least."""
    score, moved = [{}, {}], {}
    for parent, below in children.items():
        moved[parent] = np.zeros((len(whole.deviations[1]), 2))
        for d in (0, 1):
            scored = [i for i in below if i in whole.score[d]]
            if scored and 2 * len(scored) >= len(below):
                score[d][parent] = fmean(whole.score[d][i] for i in scored)
                moved[parent][:, d] = sum(whole.deviations[1][:, i, d] for i in scored) / len(scored)
    return Standing(whole, sorted(children), score, moved)


def warnings(whole, one_cluster=()):
    """All warnings, sorted by code, dimension and group."""
    result = [{"code": "one_cluster", "survey": survey, "group": group} for survey, group in one_cluster]
    for d, dimension in enumerate(DIMENSIONS):
        parts = whole.components(d)
        if len(parts) > 1:
            named = [{"groups": g, "issues": [whole.answers.issues[i] for i in issues]} for g, issues in parts]
            result.append({"code": "not_comparable", "dimension": dimension, "components": named})
        present = [g for g in whole.groups if whole.counting(g, d)]
        for group in present if len(present) > 1 else []:
            others = {i for g in present if g != group for i in whole.counting(g, d)}
            shared = len(others & set(whole.counting(group, d)))
            if shared < 5:
                result.append({"code": "thin_link", "dimension": dimension, "group": group, "shared": shared})
    shares = whole.variance_share() if whole.priority else {}
    result += [{"code": "dominant_group", "group": g, "share": x} for g, x in shares.items() if x and x > 0.5]
    result += [{"code": "no_responses", "group": g} for g in whole.groups if not whole.rows[g]]
    halo = whole.halo()
    if halo and halo[1] is not None and halo[1] > 0.8:
        result.append({"code": "halo", "r_corrected": halo[1]})
    return sorted(result, key=lambda each: [each.get(key, "") for key in ("code", "dimension", "group", "survey")])
