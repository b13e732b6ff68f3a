"""scoring.md, version 2, once more: response by response in plain Python, least squares by numpy.linalg.lstsq."""

import math
from dataclasses import dataclass
from functools import cached_property
from statistics import covariance, fmean, variance

import numpy as np

from materiality.scoring.method import Method

from .responses import Answers

DIMENSIONS = ("society", "business")
Z = 1.959964


@dataclass
class Reference:
    """All figures of a run over the issues of `answers`, no parents. `cluster` names the cluster of each response for
    groups dealt by cluster.
    """

    answers: Answers
    method: Method
    clustered: dict[str, list[int]]

    @cached_property
    def rows(self) -> dict[str, list[list[int]]]:
        """Bytes of each response by group, in id order, one per (issue, dimension); None where there is no item."""
        result = {group: [] for group in self.answers.groups}
        for g, row in zip(self.answers.group_index.tolist(), self.answers.ratings.tolist(), strict=True):
            result[self.answers.groups[g]].append(dict(zip(self.answers.columns, row, strict=True)))
        return result

    def bytes_of(self, group, i, d):
        return [row.get((i, d)) for row in self.rows[group]]

    def valid(self, value):
        return value is not None and 1 <= value <= self.answers.k

    def ratings(self, group, i, d):
        return [value for value in self.bytes_of(group, i, d) if self.valid(value)]

    @cached_property
    def groups(self):
        return sorted(self.answers.groups)

    @cached_property
    def size(self):
        return len(self.answers.issues)

    @cached_property
    def f(self):
        return 100 / (self.answers.k - 1)

    def named_weight(self, group, d):
        return self.method.weights.get(group, {}).get(DIMENSIONS[d], 1)

    def weight(self, group, d):
        times = len(self.rows[group]) if self.method.weighting == "by_response" else 1
        return self.named_weight(group, d) * times

    @cached_property
    def cells(self):
        """(group, issue, dimension) of the cells that count."""
        return [
            (g, i, d)
            for g in self.groups
            for i in range(self.size)
            for d in (0, 1)
            if self.weight(g, d) > 0 and len(self.ratings(g, i, d)) >= self.method.min_n
        ]

    @cached_property
    def level(self):
        return {cell: self.f * (fmean(self.ratings(*cell)) - 1) for cell in self.cells}

    def base(self, i, d):
        asked = [
            g
            for g in self.groups
            if self.named_weight(g, d) > 0 and any(v is not None and v != 255 for v in self.bytes_of(g, i, d))
        ]
        return len(asked), sum(cell[1:] == (i, d) for cell in self.cells)

    # Components and fit

    def components(self, d):
        parts = []
        for g, i, dd in self.cells:
            if dd != d:
                continue
            touched = [part for part in parts if ("g", g) in part or ("i", i) in part]
            joined = {("g", g), ("i", i)}.union(*touched)
            parts = [part for part in parts if part not in touched] + [joined]
        issues = [sorted(key for kind, key in part if kind == "i") for part in parts]
        order = sorted(range(len(parts)), key=lambda n: (-len(issues[n]), issues[n][0]))
        return [(sorted(key for kind, key in parts[n] if kind == "g"), issues[n]) for n in order]

    def solve(self, d, columns):
        """({issue: a}, {group: b}) for `columns` {cell: vector}: least squares in each component."""
        a, b = {}, {}
        for groups, issues in self.components(d):
            cells = [cell for cell in self.cells if cell[2] == d and cell[0] in groups]
            design = np.zeros((len(cells) + 1, len(issues) + len(groups)))
            right = np.zeros((len(cells) + 1, len(next(iter(columns.values())))))
            biggest = max(self.weight(g, d) for g in groups)
            for row, (g, i, _d) in enumerate(cells):
                root = math.sqrt(self.weight(g, d) / biggest)
                design[row, issues.index(i)] = design[row, len(issues) + groups.index(g)] = root
                right[row] = root * np.asarray(columns[(g, i, d)])
            design[-1, len(issues) :] = [self.weight(g, d) / biggest for g in groups]
            found = np.linalg.lstsq(design, right, rcond=None)[0]
            a.update({i: found[n] for n, i in enumerate(issues)})
            b.update({g: found[len(issues) + n] for n, g in enumerate(groups)})
        return a, b

    def plain_of(self, d, columns):
        result = {}
        for i in range(self.size):
            here = [cell for cell in self.cells if cell[1:] == (i, d)]
            if here:
                total = sum(self.weight(cell[0], d) for cell in here)
                result[i] = sum(self.weight(cell[0], d) * np.asarray(columns[cell]) for cell in here) / total
        return result

    @cached_property
    def fits(self):
        levels = {cell: [value] for cell, value in self.level.items()}
        return [self.solve(d, levels) if any(c[2] == d for c in self.cells) else ({}, {}) for d in (0, 1)]

    @cached_property
    def plain(self):
        levels = {cell: [value] for cell, value in self.level.items()}
        return [{i: float(v[0]) for i, v in self.plain_of(d, levels).items()} for d in (0, 1)]

    @cached_property
    def score(self):
        """[society, business], each {issue: S}."""
        result = []
        for d in (0, 1):
            if self.method.estimator == "plain":
                found = dict(self.plain[d])
            else:
                parts = self.components(d)
                main = parts[0][1] if parts else []
                found = {i: float(self.fits[d][0][i][0]) for i in main}
            result.append({i: min(100.0, max(0.0, value)) for i, value in found.items()})
        if self.method.all_groups:
            for i in range(self.size):
                if any(used and len(set(self.base(i, d))) > 1 for d, used in enumerate(self.method.used_by_rule)):
                    result[0].pop(i, None), result[1].pop(i, None)
        return result

    # Variances

    def counting(self, group, d):
        return [i for i in range(self.size) if (group, i, d) in self.level]

    def prior(self, group, d):
        issues = self.counting(group, d)
        return fmean(variance(self.ratings(group, i, d)) for i in issues), min(4, len(issues) - 1)

    @cached_property
    def part_of(self):
        """{group: part of each response}."""
        result = {}
        for group in self.groups:
            result[group] = [n % 40 for n in range(len(self.rows[group]))]
            if group in self.clustered:
                result[group] = [n % 40 for n in self.clustered[group]]
        return result

    def parts(self, group):
        """Parts of a group that hold a rating, in order."""
        return sorted(
            {
                part
                for part, row in zip(self.part_of[group], self.rows[group], strict=True)
                if any(self.valid(value) for value in row.values())
            }
        )

    def count_sum(self, group, i, d, part):
        values = [
            value
            for value, at in zip(self.bytes_of(group, i, d), self.part_of[group], strict=True)
            if at == part and self.valid(value)
        ]
        return len(values), sum(values)

    @cached_property
    def cell_variance(self):
        result = {}
        for group in self.groups:
            for d in (0, 1):
                issues = self.counting(group, d)
                if not issues:
                    continue
                v0, d0 = self.prior(group, d)
                design = self.design(group, d) if group in self.clustered else 1
                for i in issues:
                    values = self.ratings(group, i, d)
                    n = len(values)
                    star = ((n - 1) * variance(values) + d0 * v0) / (n - 1 + d0)
                    result[(group, i, d)] = self.f**2 * design * star / n
        return result

    def design(self, group, d):
        parts = self.parts(group)
        m, top, bottom = len(parts), 0.0, 0.0
        for i in self.counting(group, d):
            values = self.ratings(group, i, d)
            bottom += variance(values) / len(values)
            for part in parts:
                count, total = self.count_sum(group, i, d, part)
                top += ((total - count * fmean(values)) / len(values)) ** 2
        if m < 2 or bottom == 0:
            return 1
        return max(1, m / (m - 1) * top / bottom)

    def pair_covariance(self, group, i):
        pairs = [
            pair
            for pair in zip(self.bytes_of(group, i, 0), self.bytes_of(group, i, 1), strict=True)
            if all(self.valid(value) for value in pair)
        ]
        return len(pairs), covariance(*zip(*pairs, strict=True)) if len(pairs) > 1 else 0.0

    def cell_covariance(self, group, i):
        both = [j for j in self.counting(group, 0) if j in self.counting(group, 1)]
        c0, d12 = fmean(self.pair_covariance(group, j)[1] for j in both), min(4, len(both) - 1)
        n12, c = self.pair_covariance(group, i)
        t = max(0, n12 - 1)
        star = (t * c + d12 * c0) / (t + d12) if t + d12 else 0.0
        size = len(self.ratings(group, i, 0)) * len(self.ratings(group, i, 1))
        limit = math.sqrt(self.cell_variance[(group, i, 0)] * self.cell_variance[(group, i, 1)])
        return min(limit, max(-limit, self.f**2 * star * n12 / size))

    def direction(self, group, i, d):
        parts = self.parts(group)
        m = max(2, len(parts))
        found = [self.count_sum(group, i, d, part) for part in parts]
        n, total = sum(count for count, _ in found), sum(each for _, each in found)
        u = np.zeros(m)
        for b, (count, each) in enumerate(found):
            u[b] = n * each - count * total
        if not u.any():
            u[(2 * i + d) % m] = 1
        return u / math.sqrt(sum(value**2 for value in u))

    def cell_deviations(self, group, i):
        """{dimension: vector} of the dimensions that count."""
        root = {d: math.sqrt(self.cell_variance[(group, i, d)]) for d in (0, 1) if (group, i, d) in self.level}
        u = {d: self.direction(group, i, d) for d in root}
        result = {d: root[d] * u[d] for d in root}
        if len(root) < 2 or group in self.clustered:
            return result
        e = u[1] - (u[0] @ u[1]) * u[0]
        if math.sqrt(e @ e) < 1e-6:
            unit = np.zeros(len(e))
            unit[(2 * i + 1) % len(e)] = 1
            e = unit - (u[0] @ unit) * u[0]
        e = e / math.sqrt(e @ e)
        product = root[0] * root[1]
        rho = self.cell_covariance(group, i) / product if product > 0 else 0.0
        rho = min(1, max(-1, rho))
        result[1] = root[1] * (rho * u[0] + math.sqrt(1 - rho**2) * e)
        return result

    @cached_property
    def deviations(self):
        """({group: rows}, E[k, i, d]): the estimator applied to the deviations."""
        lengths = {group: max(2, len(self.parts(group))) for group in self.groups}
        starts = dict(zip(self.groups, np.cumsum([0, *lengths.values()]).tolist(), strict=False))
        total = sum(lengths.values())
        vectors = {cell: np.zeros(total) for cell in self.cells}
        for group in self.groups:
            for i in range(self.size):
                for d, vector in self.cell_deviations(group, i).items():
                    vectors[(group, i, d)][starts[group] : starts[group] + lengths[group]] = vector
        result = np.zeros((total, self.size, 2))
        for d in (0, 1):
            if not any(cell[2] == d for cell in self.cells):
                continue
            plain = self.method.estimator == "plain"
            found = self.plain_of(d, vectors) if plain else self.solve(d, vectors)[0]
            for i in self.score[d]:
                result[:, i, d] = found[i]
        return {g: slice(starts[g], starts[g] + lengths[g]) for g in self.groups}, result

    def var(self, i, d):
        return float((self.deviations[1][:, i, d] ** 2).sum()) if i in self.score[d] else None

    def cov(self, i):
        e = self.deviations[1][:, i]
        return float(e[:, 0] @ e[:, 1]) if i in self.score[0] and i in self.score[1] else None

    def interval(self, i, d):
        v = self.var(i, d)
        if not v:
            return None, None
        rows, e = self.deviations
        bottom = 0.0
        for group in self.groups:
            part = float((e[rows[group], i, d] ** 2).sum())
            d0 = self.prior(group, d)[1] if self.counting(group, d) else 0
            size = len(self.ratings(group, i, d)) if (group, i, d) in self.level else len(self.rows[group])
            if group in self.clustered:
                size = min(size, len(self.parts(group)))
            bottom += part**2 / max(1, size - 1 + d0)
        nu = max(3, v**2 / bottom)
        t = Z + (Z**3 + Z) / (4 * nu) + (5 * Z**5 + 16 * Z**3 + 3 * Z) / (96 * nu**2)
        t += (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / (384 * nu**3)
        s = self.score[d][i]
        return max(0, s - t * math.sqrt(v)), min(100, s + t * math.sqrt(v))

    # Standing

    def parts_of_priority(self):
        lam = self.method.lam
        return [(d, share) for d, share in enumerate((lam, 1 - lam)) if share > 0]

    @cached_property
    def priority(self):
        parts = self.parts_of_priority()
        return {
            i: round(sum(share * self.score[d][i] for d, share in parts), 9)
            for i in range(self.size)
            if all(i in self.score[d] for d, _ in parts)
        }

    @cached_property
    def mixed(self):
        """e[k, i] of the issues with a priority."""
        e = self.deviations[1]
        return {i: sum(share * e[:, i, d] for d, share in self.parts_of_priority()) for i in self.priority}

    def var_priority(self, i):
        total = float((self.mixed[i] ** 2).sum())
        alone = sum(share**2 * self.var(i, d) for d, share in self.parts_of_priority())
        return total if total > 1e-12 * alone else 0.0

    def ranks(self, values):
        order = sorted(values, key=lambda i: (-values[i], i))
        return {i: n + 1 for n, i in enumerate(order)}

    def shrunk(self, values, moved):
        n = len(values)
        keys = sorted(values)
        mean, ebar = fmean(values.values()), sum(moved[i] for i in keys) / n
        centred = {i: moved[i] - ebar for i in keys}
        v = {i: float((centred[i] ** 2).sum()) for i in keys}
        spread = max(0, variance(values.values()) - sum(v.values()) / (n - 1)) if n > 1 else 0
        centre, result = {}, {}
        for i in keys:
            b = 1.0
            if n >= 4 and spread + v[i] > 0:
                b = 1 - (n - 3) / (n - 1) * v[i] / (spread + v[i])
            centre[i] = mean + b * (values[i] - mean)
            result[i] = math.sqrt(b) * centred[i] + ebar
        return centre, result

    def draws(self, values, moved):
        centre, e = self.shrunk(values, moved)
        z = np.random.Generator(np.random.PCG64(self.method.seed)).standard_normal((2000, len(self.deviations[1])))
        return [{i: round(float(centre[i] + row @ e[i]), 9) for i in sorted(values)} for row in z]

    def variance_share(self):
        rows = self.deviations[0]
        parts = {g: sum(float((self.mixed[i][rows[g]] ** 2).sum()) for i in self.priority) for g in self.groups}
        total = sum(parts.values())
        return {g: part / total if total > 0 else None for g, part in parts.items()}

    def disagreement(self, i, d):
        here = [cell for cell in self.cells if cell[1:] == (i, d)]
        if len(here) < 2:
            return None
        levels = [self.level[cell] - float(self.fits[d][1][cell[0]][0]) for cell in here]
        return math.sqrt(max(0, variance(levels) - fmean(self.cell_variance[cell] for cell in here)))

    def halo(self):
        keys = [i for i in range(self.size) if i in self.score[0] and i in self.score[1]]
        if len(keys) < 3:
            return None
        e = self.deviations[1][:, keys]
        e = e - e.mean(axis=1, keepdims=True)
        s = np.array([[self.score[d][i] for d in (0, 1)] for i in keys])
        cov, n = np.cov(s.T), len(keys)
        noise = [[float((e[..., a] * e[..., b]).sum()) / (n - 1) for b in (0, 1)] for a in (0, 1)]
        one, two = cov[0, 0] - noise[0][0], cov[1, 1] - noise[1][1]
        corrected = (cov[0, 1] - noise[0][1]) / math.sqrt(one * two) if one > 0 and two > 0 else None
        plain = cov[0, 1] / math.sqrt(cov[0, 0] * cov[1, 1])
        delta = s[:, 0] - s[:, 1]
        half = Z * np.sqrt(((e[..., 0] - e[..., 1]) ** 2).sum(axis=0))
        off = [self.answers.issues[keys[n]] for n in range(n) if abs(delta[n] - delta.mean()) > half[n]]
        return plain, corrected and max(-1, min(1, corrected)), off
