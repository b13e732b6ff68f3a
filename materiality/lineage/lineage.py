"""How two editions differ: issues, texts word by word, and the weights of descent."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Literal

import numpy as np

from materiality.lineage.records import CategoryRecord, IssueRecord, Key, Library, Texts

# Scripts that are written without spaces: kana, Chinese characters and their extensions, and their own punctuation.
_ALONE = "\u2e80-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_ALONE}]|(?:(?![{_ALONE}])\w)+|\s+|.", re.DOTALL)
# Beyond this many pairs of tokens the comparison would take seconds, and nobody could read its result.
_MOST_PAIRS = 4_000_000

Kind = Literal["equal", "removed", "added"]


@dataclass(frozen=True)
class Segment:
    """A piece of the old text (`removed`), of the new one (`added`) or of both (`equal`)."""

    kind: Kind
    text: str


def text_difference(old: str, new: str) -> tuple[Segment, ...]:
    """Pieces in reading order: equal and removed ones joined are `old`, equal and added ones are `new`."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    is_short = len(before) * len(after) <= _MOST_PAIRS
    blocks = _blocks(before, after) if is_short else [(old == new, old, new)]
    return tuple(segment for block in _joined(blocks) for segment in _segments(*block))


def _blocks(before: list[str], after: list[str]) -> list[tuple[bool, str, str]]:
    """(is equal, old piece, new piece) in order."""
    codes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(tag == "equal", "".join(before[a:b]), "".join(after[c:d])) for tag, a, b, c, d in codes]


def _joined(blocks: list[tuple[bool, str, str]]) -> list[tuple[bool, str, str]]:
    """Changes that less keeps apart than changes become one: whole phrases read better than words in turn."""
    joined: list[tuple[bool, str, str]] = []
    for place, (is_equal, old, new) in enumerate(blocks):
        between = is_equal and 0 < place < len(blocks) - 1
        keeps = between and len(old) > min(_changed(joined[-1]), _changed(blocks[place + 1]))
        if joined and not joined[-1][0] and (not is_equal or (between and not keeps)):
            joined[-1] = (False, joined[-1][1] + old, joined[-1][2] + new)
        else:
            joined.append((is_equal, old, new))
    return joined


def _changed(block: tuple[bool, str, str]) -> int:
    """Characters of the longer side."""
    return max(len(block[1]), len(block[2]))


def _segments(is_equal: bool, old: str, new: str) -> list[Segment]:
    if is_equal:
        return [Segment("equal", old)] if old else []
    return [Segment(kind, text) for kind, text in (("removed", old), ("added", new)) if text]


TEXTS = ("name", "definition")
# In the order in which they are told.
KINDS = ("added", "retired", "merged", "split", "moved", "renamed", "redefined", "remapped", "regrouped", "reinstated")
RETIRED = "retired"

Ancestors = Mapping[str, Mapping[str, float]]  # issue of the new edition → its ancestors in the old with weights


@dataclass(frozen=True)
class TextDifference:
    """One text that differs, in one language."""

    field: str
    language: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class IssueDifference:
    """An issue that differs. `new` is None where it is gone; `old` are its ancestors, `weights` go with them.

    Texts, mappings and groups are compared with `old[0]`: the ancestor of the same code, else the weightiest.
    """

    kinds: tuple[str, ...]
    new: IssueRecord | None
    old: tuple[IssueRecord, ...]
    weights: tuple[float, ...] = ()
    texts: tuple[TextDifference, ...] = ()
    mappings_added: tuple[Key, ...] = ()
    mappings_removed: tuple[Key, ...] = ()

    @property
    def ancestors(self) -> tuple[tuple[IssueRecord, float], ...]:
        """Ancestors with their weights."""
        return tuple(zip(self.old, self.weights, strict=True))

    @property
    def origin(self) -> tuple[tuple[IssueRecord, float], ...]:
        """The ancestors where they say more than the issue's own code does."""
        is_itself = len(self.old) == 1 and self.old[0].code == self.shown.code
        return () if is_itself else self.ancestors

    @property
    def shown(self) -> IssueRecord:
        """The issue as it is, or as it last was."""
        return self.new or self.old[0]


@dataclass(frozen=True)
class CategoryDifference:
    """A category that is new, gone or renamed."""

    new: CategoryRecord | None
    old: CategoryRecord | None


@dataclass(frozen=True)
class Comparison:
    """What differs, in the order of categories and codes; `unchanged` counts the issues in which nothing does."""

    categories: tuple[CategoryDifference, ...]
    issues: tuple[IssueDifference, ...]
    unchanged: int

    @cached_property
    def counts(self) -> dict[str, int]:
        """Number of issues per kind of difference; an issue can be of several."""
        numbers = Counter(kind for issue in self.issues for kind in issue.kinds)
        return {kind: numbers[kind] for kind in KINDS if numbers[kind]}


def compare_libraries(old: Library, new: Library, ancestors: Ancestors) -> Comparison:
    """Differences from `old` to `new`; an issue without ancestors is added, one without descendants retired."""
    before = {issue.code: issue for issue in old.issues}
    children = Counter(source for weights in ancestors.values() for source in weights)
    found = [_issue(issue, before, ancestors.get(issue.code, {}), children) for issue in new.issues]
    present = {issue.code for issue in new.issues}
    # A retired issue is often still listed, as retired; then that line tells of it.
    told = children.keys() | {code for code in before if code in present and code not in ancestors}
    gone = [
        IssueDifference((RETIRED,), None, (issue,), (1.0,))
        for code, issue in before.items()
        if code not in told and issue.status != RETIRED
    ]
    differing = [difference for difference in found if difference is not None]
    places = {row.code: place for place, row in enumerate((*new.categories, *old.categories)) if row.code}
    ordered = sorted(differing + gone, key=lambda row: (places.get(row.shown.category, 0), row.shown.code))
    return Comparison(_categories(old, new), tuple(ordered), len(new.issues) - len(differing))


def _issue(
    issue: IssueRecord, before: Mapping[str, IssueRecord], weights: Mapping[str, float], children: Counter
) -> IssueDifference | None:
    known = {code: weight for code, weight in weights.items() if code in before}
    if not known:
        return _without_ancestors(issue, before)
    codes = sorted(known, key=lambda code: (code != issue.code, -known[code], code))
    old = tuple(before[code] for code in codes)
    kinds = ["merged"] * (len(old) > 1) + ["split"] * any(children[code] > 1 for code in codes)
    kinds += _changes(old[0], issue)
    if not kinds:
        return None
    texts = tuple(
        TextDifference(name, language, text_difference(before.get(language, ""), after.get(language, "")))
        for name in TEXTS
        for before, after in [(getattr(old[0], name), getattr(issue, name))]
        for language in dict.fromkeys([*after, *before])
        if before.get(language) != after.get(language)
    )
    return IssueDifference(
        kinds=tuple(kind for kind in KINDS if kind in kinds),
        new=issue,
        old=old,
        weights=tuple(known[code] for code in codes),
        texts=texts,
        mappings_added=tuple(sorted(set(issue.mappings) - set(old[0].mappings))),
        mappings_removed=tuple(sorted(set(old[0].mappings) - set(issue.mappings))),
    )


def _without_ancestors(issue: IssueRecord, before: Mapping[str, IssueRecord]) -> IssueDifference | None:
    """A new issue, or one that is listed as retired and has no descent any more."""
    if issue.status != RETIRED:
        return IssueDifference(("added",), issue, ())
    held = before.get(issue.code)
    if held is None or held.status == RETIRED:
        return None
    return IssueDifference((RETIRED,), issue, (held,), (1.0,))


def _changes(old: IssueRecord, new: IssueRecord) -> list[str]:
    differs = {
        "retired": old.status != RETIRED and new.status == RETIRED,
        "reinstated": old.status == RETIRED and new.status != RETIRED,
        "moved": (old.category, old.parent_code) != (new.category, new.parent_code),
        "renamed": old.name != new.name,
        "redefined": old.definition != new.definition,
        "remapped": set(old.mappings) != set(new.mappings),
        "regrouped": set(old.groups) != set(new.groups),
    }
    return [kind for kind, is_so in differs.items() if is_so]


def _categories(old: Library, new: Library) -> tuple[CategoryDifference, ...]:
    before, after = ({row.code: row for row in library.categories} for library in (old, new))
    pairs = [(after.get(code), before.get(code)) for code in dict.fromkeys([*after, *before])]
    return tuple(CategoryDifference(*pair) for pair in pairs if _names(pair[0]) != _names(pair[1]))


def _names(row: CategoryRecord | None) -> Texts | None:
    return row.name if row else None


@dataclass(frozen=True)
class Descent:
    """One line of descent by codes: `kind` as in `Lineage.Kind`; an added issue has no source, a retired no target."""

    kind: str
    source: str | None
    target: str | None


@dataclass(frozen=True, eq=False)
class Weights:
    """`matrix[target, source]`, float, of the issues of one edition over those of an earlier one.

    A row's sum is the part of the issue that has ancestors: 1, 0 for an added issue, less than 1 only where an added
    issue was later merged with an older one. `linked`, bool of the same shape, also holds ancestors of weight 0.
    """

    targets: tuple[str, ...]
    sources: tuple[str, ...]
    matrix: np.ndarray
    linked: np.ndarray

    def of(self, target: str) -> dict[str, float]:
        """Ancestors of an issue with weights that sum to 1 over them; empty where it has none or is not there."""
        return self._row(self.targets.index(target)) if target in self.targets else {}

    def share(self, target: str) -> float:
        """The part 0–1 of an issue that has ancestors."""
        return float(self.matrix[self.targets.index(target)].sum()) if target in self.targets else 0.0

    def links(self) -> dict[str, dict[str, float]]:
        """Every issue's ancestors, also those of weight 0; issues without any are left out."""
        found = {}
        for place, target in enumerate(self.targets):
            ancestors = [self.sources[at] for at in np.flatnonzero(self.linked[place])]
            if ancestors:
                weights = self._row(place)
                found[target] = {code: weights.get(code, 0.0) for code in ancestors}
        return found

    def _row(self, place: int) -> dict[str, float]:
        row = self.matrix[place]
        total = float(row.sum())
        return {self.sources[at]: float(row[at]) / total for at in np.flatnonzero(row)} if total else {}


def step_weights(rows: Iterable[Descent], ratings: Mapping[str, int]) -> Weights:
    """Weights of one step between neighbouring editions.

    An issue with one ancestor owes it everything, be it kept, renamed, moved or a child of a split; one with several
    owes each by its number of ratings, all alike where the number of one is unknown or all are 0. `ratings`: source
    code → number of ratings, without those that are unknown. ValueError for a row with neither end.
    """
    rows = list(rows)
    if any(row.source is None and row.target is None for row in rows):
        raise ValueError("a line of descent needs a source or a target")
    targets = tuple(sorted({row.target for row in rows if row.target is not None}))
    sources = tuple(sorted({row.source for row in rows if row.source is not None}))
    places = {code: place for place, code in enumerate(sources)}
    matrix, linked = _empty(targets, sources)
    for place, ancestors in enumerate(_ancestors(rows, targets)):
        columns = [places[source] for source in ancestors]
        matrix[place, columns] = _by_ratings(ancestors, ratings)
        linked[place, columns] = True
    return Weights(targets, sources, matrix, linked)


def compose(later: Weights, earlier: Weights) -> Weights:
    """The two steps as one: the matrix product. An issue that the earlier step does not know has no ancestors in it."""
    rows = {code: place for place, code in enumerate(earlier.targets)}
    matrix, linked = _empty(later.sources, earlier.sources)
    for place, code in enumerate(later.sources):
        if code in rows:
            matrix[place], linked[place] = earlier.matrix[rows[code]], earlier.linked[rows[code]]
    return Weights(later.targets, earlier.sources, later.matrix @ matrix, later.linked @ linked)


def same(codes: Iterable[str]) -> Weights:
    """An edition as its own ancestor."""
    ordered = tuple(sorted(codes))
    return Weights(ordered, ordered, np.eye(len(ordered)), np.eye(len(ordered), dtype=bool))


def _empty(targets: tuple[str, ...], sources: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    shape = len(targets), len(sources)
    return np.zeros(shape), np.zeros(shape, dtype=bool)


def _ancestors(rows: list[Descent], targets: tuple[str, ...]) -> list[list[str]]:
    found: dict[str, set[str]] = {target: set() for target in targets}
    for row in rows:
        if row.target is not None and row.source is not None:
            found[row.target].add(row.source)
    return [sorted(found[target]) for target in targets]


def _by_ratings(ancestors: list[str], ratings: Mapping[str, int]) -> list[float]:
    numbers = [ratings.get(code) for code in ancestors]
    if any(number is None for number in numbers) or not sum(numbers):
        return [1 / len(ancestors) for _code in ancestors]
    return [number / sum(numbers) for number in numbers]


ALIKE = 0.7  # of two names, from where on they are shown as perhaps the same issue
_MOST_COMPARED = 100_000


@dataclass(frozen=True)
class Likeness:
    """A new issue that may be an old one under another code: how alike their names are, 1 for the same name."""

    new: str
    old: str
    share: float


def likely_ancestors(
    new: Mapping[str, Texts], old: Mapping[str, Texts], least: float = ALIKE, told: Iterable[Likeness] = ()
) -> list[Likeness]:
    """Pairs of new and old codes by their names in any language, each code once, the most alike first; of new ones that
    are `told` of already none.
    """
    known = {each.new for each in told}
    new = {code: texts for code, texts in new.items() if code not in known}
    least = least if len(new) * len(old) <= _MOST_COMPARED else 1.0
    held: dict[tuple[str, str], list[str]] = {}
    for code, texts in old.items():
        for language, text in texts.items():
            held.setdefault((language, text.casefold()), []).append(code)
    pairs = {
        (code, above): 1.0
        for code, texts in new.items()
        for language, text in texts.items()
        for above in held.get((language, text.casefold()), ())
    }
    for code, texts in new.items() if least < 1 else ():
        pairs |= {(code, above): share for above in old if (share := _alike(texts, old[above])) >= least}
    found: list[Likeness] = []
    taken: tuple[set[str], set[str]] = set(), set()
    for (code, above), share in sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0])):
        if code not in taken[0] and above not in taken[1]:
            found.append(Likeness(code, above, round(share, 2)))
            taken[0].add(code)
            taken[1].add(above)
    return found


def _alike(one: Texts, other: Texts) -> float:
    """The likeness of two names in the language in which it is greatest."""
    best = 0.0
    for language in one.keys() & other.keys():
        pair = SequenceMatcher(None, one[language].casefold(), other[language].casefold(), autojunk=False)
        if min(pair.real_quick_ratio(), pair.quick_ratio()) >= ALIKE:
            best = max(best, pair.ratio())
    return best
